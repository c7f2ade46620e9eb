package io.niomq.internal.socket;

import java.util.ArrayList;
import java.util.function.Consumer;

/**
 * Whether the channels of one socket are left to the threads that wait in it, which read them by
 * themselves. The I/O threads notice a claim lazily, when they meet a readable channel, and ask now
 * and then whether it is still worth something.
 *
 * <p>Guarded by the socket's lock, except {@link #holds}.
 */
final class Claim {
  /** So many ticks may a thread take what is queued and not read, before the I/O thread reads. */
  private static final int TICKS_WITHOUT_LOOK_MAX = 4;

  /**
   * How many waits, or looks, have claimed the socket, and how many messages were taken while it
   * was claimed.
   */
  private long uses;

  /** How many waits, or looks, there were, and how many ticks since the last one. */
  private long looks;

  private long looksSeen;
  private int ticksWithoutLook;

  /** Written under the lock. The I/O threads read it without. */
  private volatile boolean holds;

  /** I/O threads that want to know when the thread that reads returns. */
  private final ArrayList<Runnable> onReturn = new ArrayList<>(1);

  /** A thread begins to read. */
  void take() {
    uses++;
    looks++;
    if (!holds) {
      holds = true;
    }
  }

  /** A thread has taken a message: who reads on and on without waiting will wait again. */
  void use() {
    if (holds) {
      uses++;
    }
  }

  boolean holds() {
    return holds;
  }

  void end() {
    holds = false;
  }

  /** The thread has read, and goes: {@code later} does what waits for that. */
  void returned(Consumer<Runnable> later) {
    if (!onReturn.isEmpty()) {
      onReturn.forEach(later);
      onReturn.clear();
    }
  }

  /**
   * See {@code PipeOwner.reclaim}.
   *
   * @param busy a thread reads, or waits for something to read
   */
  long reclaim(long seen, boolean busy) {
    if (!holds) {
      return -1;
    }
    if (busy || (uses != seen && !onlyTakes())) {
      return uses;
    }
    holds = false;
    return -1;
  }

  /** Whether for some time messages were taken, and the channels not read: they fill up then. */
  private boolean onlyTakes() {
    ticksWithoutLook = looks == looksSeen ? ticksWithoutLook + 1 : 0;
    looksSeen = looks;
    return ticksWithoutLook > TICKS_WITHOUT_LOOK_MAX;
  }

  /** See {@code PipeOwner.onReturn}. */
  boolean onReturn(long seen, boolean busy, Runnable task) {
    if (!holds || !busy || uses != seen) {
      return false;
    }
    onReturn.add(task);
    return true;
  }
}
