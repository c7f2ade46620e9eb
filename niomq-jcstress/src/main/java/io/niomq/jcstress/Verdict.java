package io.niomq.jcstress;

/** What can be wrong at the end of a run; the sum of these is a test's second result. */
final class Verdict {
  static final int RIGHT = 0;

  /** A message with other octets than were sent, in part, or out of order. */
  static final int CORRUPT = 1;

  /** Sent and never seen. */
  static final int LOST = 2;

  /** A count of messages or octets is off. */
  static final int MISCOUNTED = 4;

  /** More messages in the queue than its high-water mark. */
  static final int TOO_MANY = 8;

  /** Shared memory given back never, twice or too early. */
  static final int RELEASE = 16;

  /** One side sleeps, and nobody will wake it. */
  static final int ASLEEP = 32;

  private Verdict() {}
}
