package io.niomq.internal.socket;

import java.util.ArrayList;

/**
 * Who waits in one socket to be woken: threads that park, pollers, tasks. Guarded by the socket's
 * lock.
 */
final class Waiters {
  private final ArrayList<Waiter> all = new ArrayList<>(2);

  boolean isEmpty() {
    return all.isEmpty();
  }

  int size() {
    return all.size();
  }

  void add(Waiter waiter) {
    all.add(waiter);
  }

  /** Returns whether it was there. */
  boolean remove(Waiter waiter) {
    return all.remove(waiter);
  }

  /**
   * Something has come. Messages are shared out: of the threads that want one, one is woken, and
   * none unless {@code oneReceiver}.
   */
  void wake(boolean oneReceiver) {
    boolean woken = !oneReceiver;
    for (int i = 0; i < all.size(); i++) {
      Waiter w = all.get(i);
      if (w.interest == Waiter.END) {
        continue;
      }
      if (w.interest != Waiter.IN || w.isTask()) {
        w.wake(); // a task may be long in coming: it does not count as the one
      } else if (!woken && !w.isWoken()) {
        w.wake();
        woken = true;
      }
    }
  }

  /** The end has come. */
  void wakeAll() {
    all.forEach(Waiter::wake);
  }

  /** Whether any may want a message. */
  boolean wantMessages() {
    for (Waiter w : all) {
      if ((w.interest & (Waiter.IN | Waiter.WATCHES)) != 0) {
        return true;
      }
    }
    return false;
  }

  /** How many want nothing but {@code interest}. */
  int count(int interest) {
    int count = 0;
    for (Waiter w : all) {
      count += w.interest == interest ? 1 : 0;
    }
    return count;
  }
}
