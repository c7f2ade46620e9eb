package io.niomq.internal.zmtp;

/**
 * When octets of a peer were read. The clock is not read for each message, but for the first in a
 * turn of the loop: while callers wait for each message the loop turns every few milliseconds, and
 * when one has waited long the loop has turned meanwhile. A caller that only polls may keep the
 * loop asleep: hence for each eighth read, too.
 *
 * <p>Guarded by the reading side; what others see may be a moment old.
 */
final class LastHeard {
  /** After so many reads the clock is read again. */
  private static final int READS_MAX = 8;

  private long at;

  /** How often octets were read since. */
  private int readsSince;

  /** The turn of the loop in which the clock was read. */
  private long turn = -1;

  /** Octets were read, in this turn of the loop. */
  void read(long itsTurn) {
    if (itsTurn != turn || ++readsSince == READS_MAX) {
      note(itsTurn);
    }
  }

  /** Octets were read now. */
  void note(long itsTurn) {
    turn = itsTurn;
    long now = System.nanoTime();
    at = now == 0 ? 1 : now;
    readsSince = 0;
  }

  /** When the clock was read ({@link System#nanoTime}); 0 before the first octets. */
  long at() {
    return at;
  }

  /** Whether octets were read afterwards, too. */
  boolean isLater() {
    return readsSince > 0;
  }
}
