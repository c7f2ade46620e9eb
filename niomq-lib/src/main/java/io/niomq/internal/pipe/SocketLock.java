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
 * ReentrantLock}, because nobody has to be woken at the unlock. Who finds it taken looks again and
 * again, then sleeps for short times: only when its holder has lost its processor does it come to
 * that. See docs/decisions/0009-socket-lock.md.
 */
public class SocketLock extends LockPadding {
  /**
   * How long a thread looks before it sleeps: to sleep takes 75 microseconds here, whatever is
   * asked for.
   */
  private static final long LOOK_NANOS =
      Runtime.getRuntime().availableProcessors() > 1 ? 20_000 : 0;

  private static final int CLOCK_EVERY = 4;
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

  public final void lock() {
    assert !isHeld() : "socket locks are not taken twice";
    if (!STATE.compareAndSet(this, 0, 1)) {
      lockSlowly();
    }
    assert holdBy(Thread.currentThread());
  }

  private void lockSlowly() {
    long until = System.nanoTime() + LOOK_NANOS;
    while (!tryLock()) {
      if (!looksOn(until)) {
        LockSupport.parkNanos(this, PAUSE_NANOS);
      }
    }
  }

  /** Lets some time go by, without a system call; whether to look on then. */
  private static boolean looksOn(long until) {
    for (int i = 0; i < CLOCK_EVERY; i++) {
      Thread.onSpinWait();
    }
    return System.nanoTime() - until < 0;
  }

  private boolean tryLock() {
    return (int) STATE.getOpaque(this) == 0 && STATE.compareAndSet(this, 0, 1);
  }

  public final void unlock() {
    assert isHeld() && holdBy(null);
    STATE.setRelease(this, 0);
  }

  private boolean holdBy(Thread thread) {
    holder = thread;
    return true;
  }

  /** Whether the calling thread holds it. For assertions only: always false without them. */
  public final boolean isHeld() {
    return holder == Thread.currentThread();
  }
}
