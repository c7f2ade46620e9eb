package io.niomq.internal.socket;

import io.niomq.DropReason;
import io.niomq.SocketType;
import io.niomq.SubscriptionEvent;
import io.niomq.ZmqArgumentException;
import io.niomq.ZmqUnsupportedException;
import io.niomq.internal.pattern.SocketBehavior;
import io.niomq.internal.pipe.Pipe;
import java.util.ArrayDeque;
import java.util.ArrayList;
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
  private static final int UNTOLD_MAX = 100_000;

  private final SocketCore core;
  private final Pipes pipes;
  private final SocketBehavior behavior;
  private final ArrayList<Waiter> waiters = new ArrayList<>(1);
  private final ArrayDeque<SubscriptionEvent> events = new ArrayDeque<>();
  private Consumer<? super SubscriptionEvent> listener;

  /** Peers whose handshake is complete. */
  private int connected;

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

  private boolean await(int wanted, IntSupplier count, long timeoutNanos) {
    if (wanted < 0) {
      throw new ZmqArgumentException("waiting for " + wanted + " peers; allowed: 0 or more");
    }
    long deadline = System.nanoTime() + timeoutNanos;
    pipes.lock();
    try {
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
        park(timeoutNanos > 0, deadline);
      }
    } finally {
      pipes.unlock();
    }
  }

  /** Waits for the next change. The lock is held on entry and exit, and released while waiting. */
  private void park(boolean timed, long deadline) {
    Waiter waiter = new Waiter(Waiter.WATCHES, null);
    waiters.add(waiter);
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

  /** A count has changed, or nobody shall wait any more. */
  void changed() {
    for (Waiter waiter : waiters) {
      waiter.wake();
    }
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
      if (events.size() == UNTOLD_MAX) {
        pipes.drop(pipe, DropReason.EVENT_UNREAD, 1);
        return;
      }
      events.add(
          new SubscriptionEvent(subscribed, prefix, holders, pipe.endpoint, pipe.peer.address()));
      pipes.later(() -> core.context().tell(this::tellNext));
    }
  }

  /** On the events' thread. */
  private void tellNext() {
    Consumer<? super SubscriptionEvent> told;
    SubscriptionEvent event;
    pipes.lock();
    try {
      told = listener;
      event = events.remove();
    } finally {
      pipes.unlock();
    }
    if (told != null) {
      told.accept(event);
    }
  }
}
