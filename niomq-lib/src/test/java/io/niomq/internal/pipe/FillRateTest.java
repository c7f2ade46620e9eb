package io.niomq.internal.pipe;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FillRateTest {
  private static final int SMALL = FrameQueue.CHUNK_SMALL;
  private static final int MAX = FrameQueue.CHUNK_MAX;

  private final FillRate rate = new FillRate();
  private long now = System.nanoTime();
  private long appended;

  /** A chunk was filled, an octet in so many nanoseconds: how large the next one may be. */
  private int fill(int octets, long octetNanos) {
    now += octets * octetNanos;
    appended += octets;
    return rate.next(appended, now);
  }

  @Test
  void growsChunksOfAFastStreamUpToTheLargest() {
    assertThat(rate.next(0, now)).isEqualTo(SMALL);
    assertThat(fill(SMALL, 1)).isEqualTo(2 * SMALL);
    assertThat(fill(2 * SMALL, 1)).isEqualTo(4 * SMALL);
    assertThat(fill(4 * SMALL, 1)).isEqualTo(MAX);
    assertThat(fill(MAX, 1)).isEqualTo(MAX);
  }

  @Test
  void isSmallAgainWhenTheStreamIsSlow() {
    rate.next(0, now);
    assertThat(fill(SMALL, 1)).isEqualTo(2 * SMALL);
    assertThat(fill(2 * SMALL, 10)).isEqualTo(SMALL);
    assertThat(fill(SMALL, 10)).isEqualTo(SMALL);
  }
}
