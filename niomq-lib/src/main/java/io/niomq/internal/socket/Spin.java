package io.niomq.internal.socket;

/**
 * Decides whether a wait begins with looking again and again before the thread goes to sleep. To
 * wake a sleeping thread costs 5 to 50 microseconds, which is most of a round trip; but who looks
 * in vain burns a processor. So a socket looks only
 *
 * <ul>
 *   <li>when what it waits for may be near: an answer, when it has sent something since it last
 *       received, whereas a stream of small messages is better taken in larger pieces (one of large
 *       messages has an object of this class for itself: {@link StreamPause});
 *   <li>while its waits turn out to be short, however they are spent; now and then it tries, since
 *       a peer that looks, too, makes them short;
 *   <li>no longer than a limit, giving way to other threads at each look, so that a peer on the
 *       same processor has its turn.
 * </ul>
 *
 * <p>Guarded by the socket's lock, or owned by the thread that waits. The reasons and figures stand
 * in docs/decisions/0010-spinning.md and 0011-pacing.md.
 */
final class Spin {
  private static final int TRUST_MAX = 8;
  private static final int DISAPPOINTMENT = 2;
  private static final int PROBE_EVERY = 32;

  private final long limitNanos;
  private int trust;
  private int sinceProbe;
  private boolean measures;
  private long begun;

  Spin(long limitNanos) {
    this.limitNanos = limitNanos;
  }

  /** A wait begins; true when it should begin with looking, if what it waits for may be near. */
  boolean begin(boolean near) {
    measures = near && limitNanos > 0;
    if (!measures) {
      return false;
    }
    begun = System.nanoTime();
    if (trust > 0) {
      return true;
    }
    if (++sinceProbe >= PROBE_EVERY) {
      sinceProbe = 0;
      return true;
    }
    return false;
  }

  /** Gives way to other threads; whether to look on then. */
  boolean goesOn() {
    Thread.yield();
    return System.nanoTime() - begun < limitNanos;
  }

  /** The wait is over. */
  void end() {
    if (!measures) {
      return;
    }
    measures = false;
    if (System.nanoTime() - begun < limitNanos) {
      trust = Math.min(TRUST_MAX, trust + 1);
    } else {
      trust = Math.max(0, trust - DISAPPOINTMENT);
    }
  }
}
