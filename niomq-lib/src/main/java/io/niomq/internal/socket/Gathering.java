package io.niomq.internal.socket;

import io.niomq.DropReason;
import io.niomq.SocketType;
import io.niomq.SubscriptionEvent;
import io.niomq.ZmqArgumentException;
import io.niomq.ZmqUnsupportedException;
import io.niomq.internal.pattern.SocketBehavior;
import io.niomq.internal.pipe.Pipe;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.IntSupplier;

/**
 * Who is there, for those who want to know: threads that wait until enough peers are connected, or
 * subscribed, and the listener of subscriptions.
 *
 * <p><b>Why no wake-up is lost.</b> Whoever changes a count does so under the socket's lock, and
 * wakes the waiters under it ({@link #changed}); a waiter counts for the last time, and registers,
 * under the same lock. <b>Why events are in order.</b> They are queued under the lock; each task
 * for the events' thread takes one.
 *
 * <p>Guarded by the socket's lock.
 */
public final class Gathering {
  /** How many events may wait for a listener that is too slow; further ones are counted. */
  static final int UNTOLD_MAX = 100_000;

  private final SocketCore core;
  private final Pipes pipes;
  private final SocketBehavior behavior;

  /** Who waits, and for how many. */
  private final Map<Waiter, Integer> waiters = new LinkedHashMap<>(2);

  private final ArrayDeque<Notice> notices = new ArrayDeque<>();
  private Consumer<? super SubscriptionEvent> listener;

  /** Peers whose handshake is complete. */
  private int connected;

  /** An event for whoever listened when it happened. */
  private record Notice(Consumer<? super SubscriptionEvent> listener, SubscriptionEvent event) {}

  Gathering(SocketCore core, Pipes pipes, SocketBehavior behavior) {
    this.core = core;
    this.pipes = pipes;
    this.behavior = behavior;
  }

  // ------------------------------------------------------------------------------------------------ waiting

  /** See {@code Socket.awaitConnected}. Without the lock. */
  public boolean awaitConnected(int peers, long timeoutNanos) {
    return await(peers, () -> connected, timeoutNanos);
  }

  /** See {@code Socket.awaitSubscribers}. Without the lock. */
  public boolean awaitSubscribers(byte[] topic, int peers, long timeoutNanos) {
    checkPublishes();
    return await(peers, () -> behavior.subscribers(topic), timeoutNanos);
  }

  /** Whether so many are connected; if not, has {@code task} woken at the next change. */
  boolean isConnected(int peers, Waiter task) {
    return isReached(peers, () -> connected, task);
  }

  /** Whether so many are subscribed; if not, has {@code task} woken at the next change. */
  boolean hasSubscribers(byte[] topic, int peers, Waiter task) {
    checkPublishes();
    return isReached(peers, () -> behavior.subscribers(topic), task);
  }

  private boolean isReached(int wanted, IntSupplier count, Waiter task) {
    pipes.lock();
    try {
      waiters.remove(task);
      task.reset();
      core.checkUsable();
      checkNumber(wanted);
      boolean reached = count.getAsInt() >= wanted;
      if (!reached) {
        waiters.put(task, wanted);
      }
      return reached;
    } finally {
      pipes.unlock();
    }
  }

  void forget(Waiter task) {
    pipes.lock();
    try {
      waiters.remove(task);
    } finally {
      pipes.unlock();
    }
  }

  private static void checkNumber(int wanted) {
    if (wanted < 0) {
      throw new ZmqArgumentException("waiting for " + wanted + " peers; allowed: 0 or more");
    }
  }

  private boolean await(int wanted, IntSupplier count, long timeoutNanos) {
    long deadline = System.nanoTime() + timeoutNanos;
    pipes.lock();
    try {
      core.checkUsable();
      checkNumber(wanted);
      while (true) {
        core.checkUsable();
        if (count.getAsInt() >= wanted) {
          return true;
        }
        if (timeoutNanos == 0) {
          return false;
        }
        core.checkNotInterrupted();
        if (timeoutNanos > 0 && deadline - System.nanoTime() <= 0) {
          return false;
        }
        park(wanted, timeoutNanos > 0, deadline);
      }
    } finally {
      pipes.unlock();
    }
  }

  /** Waits for the next change. The lock is held on entry and exit, and released while waiting. */
  private void park(int wanted, boolean timed, long deadline) {
    Waiter waiter = new Waiter(Waiter.WATCHES);
    waiters.put(waiter, wanted);
    pipes.unlock();
    try {
      waiter.park(timed, deadline);
    } finally {
      pipes.lock();
      waiters.remove(waiter);
    }
  }

  // ------------------------------------------------------------------------------------------------ changes

  /** A peer has come, or has gone, as far as the pattern was told. */
  void connected(Pipe pipe, boolean isConnected) {
    assert pipes.isLocked();
    if (pipe.connected != isConnected) {
      pipe.connected = isConnected;
      connected += isConnected ? 1 : -1;
      changed();
    }
  }

  /**
   * A count has changed, or nobody shall wait any more. Only a peer that is connected can have
   * subscribed: as long as too few are, nobody is woken to count them all.
   */
  void changed() {
    boolean ends = !core.isUsableLocked();
    waiters.forEach(
        (waiter, wanted) -> {
          if (ends || connected >= wanted) {
            waiter.wake();
          }
        });
  }

  // ------------------------------------------------------------------------------------------------ events

  /** See {@code Socket.onSubscription}. Without the lock. */
  public void listen(Consumer<? super SubscriptionEvent> newListener) {
    pipes.lock();
    try {
      core.checkUsable();
      checkPublishes();
      listener = newListener;
    } finally {
      pipes.unlock();
    }
  }

  private void checkPublishes() {
    if (core.type() != SocketType.PUB && core.type() != SocketType.XPUB) {
      throw new ZmqUnsupportedException("only a PUB or XPUB has subscribers, not a " + core.type());
    }
  }

  void subscriptionChanged(Pipe pipe, boolean subscribed, byte[] prefix, int holders) {
    changed();
    if (listener != null && !core.isClosedLocked()) {
      if (notices.size() == UNTOLD_MAX) {
        pipes.drop(pipe, DropReason.EVENT_UNREAD, 1);
        return;
      }
      String peer = pipe.peer.address();
      notices.add(
          new Notice(
              listener, new SubscriptionEvent(subscribed, prefix, holders, pipe.endpoint, peer)));
      pipes.later(() -> core.context().threads().tell(this::tellNext));
    }
  }

  /** On the events' thread. */
  private void tellNext() {
    Notice notice;
    boolean current;
    pipes.lock();
    try {
      notice = notices.remove();
      current = notice.listener == listener;
    } finally {
      pipes.unlock();
    }
    if (current) {
      notice.listener.accept(notice.event);
    }
  }
}
