package io.niomq.internal.socket;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Sends, or receives, that are carried out in the order of their submission. The first attempt is
 * made at once, in the caller's thread; what has to wait is carried out on the executor.
 *
 * <p><b>Futures are completed under no lock.</b> Whether an operation is withdrawn or carried out
 * is decided under {@link #lock}, which is held over the attempt and taken before the socket's.
 *
 * <p><b>No deep recursion.</b> What depends on a future often submits the next operation, and runs
 * where the future is completed, or, if it is complete already, where it is added. So whoever
 * completes futures only notes what is submitted meanwhile, and goes on with it afterwards. Another
 * thread may nest; now and then it is looked at, and when its stack is deep the operation rests for
 * a moment, so that it is not complete when the thread adds what depends on it.
 */
public final class OperationQueue extends SocketTask {
  /** How many operations are completed before other tasks have their turn. */
  private static final int TURN_MAX = 256;

  /** How many submissions there are for one look at the stack. */
  private static final int LOOK_EACH = 16;

  /** A small part of what a stack holds, and far more than code without recursion needs. */
  private static final int FRAMES_MAX = 1024;

  private static final Executor AFTER_A_MOMENT =
      CompletableFuture.delayedExecutor(1, TimeUnit.MILLISECONDS, Runnable::run);

  private final ReentrantLock lock = new ReentrantLock();

  /** In order of submission. Guarded, like all that follows, by {@link #lock}. */
  private final LinkedHashSet<Operation<?>> waiting = new LinkedHashSet<>();

  /** In lock-step patterns: the sends, which receives that came after them wait for. */
  private OperationQueue before;

  private volatile OperationQueue after;

  /** The thread in {@link #work}, which may be completing a future; else null. */
  private Thread worker;

  /** Our waiter is registered with the socket, or was woken. */
  private boolean registered;

  /** Submissions of other threads since the last look at a stack. */
  private int unseen;

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
    Throwable failure = null;
    boolean asks = false;
    boolean done = false;
    boolean rests;
    lock.lock();
    try {
      boolean first = waiting.isEmpty();
      boolean ours = Thread.currentThread() == worker;
      rests = !ours && isDeep();
      operation.rests = rests;
      if (first && worker == null && !rests && !mustWait()) {
        failure = attempt(operation);
        done = operation.settled;
      } else {
        asks = first && !ours && !rests; // those before it will see to it
      }
      if (!done) {
        waiting.add(operation);
      }
    } finally {
      lock.unlock();
    }
    if (rests) {
      AFTER_A_MOMENT.execute(() -> endRest(operation));
    } else if (asks) {
      signal();
    }
    if (done) {
      operation.settle(failure);
    }
    return operation;
  }

  private boolean isDeep() {
    if (++unseen < LOOK_EACH) {
      return false;
    }
    unseen = 0;
    return StackWalker.getInstance()
        .walk(frames -> frames.skip(FRAMES_MAX).findFirst().isPresent());
  }

  private void endRest(Operation<?> operation) {
    lock.lock();
    try {
      operation.rests = false;
    } finally {
      lock.unlock();
    }
    signal();
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
  private Throwable attempt(Operation<?> operation) {
    registered = false;
    try {
      registered = !operation.attempt(this);
      operation.settled = !registered;
      return null;
    } catch (Throwable e) { // also for want of memory: whoever waits for the future is told
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
    begin();
    for (int i = 0; i < TURN_MAX; i++) {
      Operation<?> operation;
      Throwable failure;
      lock.lock();
      try {
        operation = next();
        if (operation == null) {
          break;
        }
        failure = attempt(operation);
        if (!operation.settled) {
          break;
        }
        waiting.remove(operation);
      } finally {
        lock.unlock();
      }
      operation.settle(failure);
    }
    return end();
  }

  private void begin() {
    lock.lock();
    try {
      worker = Thread.currentThread();
    } finally {
      lock.unlock();
    }
  }

  private Operation<?> next() {
    Iterator<Operation<?>> each = waiting.iterator();
    if (!each.hasNext() || mustWait()) {
      return null;
    }
    Operation<?> first = each.next();
    return first.rests ? null : first;
  }

  /** The end of a turn; true when there is something for another one. */
  private boolean end() {
    boolean more;
    lock.lock();
    try {
      worker = null;
      more = !registered && next() != null;
      leaveIfIdle();
    } finally {
      lock.unlock();
    }
    OperationQueue next = after;
    if (next != null) {
      next.signal();
    }
    return more;
  }

  private void leaveIfIdle() {
    if (registered && waiting.isEmpty()) {
      registered = false;
      leave();
    }
  }

  @Override
  protected void refused(Throwable reason) {
    List<Operation<?>> all;
    lock.lock();
    try {
      all = new ArrayList<>(waiting);
      waiting.clear();
      all.forEach(o -> o.settled = true);
      leaveIfIdle();
    } finally {
      lock.unlock();
    }
    all.forEach(o -> o.settle(reason));
    end();
  }
}
