package io.niomq.internal.pipe;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SlowFillTest {
  private static final int SLOW = FrameQueue.CHUNK_SLOW;
  private static final int SMALL = FrameQueue.CHUNK_SMALL;

  private long now = System.nanoTime();
  private final SlowFill fill = new SlowFill(now);
  private long appended;

  /** So many octets were appended, one in so many nanoseconds: how large the next chunk may be. */
  private int fill(int octets, long octetNanos) {
    now += octets * octetNanos;
    appended += octets;
    return fill.next(appended, now);
  }

  @Test
  void isSlowAtFirst() {
    assertThat(fill(SLOW, 1)).isEqualTo(SLOW);
  }

  @Test
  void hasLargerChunksAfterMillisecondOfFastMessages() {
    fill(500_000, 1);
    assertThat(fill(500_000, 1)).isEqualTo(SMALL);
  }

  @Test
  void anOctetInThirtyTwoNanosecondsIsNotSlow() {
    assertThat(fill(SMALL, 32)).isEqualTo(SMALL);
    assertThat(fill(SMALL, 33)).isEqualTo(SLOW);
  }

  @Test
  void burstsWithPausesBetweenThemAreSlow() {
    for (int i = 0; i < 10; i++) {
      now += 2_000_000;
      assertThat(fill(SLOW, 1)).isEqualTo(SLOW);
      assertThat(fill(SLOW, 1)).isEqualTo(SLOW);
    }
  }

  @Test
  void streamThatStopsIsSlowAfterwards() {
    fill(2_000_000, 1);
    now += 1_000_000_000;
    assertThat(fill(SMALL, 1)).isEqualTo(SLOW);
  }
}
