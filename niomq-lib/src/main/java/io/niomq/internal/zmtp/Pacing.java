package io.niomq.internal.zmtp;

import io.niomq.internal.pipe.FrameQueue;
import io.niomq.internal.pipe.Pipe;
import io.niomq.internal.pipe.SocketLock;
import java.util.concurrent.locks.LockSupport;

/**
 * Short waits of senders that are ahead of their channel: for a channel that is full, and for
 * another writer of the queue. Only timed sleeps, on the sender's own thread, so that nobody has to
 * wake it. See docs/decisions/0011-pacing.md.
 */
final class Pacing {
  /**
   * More than this behind a channel that the I/O thread has been told is full, and a sender waits a
   * moment: what is queued deeper than the processor's cache costs twice as much to write.
   */
  private static final int OCTETS = 512 << 10;

  /**
   * A sender that waits for the channel looks this often; the timer makes it three times as long.
   */
  private static final long LOOK_NANOS = 20_000;

  /**
   * Before it sleeps it looks for so long, where the channel's buffer is small: what is in it lasts
   * for less time than a sleep.
   */
  private static final long SOON_NANOS = 50_000;

  /** After looking in vain it does not try for so many sleeps, at most. */
  private static final int SLEEPS_MAX = 31;

  /** Others rely on a sender that has looked within so long. */
  private static final long GOING_NANOS = 1_000_000;

  /** It gives up after so many looks in a row at which the channel took nothing. */
  private static final int VAIN_MAX = 10;

  /** And after so many in all. */
  private static final int LOOKS_MAX = 20;

  /** A sender waits for another writer of its queue so many times. */
  private static final int INSIST_MAX = 20;

  /** While more is queued it may take longer: a look more for so much, up to the second value. */
  private static final int OCTETS_A_LOOK = 64 << 10;

  private static final int LARGE_MAX = 16 << 20;

  /** After a wait in vain no sender waits for so long, which doubles up to the second value. */
  private static final long WITHOUT_MIN_NANOS = 10_000_000;

  private static final long WITHOUT_MAX_NANOS = 1_000_000_000;

  private final Outflow outflow;
  private final Connection connection;
  private final Pipe pipe;
  private final FrameQueue out;
  private final boolean holdsLittle;

  /** Written under the socket's lock. */
  private volatile boolean waiting;

  /** When the waiting sender last looked. */
  private volatile long lookedAt;

  // Guarded by the socket's lock:

  /** When a sender may wait again, after one waited in vain, and for how long none may. */
  private long after = System.nanoTime();

  private long without = WITHOUT_MIN_NANOS;

  // The waiting sender's:

  /** Whether the channel took something while it looked before a sleep. */
  private boolean tookSoon;

  /** How many more sleeps begin without looking, and how many that was when last decided. */
  private int sleeps;

  private int sleepsFound;

  /**
   * @param holdsLittle whether the channel's buffer is small
   */
  Pacing(Outflow outflow, Connection connection, Pipe pipe, boolean holdsLittle) {
    this.outflow = outflow;
    this.connection = connection;
    this.pipe = pipe;
    this.out = pipe.out;
    this.holdsLittle = holdsLittle;
  }

  /**
   * Whether a sender waits for the channel: it will look again soon, and tell the I/O thread if it
   * gives up. Not if it has not looked for a while: it may have no processor. Any thread.
   */
  boolean isGoing() {
    return waiting && outflow.now() - lookedAt < GOING_NANOS;
  }

  /** Whether a sender should wait for the channel, which is full. Under the lock. */
  boolean isWorthWhile() {
    return queued() >= OCTETS && System.nanoTime() - after >= 0;
  }

  private long queued() {
    return out.appendedOctets() - out.written();
  }

  /**
   * Writes, and waits for a channel that is full, but not for one that takes nothing. The sender
   * does it by itself: the I/O thread is told only when a third of the channel's buffer is free,
   * and then has to wake up, and takes a processor from whoever reads. Without the lock.
   */
  void pace() {
    if (!begin()) {
      outflow.drain();
      return;
    }
    boolean full = true;
    int vain = 0;
    int more = looksMore();
    int vainMax = VAIN_MAX + more;
    int max = LOOKS_MAX + 2 * more;
    try {
      for (int i = 0; i < max && vain < vainMax && !connection.isFinished(); i++) {
        long before = out.written();
        full = isFullAfterLook();
        if (full && holdsLittle && !Thread.currentThread().isInterrupted()) {
          full = isFullAfterMoment();
        }
        if (!full || Thread.currentThread().isInterrupted()) {
          break;
        }
        vain = out.written() == before ? vain + 1 : 0;
        if (!tookSoon) {
          LockSupport.parkNanos(this, LOOK_NANOS);
        }
      }
    } finally {
      end(!full, vain < vainMax);
      if (full && !connection.isFinished()) {
        outflow.waitForChannel();
      }
    }
  }

  /** Writes; whether something is left then, and nobody else writes. */
  private boolean isFullAfterLook() {
    lookedAt = outflow.now();
    return (outflow.write() & Outflow.FULL) != 0;
  }

  /** Writes as soon as the channel takes something, if that is within a moment. */
  private boolean isFullAfterMoment() {
    tookSoon = false;
    if (sleeps > 0) {
      sleeps--;
      return true;
    }
    long before = out.written();
    long begun = System.nanoTime();
    do {
      Thread.yield();
      boolean full = isFullAfterLook();
      tookSoon = out.written() != before;
      if (!full || tookSoon) {
        sleepsFound = 0;
        return full;
      }
    } while (System.nanoTime() - begun < SOON_NANOS);
    sleepsFound = Math.min(SLEEPS_MAX, 2 * sleepsFound + 1);
    sleeps = sleepsFound;
    return true;
  }

  /** A peer that takes a large message to its application reads no other meanwhile. */
  private int looksMore() {
    return (int) (Math.min(queued(), LARGE_MAX) / OCTETS_A_LOOK);
  }

  /** False when another thread waits already, or the channel has lately been waited for in vain. */
  private boolean begin() {
    lock().lock();
    boolean begins = !waiting && System.nanoTime() - after >= 0;
    if (begins) {
      lookedAt = outflow.now();
      waiting = true;
    }
    lock().unlock();
    return begins;
  }

  private void end(boolean notFull, boolean worthWhile) {
    lock().lock();
    waiting = false;
    if (notFull) {
      outflow.channelNotFull();
    }
    if (worthWhile) {
      without = WITHOUT_MIN_NANOS;
    } else {
      after = System.nanoTime() + without;
      without = Math.min(WITHOUT_MAX_NANOS, 2 * without);
    }
    lock().unlock();
  }

  /**
   * The queue comes near its mark, where messages are dropped, although the channel takes more:
   * whoever writes has lost its processor, perhaps to this very thread. Gives it some time. Without
   * the lock.
   */
  void insist() {
    outflow.drain();
    for (int i = 0; i < INSIST_MAX && out.isOwned() && !connection.isFinished(); i++) {
      LockSupport.parkNanos(this, LOOK_NANOS);
      outflow.drain();
    }
  }

  private SocketLock lock() {
    return pipe.owner.socketLock();
  }
}
