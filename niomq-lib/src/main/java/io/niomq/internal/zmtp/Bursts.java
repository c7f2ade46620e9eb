package io.niomq.internal.zmtp;

/**
 * The bursts in which messages are appended: who sends many at a time often sends as many the next
 * time. Guarded by the socket's lock.
 */
final class Bursts {
  /** After so many in a row that were as long as the one before, the next will be, too. */
  static final int STEADY = 8;

  /** To wait for bursts that are further apart takes more than to be called to each. */
  static final long APART_MAX_NANOS = 1_000_000;

  /**
   * What lasts longer is no burst: its first messages must not wait for its last. Who has not ended
   * one after so long has ended it early, or lost its processor.
   */
  static final long LASTING_MAX_NANOS = 50_000;

  /** How many messages had been appended before the last pause. */
  private long from;

  /** How many will have been if after it come as many as came between the two pauses before. */
  private long end;

  private long begunAt;
  private long endedAt;

  /** Whether {@link #endedAt} is that of the burst that has begun. */
  private boolean over;

  /** How many bursts in a row were short, as long as the one before, and soon after it. */
  private int alike;

  /**
   * A message after a pause was appended.
   *
   * @param before how many had been appended before it
   */
  void begin(long before, long now) {
    boolean asExpected = before == end && over && isShort(now - endedAt);
    alike = asExpected ? Math.min(alike + 1, STEADY) : 0;
    end = before + (before - from);
    from = before;
    begunAt = now;
    endedAt = now;
    over = false;
  }

  /** Nothing is called a burst that has no longer pause after it. */
  private boolean isShort(long pause) {
    return endedAt - begunAt < LASTING_MAX_NANOS
        && pause >= LASTING_MAX_NANOS
        && pause < APART_MAX_NANOS;
  }

  /** How many messages will have been appended when the burst is as long as the one before. */
  long end() {
    return end;
  }

  /** The last message of such a burst was appended; or a command after it. */
  void ended(long now) {
    if (!over) {
      over = true;
      endedAt = now;
    }
  }

  /** Whether the next one, and that it comes soon, may be relied on. */
  boolean areSteady() {
    return alike == STEADY;
  }

  long begunAt() {
    return begunAt;
  }

  long endedAt() {
    return endedAt;
  }
}
