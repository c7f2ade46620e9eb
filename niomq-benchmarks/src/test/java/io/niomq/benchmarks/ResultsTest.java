package io.niomq.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ResultsTest {
  private static final String WORK = "thr-tcp-64";

  private final Results results =
      new Results(
          List.of(
              row(1, "NioMQ", 10),
              row(1, "libzmq", 5),
              row(2, "NioMQ", 90),
              row(2, "libzmq", 30),
              row(3, "NioMQ", 40),
              new Row(3, WORK, "libzmq", Row.FAILED, 2)));

  private static Row row(int pair, String library, double rate) {
    return new Row(pair, WORK, library, "rate", rate);
  }

  @Test
  void summarizesAllPairsOfALibrary() {
    assertThat(results.summary(WORK, "NioMQ", "rate")).isEqualTo(new Summary(3, 40, 10, 90));
    assertThat(results.pairs()).isEqualTo(3);
  }

  @Test
  void comparesOnlyWithinAPair() {
    assertThat(results.ratio(WORK, "NioMQ", "libzmq", "rate")).isEqualTo(new Summary(2, 2.5, 2, 3));
  }

  @Test
  void knowsNoRatioToWhatDidNotRun() {
    assertThat(results.ratio(WORK, "NioMQ", "JeroMQ", "rate").isEmpty()).isTrue();
  }

  @Test
  void countsFailures() {
    assertThat(results.failures(WORK, "libzmq")).isEqualTo(2);
    assertThat(results.failures(WORK, "NioMQ")).isZero();
  }

  @Test
  void tellsHowMuchTimeWasStolen() {
    assertThat(results.stolen().isEmpty()).isTrue();
    Results noisy =
        new Results(
            List.of(
                new Row(1, WORK, "NioMQ", Row.STOLEN, 1),
                new Row(2, WORK, "NioMQ", Row.STOLEN, 40),
                new Row(1, WORK, "libzmq", Row.STOLEN, 2)));
    assertThat(noisy.stolen()).isEqualTo(new Summary(3, 2, 1, 40));
  }

  @Test
  void knowsTheTimeThatWasStolenFromTheSystemsNumbers() {
    long[] before = StolenTime.parse("cpu  100 0 50 1000 7 0 3 10 0 0\ncpu0 1 2 3\n");
    long[] after = StolenTime.parse("cpu  130 0 80 9000 9 0 3 50 0 0\ncpu0 1 2 3\n");
    assertThat(StolenTime.percent(before, after)).isEqualTo(40); // of 30 + 30 + 40
    assertThat(StolenTime.percent(before, before)).isZero();
    assertThat(StolenTime.percent(new long[0], new long[0])).isNaN();
  }

  @Test
  void showsRatiosTargetsAndFailuresInTheTable() {
    Table table = new Table(results, Works.matching(List.of(WORK, "thr-tcp-16")));
    assertThat(table.markdown().lines())
        .hasSize(3)
        .last()
        .asString()
        .contains("2.50 (2.00–3.00) ≥ 3 SHORT", "2 failed");
    assertThat(table.verdict()).isEqualTo("0 of 1 ratios reach their targets");
  }
}
