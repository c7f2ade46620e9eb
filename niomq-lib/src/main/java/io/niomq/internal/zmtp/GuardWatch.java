package io.niomq.internal.zmtp;

/**
 * Whether the I/O thread, which has been asked to write what senders append, is late. It may have
 * to wait for a processor for as long as other threads' time slices, some milliseconds, while its
 * senders run: then they write by themselves until it has looked. A guard that is patient, because
 * its senders write much by themselves, is not late; but what they have queued then waits no longer
 * than a moment, either, as long as more follows.
 *
 * <p>Guarded by the socket's lock, except what the guard says of itself ({@link GuardLooks}). The
 * clock is not read for each message of those who send fast.
 */
class GuardWatch extends GuardLooks {
  /** Nothing that is queued waits for longer than this while messages follow. */
  static final long WRITE_LATE_NANOS = 50_000;

  /** Waking the I/O thread takes most of this. */
  static final long GUARD_LATE_NANOS = 60_000;

  /** When the guard is late, so many messages are written one by one: a burst may end with each. */
  static final int BURST = 16;

  /** The clock is read for one message in so many, at least. */
  static final int CLOCK_EVERY_MAX = 64;

  private static final long FAST_NANOS = 20_000;

  private int clockEvery = 1;
  private int untilClock = 1;
  private long clockReadAt;

  /** The guard's last look when it was found to be late. */
  private long lateSince;

  /** How many more messages their sender writes, unless the guard looks. */
  private int burst;

  /**
   * A message was appended: whether its sender should write.
   *
   * @param writtenAt when a sender last wrote, or called the guard
   * @param crowd how many peers have their turns in between, this one included
   */
  boolean isLate(long writtenAt, int crowd) {
    if (burst > 0) {
      burst = lookedAt() == lateSince ? burst - 1 : 0;
      if (burst > 0) {
        return true;
      }
    }
    if (--untilClock > 0) {
      return false;
    }
    long now = now();
    boolean fast = now - clockReadAt < crowd * FAST_NANOS;
    clockEvery = fast ? Math.min(2 * clockEvery, CLOCK_EVERY_MAX) : 1;
    clockReadAt = now;
    untilClock = clockEvery;
    if (now - writtenAt <= crowd * WRITE_LATE_NANOS) {
      return false;
    }
    long looked = lookedAt();
    if (!isPatient()) {
      if (now - looked <= crowd * GUARD_LATE_NANOS + 2 * round()) {
        return false;
      }
      lateSince = looked;
      burst = BURST;
    }
    return true;
  }
}
