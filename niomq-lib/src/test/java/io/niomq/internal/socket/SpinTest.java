package io.niomq.internal.socket;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** When a wait begins with looking: docs/decisions/0010-spinning.md. */
class SpinTest {
  private static final int PROBE_EVERY = 32;

  /** No wait of this test is longer than the first, or shorter than the second. */
  private final Spin eager = new Spin(TimeUnit.HOURS.toNanos(1));

  private final Spin vain = new Spin(1);

  /** How many of {@code waits} waits for what may be near begin with looking. */
  private static int looks(Spin spin, int waits) {
    int looks = 0;
    for (int i = 0; i < waits; i++) {
      if (spin.begin(true)) {
        looks++;
        spin.goesOn();
      }
      spin.end();
    }
    return looks;
  }

  @Nested
  class WhileWaitsAreShort {
    @Test
    void everyWaitButTheFirstBeginsWithLooking() {
      assertThat(looks(eager, 100)).isEqualTo(99);
    }

    @Test
    void waitsForWhatIsNotNearDoNot() {
      looks(eager, 10);

      assertThat(eager.begin(false)).isFalse();
    }
  }

  @Nested
  class WhileWaitsAreLong {
    @Test
    void oneWaitInThirtyTwoTriesIt() {
      assertThat(looks(vain, 10 * PROBE_EVERY)).isEqualTo(10);
    }

    @Test
    void lookingEndsAtTheLimit() {
      vain.begin(true);

      assertThat(vain.goesOn()).isFalse();
    }
  }

  @Test
  void aLimitOfZeroIsNever() {
    assertThat(looks(new Spin(0), 10 * PROBE_EVERY)).isZero();
  }
}
