package io.niomq.internal.socket;

import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * One thread that waits for sockets: parked, or in a select; or a task that waits for them. A
 * wake-up is never lost: it is remembered until {@link #reset}, which the waiter calls before it
 * looks whether there is still something to wait for.
 */
final class Waiter {
  /** Waits for the socket's end only. */
  static final int END = 0;

  /** Wants a message; messages are shared out, so one such waiter is woken at a time. */
  static final int IN = 1;

  /** Wants room. */
  static final int OUT = 2;

  /** Only looks, and may leave what it finds to others: is always woken. */
  static final int WATCHES = 4;

  private final Thread thread;
  private final Runnable task;
  final int interest;

  /** What the thread blocks in; null when it parks. Set before {@link #blocked}. */
  private Selector selector;

  private volatile boolean woken;

  /** The thread sleeps, or is about to look for the last time before it does. */
  private volatile boolean blocked;

  Waiter(int interest) {
    this(interest, null);
  }

  private Waiter(int interest, Runnable task) {
    this.interest = interest;
    this.thread = task == null ? Thread.currentThread() : null;
    this.task = task;
  }

  /**
   * No thread waits; a wake-up runs {@code task}, in a thread that holds the socket's lock: it must
   * not wait, and only hand on.
   */
  static Waiter running(Runnable task, int interest) {
    return new Waiter(interest, task);
  }

  boolean isTask() {
    return task != null;
  }

  void wake() {
    if (!woken) {
      woken = true; // pairs with park() and select(): blocked is set, then woken read
      if (task != null) {
        task.run();
      } else if (blocked && thread != Thread.currentThread()) {
        if (selector != null) {
          selector.wakeup();
        } else {
          LockSupport.unpark(thread);
        }
      }
    }
  }

  boolean isWoken() {
    return woken;
  }

  void reset() {
    woken = false;
  }

  /** Looks again and again, as long as {@code spin} allows; true when woken meanwhile. */
  boolean spin(Spin spin) {
    do {
      if (woken) {
        return true;
      }
    } while (spin.goesOn());
    return woken;
  }

  /**
   * Parks until woken, interrupted or the deadline ({@link System#nanoTime}; ignored when {@code
   * timed} is false).
   */
  void park(boolean timed, long deadline) {
    blocked = true;
    while (!woken && !Thread.currentThread().isInterrupted()) {
      if (!timed) {
        LockSupport.park(this);
        continue;
      }
      long left = deadline - System.nanoTime();
      if (left <= 0) {
        return;
      }
      LockSupport.parkNanos(this, left);
    }
  }

  /** As {@link #park}, in a select that hands out what is ready; once. */
  void select(Selector in, Consumer<SelectionKey> onReady, boolean timed, long deadline)
      throws IOException {
    selector = in;
    blocked = true;
    if (woken) {
      return;
    }
    if (!timed) {
      in.select(onReady);
      return;
    }
    long left = deadline - System.nanoTime();
    if (left > 0) {
      in.select(onReady, (left + 999_999) / 1_000_000);
    }
  }
}
