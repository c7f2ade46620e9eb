package io.niomq.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class WorksTest {
  @Test
  void haveNamesOfTheirOwn() {
    assertThat(Works.matching(List.of())).extracting(Work::name).doesNotHaveDuplicates();
  }

  @Test
  void haveOneSideThatMeasures() {
    assertThat(Works.matching(List.of()))
        .allSatisfy(work -> assertThat(work.sides()).filteredOn(Side::measures).hasSize(1));
  }

  @Test
  void areAllComparedWithLibzmqAndJeromq() {
    assertThat(Works.matching(List.of()))
        .allSatisfy(
            work -> {
              assertThat(work.libraries()).containsAll(Libraries.ZEROMQ);
              assertThat(work.measures().get(0).toLibzmq()).isPositive();
              assertThat(work.measures().get(0).toJeromq()).isPositive();
            });
  }

  @Test
  void areChosenByGlobs() {
    assertThat(Works.matching(List.of("thr-tcp-*", "broker")))
        .extracting(Work::name)
        .hasSize(9)
        .startsWith("thr-tcp-16", "thr-tcp-64")
        .endsWith("broker");
  }

  @Test
  void haveStreamsOfOtherSizesToo() {
    List<Work> works = Works.matching(List.of("thr-ipc-4096", "thr-inproc-20000", "broker"));
    assertThat(works)
        .extracting(Work::name)
        .containsExactly("broker", "thr-ipc-4096", "thr-inproc-20000");
    assertThat(works).extracting(Work::transport).containsExactly("tcp", "ipc", "inproc");
    assertThat(works).extracting(Work::size).containsExactly(64, 4096, 20000);
    assertThat(Works.matching(List.of("thr-tcp-64"))).hasSize(1);
    assertThatThrownBy(() -> Works.matching(List.of("thr-tcp-7")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("8");
  }

  @Test
  void refuseAGlobThatMatchesNone() {
    assertThatThrownBy(() -> Works.matching(List.of("thr-tcp-*", "nothing")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("nothing");
  }

  @Test
  void knowWhichWayIsBetter() {
    assertThat(Measure.rate(3, 1).reaches(3.1, 3)).isTrue();
    assertThat(Measure.rate(3, 1).reaches(2.9, 3)).isFalse();
    assertThat(Measure.time("p50", 0.35, 1).reaches(0.3, 0.35)).isTrue();
    assertThat(Measure.time("p50", 0.35, 1).reaches(0.4, 0.35)).isFalse();
  }
}
