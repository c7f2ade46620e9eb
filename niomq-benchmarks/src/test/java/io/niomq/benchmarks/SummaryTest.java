package io.niomq.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class SummaryTest {
  @Test
  void takesTheMiddleOne() {
    assertThat(Summary.of(List.of(5.0, 1.0, 3.0))).isEqualTo(new Summary(3, 3, 1, 5));
  }

  @Test
  void takesTheMeanOfTheMiddleTwo() {
    assertThat(Summary.of(List.of(8.0, 1.0, 3.0, 4.0))).isEqualTo(new Summary(4, 3.5, 1, 8));
  }

  @Test
  void leavesOutTheLowestAndTheHighestQuarter() {
    assertThat(Summary.ofMiddleHalf(List.of(9.0, 1.0, 3.0, 4.0, 5.0)))
        .isEqualTo(new Summary(3, 4, 3, 5));
    assertThat(Summary.ofMiddleHalf(List.of(9.0, 1.0))).isEqualTo(new Summary(2, 5, 1, 9));
    assertThat(Summary.ofMiddleHalf(List.of()).isEmpty()).isTrue();
  }

  @Test
  void hasNothingToSayOfNothing() {
    assertThat(Summary.of(List.of()).isEmpty()).isTrue();
  }
}
