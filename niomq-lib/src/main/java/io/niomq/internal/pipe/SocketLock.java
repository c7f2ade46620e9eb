package io.niomq.internal.pipe;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;

/**
 * The lock of one socket: guards its behaviour, its pipes' socket side and everything that decides
 * about waking. Held for a few instructions, never while waiting and never in a system call that
 * can block. No thread holds two of them.
 *
 * <p>A word taken by compare-and-set and given back by a release store: half the price of a {@code
 * ReentrantLock}, because nobody has to be woken at the unlock. Who finds it taken looks again,
 * then sleeps for short times: only when its holder has lost its processor does it come to that.
 * See docs/decisions/0009-socket-lock.md.
 */
public final class SocketLock {
  private static final int SPINS = 100;
  private static final long PAUSE_NANOS = 20_000;

  private static final VarHandle STATE;

  static {
    try {
      STATE = MethodHandles.lookup().findVarHandle(SocketLock.class, "state", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  @SuppressWarnings("unused") // by STATE
  private volatile int state;

  /** Who holds it; kept only where assertions are enabled. Guarded by the lock. */
  private volatile Thread holder;

  public void lock() {
    assert !isHeld() : "socket locks are not taken twice";
    if (!STATE.compareAndSet(this, 0, 1)) {
      lockSlowly();
    }
    assert holdBy(Thread.currentThread());
  }

  private void lockSlowly() {
    for (int round = 0; !tryLock(); round++) {
      if (round < SPINS) {
        Thread.onSpinWait();
      } else {
        LockSupport.parkNanos(this, PAUSE_NANOS);
      }
    }
  }

  private boolean tryLock() {
    return (int) STATE.getOpaque(this) == 0 && STATE.compareAndSet(this, 0, 1);
  }

  public void unlock() {
    assert isHeld() && holdBy(null);
    STATE.setRelease(this, 0);
  }

  private boolean holdBy(Thread thread) {
    holder = thread;
    return true;
  }

  /** Whether the calling thread holds it. For assertions only: always false without them. */
  public boolean isHeld() {
    return holder == Thread.currentThread();
  }
}
