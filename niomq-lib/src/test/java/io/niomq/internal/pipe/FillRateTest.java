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

  @Test
  void takesWhatWasUsedLastUntilChunksAreTheLargest() {
    rate.next(0, now);
    assertThat(rate.rest(10)).isEqualTo(Rest.NONE);
    while (fill(SMALL, 1) < MAX) {
      assertThat(rate.rest(10)).isEqualTo(Rest.NONE);
    }
    assertThat(rate.rest(1000)).isEqualTo(Rest.SHORT);
    fill(MAX, 10);
    assertThat(rate.rest(10)).isEqualTo(Rest.NONE);
  }

  /**
   * How many of 2000 chunks rest for long, when such chunks are filled with an octet in three
   * quarters of a nanosecond, and others in so many.
   */
  private int restLong(int messages, long shortNanos) {
    int longer = 0;
    Rest rest = Rest.NONE;
    for (int i = 0; i < 2000; i++) {
      now -= rest == Rest.LONG ? MAX / 4 : 0;
      fill(MAX, rest == Rest.LONG ? 1 : shortNanos);
      rest = rate.rest(messages);
      longer += rest == Rest.LONG ? 1 : 0;
    }
    return longer;
  }

  /** It tries both. */
  @Test
  void letsTheLargestChunksRestForAsLongAsIsFaster() {
    assertThat(restLong(MAX / 1034, 1)).isBetween(1100, 1600);
  }

  @Test
  void triesNothingWithLargerMessages() {
    assertThat(restLong(MAX / 2000, 1)).isZero();
    assertThat(rate.rest(MAX / 2000)).isEqualTo(Rest.ENOUGH);
  }

  @Test
  void triesNothingInSlowerStreams() {
    assertThat(restLong(MAX / 1034, 3)).isZero();
    assertThat(rate.rest(MAX / 1034)).isEqualTo(Rest.ENOUGH);
  }
}
