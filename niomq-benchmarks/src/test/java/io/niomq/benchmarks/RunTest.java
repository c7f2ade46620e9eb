package io.niomq.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The programs for NioMQ, with times too short for figures that mean anything. */
class RunTest {
  private static final Timing SHORT = new Timing(0.2, 2, 0.3);

  private static final Launcher LAUNCHER =
      new Launcher(
          Path.of(System.getProperty("java.home")),
          System.getProperty("java.class.path"),
          Path.of("none"));

  private static Map<String, Double> run(Work work, String library) throws Exception {
    return new Run(LAUNCHER, work, library, SHORT).results();
  }

  private static Work work(String name) {
    return Works.matching(List.of(name)).get(0);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "thr-tcp-64",
        "lat-tcp-64-threads-2",
        "lat-tcp-64-polled",
        "lat-tcp-64-brokered",
        "burst-2000",
        "pub-10",
        "broker"
      })
  void reportsAllFigures(String name) throws Exception {
    Work work = work(name);
    assertThat(run(work, Libraries.NIOMQ))
        .containsKeys("window-1", "window-2")
        .hasEntrySatisfying(
            work.measures().get(0).metric(), value -> assertThat(value).isPositive());
  }

  @Test
  void reportsPlainNioToo() throws Exception {
    assertThat(run(work("thr-ipc-64"), Libraries.PLAIN_NIO)).containsKey("rate");
  }

  @Test
  void failsWithWhatTheProgramSaid() {
    assertThatThrownBy(() -> run(work("broker"), Libraries.PLAIN_NIO))
        .isInstanceOf(RunFailure.class)
        .hasMessageContaining("plain NIO has no ROUTER");
  }
}
