package io.niomq.internal.socket;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Sends, or receives, that are carried out in the order of their submission. The first attempt is
 * made at once, in the caller's thread; what has to wait is carried out on the executor.
 *
 * <p><b>Futures are completed under no lock.</b> Whether an operation is withdrawn or carried out
 * is decided under {@link #lock}, which is held over the attempt and taken before the socket's.
 *
 * <p><b>No recursion.</b> What depends on a future often submits the next operation. While this
 * task works it only notes them, and goes on with them afterwards; elsewhere {@link #AT_ONCE_MAX}
 * in a row are carried out at once, and the next one on the executor.
 */
public final class OperationQueue extends SocketTask {
  /** How many operations are completed before other tasks have their turn. */
  private static final int TURN = 256;

  private static final int AT_ONCE_MAX = 32;

  private final ReentrantLock lock = new ReentrantLock();

  /** In order of submission. Guarded, like all that follows, by {@link #lock}. */
  private final LinkedHashSet<Operation<?>> waiting = new LinkedHashSet<>();

  /** In lock-step patterns: the sends, which receives that came after them wait for. */
  private OperationQueue before;

  private volatile OperationQueue after;

  /** Somebody is in {@link #work}, perhaps completing a future. */
  private boolean working;

  /** Our waiter is registered with the socket, or was woken. */
  private boolean registered;

  /** How many in a row were carried out in their callers' threads. */
  private int atOnce;

  public OperationQueue(SocketCore socket, Executor executor, boolean receives) {
    super(socket, executor, receives);
  }

  /** Lets operations wait while there are any in {@code first}. Before the first submission. */
  public void comesAfter(OperationQueue first) {
    before = first;
    first.after = this;
  }

  /** Carries {@code operation} out, now or later. */
  public <T> CompletableFuture<T> submit(Operation<T> operation) {
    operation.queue = this;
    boolean now;
    boolean done;
    RuntimeException failure = null;
    lock.lock();
    try {
      now = !working && atOnce < AT_ONCE_MAX && waiting.isEmpty() && !mustWait();
      if (now) {
        atOnce++;
        failure = attempt(operation);
      }
      done = operation.settled;
      if (!done) {
        waiting.add(operation);
      }
    } finally {
      lock.unlock();
    }
    if (!now) {
      signal();
    } else if (done) {
      operation.settle(failure);
    }
    return operation;
  }

  private boolean mustWait() {
    return before != null && !before.isEmpty();
  }

  private boolean isEmpty() {
    lock.lock();
    try {
      return waiting.isEmpty();
    } finally {
      lock.unlock();
    }
  }

  /** Makes an attempt; unless it would have to wait, the operation is settled. */
  private RuntimeException attempt(Operation<?> operation) {
    registered = false;
    try {
      registered = !operation.attempt(this);
      operation.settled = !registered;
      return null;
    } catch (RuntimeException e) {
      operation.settled = true;
      return e;
    }
  }

  /** False when it is too late. */
  boolean withdraw(Operation<?> operation) {
    lock.lock();
    try {
      if (operation.settled) {
        return false;
      }
      operation.settled = true;
      waiting.remove(operation);
    } finally {
      lock.unlock();
    }
    signal(); // for the next, which may be able to go, or to leave the socket
    return true;
  }

  @Override
  protected boolean work() {
    for (int i = 0; i < TURN; i++) {
      Operation<?> operation;
      RuntimeException failure;
      lock.lock();
      try {
        operation = next();
        if (operation == null || mustWait()) {
          rest();
          break;
        }
        working = true;
        atOnce = 0;
        failure = attempt(operation);
        if (!operation.settled) {
          working = false;
          return false;
        }
        waiting.remove(operation);
      } finally {
        lock.unlock();
      }
      operation.settle(failure);
    }
    return giveWay();
  }

  private Operation<?> next() {
    Iterator<Operation<?>> each = waiting.iterator();
    return each.hasNext() ? each.next() : null;
  }

  /** There is nothing to wait for. */
  private void rest() {
    working = false;
    if (registered) {
      registered = false;
      leave();
    }
  }

  /** Between two turns; true when there is another. */
  private boolean giveWay() {
    boolean more;
    lock.lock();
    try {
      more = working;
      working = false;
    } finally {
      lock.unlock();
    }
    OperationQueue next = after;
    if (next != null) {
      next.signal();
    }
    return more;
  }

  @Override
  protected void refused(RuntimeException reason) {
    List<Operation<?>> all;
    lock.lock();
    try {
      all = new ArrayList<>(waiting);
      waiting.clear();
      all.forEach(o -> o.settled = true);
      rest();
    } finally {
      lock.unlock();
    }
    all.forEach(o -> o.settle(reason));
    giveWay();
  }
}
