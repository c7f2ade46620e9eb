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

  /** A burst has ended when no message follows a write for this long. */
  static final long PAUSE_NANOS = 10_000;

  /** If no burst ended among those, a late guard means one write only, so many times at most. */
  static final int STREAMS_MAX = 63;

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

  /** When {@link #burst} began. */
  private long begunAt;

  /** Whether a burst ended among those. */
  private boolean ended;

  /** How many more times a late guard means one write only: this seems to be a stream. */
  private int streams;

  /** How many times it did when that was last found: more each time, and fewer if a burst ended. */
  private int streamsFound;

  /**
   * A message was appended: whether its sender should write.
   *
   * @param writtenAt when a sender last wrote, or called the guard
   * @param crowd how many peers have their turns in between, this one included
   */
  boolean isLate(long writtenAt, int crowd) {
    if (burst > 0 && goesOn(writtenAt, crowd)) {
      return true;
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
      begin(looked, now);
    }
    return true;
  }

  private void begin(long looked, long now) {
    if (streams > 0) {
      streams--;
      return;
    }
    lateSince = looked;
    burst = BURST;
    begunAt = now;
    ended = false;
  }

  /**
   * Whether this message is written by itself, too. To do so is in vain in a stream, where each
   * such write may wake a reader: there it is tried ever more seldom.
   */
  private boolean goesOn(long writtenAt, int crowd) {
    ended |= writtenAt - begunAt >= 0 && now() - writtenAt > crowd * PAUSE_NANOS;
    burst = lookedAt() == lateSince ? burst - 1 : 0;
    if (burst == 0) {
      streamsFound = ended ? streamsFound / 2 : Math.min(2 * streamsFound + 1, STREAMS_MAX);
      streams = streamsFound;
    }
    return burst > 0;
  }
}
