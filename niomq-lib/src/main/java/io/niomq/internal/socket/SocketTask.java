package io.niomq.internal.socket;

import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Work on one socket that belongs to no thread: it runs on an executor, once at a time, when
 * somebody asks for it or when the socket has what it waits for. This is what waiting without a
 * thread is made of: the task looks ({@link Receiving#recvFrames(FrameSink, SocketTask)}), and what
 * it does not find is noted in its {@link Waiter} under the same lock.
 */
public abstract class SocketTask {
  private final SocketCore socket;
  private final Executor executor;
  final Waiter waiter;
  private final Waiter ofTheEnd = Waiter.running(this::signalAfterUnlock, Waiter.END);

  /**
   * How often it was asked for and has not run since; whoever makes it 1 has it run, and whoever
   * runs it has it run again unless it is 0 then.
   */
  private final AtomicInteger signals = new AtomicInteger();

  private SocketTask(SocketCore socket, Executor executor, int interest) {
    this.socket = socket;
    this.executor = executor;
    this.waiter = Waiter.running(this::signalAfterUnlock, interest);
  }

  /** For a task that waits for messages, or else for room. */
  protected SocketTask(SocketCore socket, Executor executor, boolean receives) {
    this(socket, executor, receives ? Waiter.IN : Waiter.OUT);
  }

  /**
   * Does what there is to do. On the executor, never twice at a time.
   *
   * @return true when there is more, after others have had their turn
   */
  protected abstract boolean work();

  /**
   * The executor refused this task, or {@link #work} was cut off, for instance for want of memory.
   * Not while it works.
   */
  protected abstract void refused(Throwable reason);

  /** Has the task run, soon; any thread, also one that is in {@link #work}. */
  protected final void signal() {
    if (signals.getAndIncrement() == 0) {
      schedule();
    }
  }

  private void signalAfterUnlock() {
    socket.pipes().later(this::signal);
  }

  /** Waits no more; another waiter gets what this one may have been woken for. */
  protected final void leave() {
    socket.pipes().lock();
    try {
      socket.waiting().lookAgain(waiter);
      socket.waiting().passOn();
    } finally {
      socket.pipes().unlock();
    }
  }

  /**
   * Has the task run when the socket or its context ends, until {@link #forgetEnd}.
   *
   * @throws RuntimeException when that has happened already
   */
  protected final void watchEnd() {
    socket.waiting().watch(ofTheEnd, Waiter.END);
  }

  protected final void forgetEnd() {
    socket.waiting().unwatch(ofTheEnd);
  }

  /** Keeps the task from running until {@link #release}. Before the first signal. */
  protected final void hold() {
    signals.set(1);
  }

  protected final void release() {
    schedule();
  }

  private void schedule() {
    Turn turn = new Turn();
    try {
      executor.execute(turn);
    } catch (Throwable e) { // whoever signals, maybe an I/O thread, has nothing to do with it
      socket.context().threads().onViewThreadOrHere(() -> turn.refuse(e));
    }
    turn.handedOver = true;
  }

  private void refuse(Throwable reason) {
    int seen = signals.get();
    refused(reason);
    if (signals.addAndGet(-seen) != 0) {
      schedule();
    }
  }

  private void run() {
    int seen = signals.get();
    boolean more = false;
    try {
      more = work();
    } catch (Throwable e) {
      refused(e);
      throw e;
    } finally {
      if (more || signals.addAndGet(-seen) != 0) {
        schedule();
      }
    }
  }

  /**
   * One run. It must not happen in the thread that asks for it, which may be an I/O thread or hold
   * locks; so where an executor runs its tasks in the caller's thread, the context has a thread for
   * it. An executor may keep a task although it fails: the turn is taken, or refused, but not both.
   */
  private final class Turn implements Runnable {
    private final Thread asked = Thread.currentThread();
    private final AtomicBoolean over = new AtomicBoolean();
    private volatile boolean handedOver;

    @Override
    public void run() {
      if (!handedOver && Thread.currentThread() == asked) {
        socket.context().threads().onViewThreadOrHere(this::take);
      } else {
        take();
      }
    }

    private void take() {
      if (over.compareAndSet(false, true)) {
        SocketTask.this.run();
      }
    }

    void refuse(Throwable reason) {
      if (over.compareAndSet(false, true)) {
        SocketTask.this.refuse(reason);
      }
    }
  }
}
