package io.niomq.internal.zmtp;

/**
 * The bursts in which messages are appended: who sends many at a time often sends as many the next
 * time. Guarded by the socket's lock.
 */
final class Bursts {
  /** After so many in a row that were as long as the one before, the next will be, too. */
  static final int STEADY = 8;

  /** To wait for bursts that are further apart takes more than to be called to each. */
  private static final long APART_MAX_NANOS = 1_000_000;

  /** How many messages had been appended before the last pause. */
  private long from;

  /** How many will have been if after it come as many as came between the two pauses before. */
  private long end;

  /** How many bursts in a row were as long as the one before, and soon after it. */
  private int alike;

  /**
   * A message after a pause was appended.
   *
   * @param before how many had been appended before it
   * @param pause since the burst before it
   */
  void begin(long before, long pause) {
    alike = before == end && pause < APART_MAX_NANOS ? Math.min(alike + 1, STEADY) : 0;
    end = before + (before - from);
    from = before;
  }

  /** How many messages will have been appended when the burst is as long as the one before. */
  long end() {
    return end;
  }

  /** Whether the next one, and that it comes soon, may be relied on. */
  boolean areSteady() {
    return alike == STEADY;
  }
}
