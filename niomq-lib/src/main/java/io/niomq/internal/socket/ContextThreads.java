package io.niomq.internal.socket;

import io.niomq.SocketOptions;
import io.niomq.ZmqNoIoThreadException;
import io.niomq.ZmqResourceException;
import io.niomq.internal.loop.EventLoop;
import io.niomq.internal.option.OptionValues;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The threads of one context: those for I/O are there from the start to the end; those that do what
 * may block, or is the application's, come when there is something to do. Any thread.
 */
final class ContextThreads {
  private static final int HELPERS_MAX = 4;

  /** So long the end waits for a listener that is still being told, and no longer. */
  private static final long TELL_MAX_MILLIS = 1000;

  /** A thread that could not be had is asked for again after so long. */
  private static final long START_AGAIN_MILLIS = 100;

  private final EventLoop[] loops;

  /** For name lookups, which may block. Its threads end when there is nothing to do. */
  private final ThreadPoolExecutor helpers;

  /** For the tasks of views that have no other thread: behind no lookup. Its threads end, too. */
  private final ThreadPoolExecutor views;

  /** For event listeners, in order. Its thread ends when there is nothing to do. */
  private final ThreadPoolExecutor teller;

  private volatile Thread tellerThread;

  /** Whether {@link #startAgain} is planned. */
  private final AtomicBoolean startsAgain = new AtomicBoolean();

  ContextThreads(ContextSettings settings) {
    String prefix = settings.threadNamePrefix();
    ThreadFactory factory =
        settings.factory() != null ? settings.factory() : ContextThreads::daemon;
    this.helpers = executor(HELPERS_MAX, factory, prefix + "-helper");
    this.views = executor(HELPERS_MAX, factory, prefix + "-view");
    this.teller = executor(1, task -> tellerThread = factory.newThread(task), prefix + "-events");
    this.loops = new EventLoop[settings.ioThreads()];
    try {
      for (int i = 0; i < loops.length; i++) {
        loops[i] = new EventLoop(factory, prefix + "-io-" + i, settings.spinNanos());
      }
    } catch (IOException e) {
      stop();
      throw new ZmqResourceException("the I/O threads could not be started: " + e.getMessage(), e);
    } catch (RuntimeException | Error e) {
      stop();
      throw e;
    }
  }

  private static Thread daemon(Runnable task) {
    Thread t = new Thread(task);
    t.setDaemon(true);
    return t;
  }

  private static ThreadPoolExecutor executor(int max, ThreadFactory factory, String name) {
    AtomicInteger count = new AtomicInteger();
    ThreadPoolExecutor executor =
        new ThreadPoolExecutor(
            max,
            max,
            1,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            task -> {
              Thread t = factory.newThread(task);
              if (t == null) {
                throw new IllegalStateException("the thread factory returned null for " + name);
              }
              t.setName(name + "-" + count.getAndIncrement());
              return t;
            },
            (task, ended) -> {
              if (task instanceof Anywhere) {
                task.run();
              }
            });
    executor.allowCoreThreadTimeOut(true);
    return executor;
  }

  int ioThreads() {
    return loops.length;
  }

  /** The first I/O thread; null where there is none. */
  EventLoop first() {
    return loops.length > 0 ? loops[0] : null;
  }

  /** The I/O thread with the fewest connections, of those that {@code ZMQ_AFFINITY} allows. */
  EventLoop pickLoop(OptionValues options) {
    if (loops.length == 0) {
      throw new ZmqNoIoThreadException(
          "this context has no I/O thread (ioThreads 0) and serves only inproc endpoints");
    }
    long allowed = options.get(SocketOptions.AFFINITY);
    EventLoop best = null;
    for (int i = 0; i < loops.length; i++) {
      boolean mayServe = allowed == 0 || i < Long.SIZE && (allowed >>> i & 1) != 0;
      if (mayServe && (best == null || loops[i].load() < best.load())) {
        best = loops[i];
      }
    }
    if (best == null) {
      throw new ZmqNoIoThreadException(
          String.format(
              "ZMQ_AFFINITY 0x%x allows none of the %d I/O threads", allowed, loops.length));
    }
    return best;
  }

  /** Runs {@code task}, which may block for a moment. Throws what a refused thread throws. */
  void onHelper(Runnable task) {
    helpers.execute(task);
  }

  /** The same, but where no thread can be had the task waits for one. */
  void onHelperWhenThereIsOne(Runnable task) {
    run(helpers, task);
  }

  /**
   * Runs a view's task, as soon as there is a thread for it; in the caller's thread when the
   * threads have ended with the context.
   */
  void onViewThreadOrHere(Runnable task) {
    run(views, new Anywhere(task));
  }

  /** Is not left out when the threads have ended. */
  private record Anywhere(Runnable task) implements Runnable {
    @Override
    public void run() {
      task.run();
    }
  }

  /** Runs {@code task} on the thread for events, as soon as it can be had; never waits. */
  void tell(Runnable task) {
    run(teller, task);
  }

  /**
   * Runs {@code task}, which must not wait, in another thread. Under any lock: unlike {@link #tell}
   * it never makes a thread, unless the context has no I/O thread.
   */
  void soon(Runnable task) {
    if (loops.length > 0) {
      loops[0].execute(task);
    } else {
      tell(task);
    }
  }

  /** Runs {@code task} there after some time, if the context has not ended by then. */
  void tellLater(Runnable task, long millis) {
    if (loops.length > 0) {
      EventLoop loop = loops[0];
      long nanos = TimeUnit.MILLISECONDS.toNanos(millis);
      loop.execute(() -> loop.timer(() -> tell(task)).plan(nanos));
      return;
    }
    try {
      CompletableFuture.delayedExecutor(millis, TimeUnit.MILLISECONDS, this::tell).execute(task);
    } catch (Throwable refused) {
      // the JDK has no thread for it now; it has kept the task, and runs it when it has one
    }
  }

  // ------------------------------------------------------------------------------------------------ refused threads

  /**
   * Runs {@code task} in {@code pool}, whose tasks begin in order. Never throws because there is no
   * thread: the operating system may refuse one, and then the task waits for it.
   */
  private void run(ThreadPoolExecutor pool, Runnable task) {
    pool.getQueue().add(task); // first: it is not lost, and those before it are not overtaken
    if (pool.isShutdown() && pool.remove(task)) {
      pool.getRejectedExecutionHandler().rejectedExecution(task, pool);
    } else if (!start(pool)) {
      startLater();
    }
  }

  /** Starts a thread for what waits in {@code pool}, unless there are enough; false if refused. */
  private static boolean start(ThreadPoolExecutor pool) {
    try {
      pool.prestartCoreThread();
      return true;
    } catch (Throwable refused) { // by the operating system, or by the application's factory
      return false;
    }
  }

  private void startLater() {
    if (!startsAgain.compareAndSet(false, true)) {
      return;
    }
    if (loops.length > 0) {
      EventLoop loop = loops[0];
      long nanos = TimeUnit.MILLISECONDS.toNanos(START_AGAIN_MILLIS);
      loop.execute(() -> loop.timer(this::startAgain).plan(nanos));
      return;
    }
    try {
      CompletableFuture.delayedExecutor(START_AGAIN_MILLIS, TimeUnit.MILLISECONDS, Runnable::run)
          .execute(this::startAgain);
    } catch (Throwable refused) {
      startsAgain.set(false); // whoever has the next task tries again
    }
  }

  private void startAgain() {
    startsAgain.set(false);
    for (ThreadPoolExecutor pool : List.of(helpers, views, teller)) {
      boolean started = true;
      int wanted = Math.min(pool.getQueue().size(), pool.getCorePoolSize());
      for (int i = 0; i < wanted && started; i++) {
        started = start(pool);
      }
      if (!started) {
        startLater();
      }
    }
  }

  /** Runs here what waits for a thread that cannot be had. */
  private static void runHere(ThreadPoolExecutor pool) {
    for (Runnable task = pool.getQueue().poll(); task != null; task = pool.getQueue().poll()) {
      try {
        task.run();
      } catch (Throwable told) {
        // A view's task tells those that wait for it, and the others must run, too.
      }
    }
  }

  // ------------------------------------------------------------------------------------------------ the end

  /**
   * The end: waits for the I/O threads, and a moment for a listener that is still being told. What
   * views have still to do is done here where there is no thread for it.
   */
  void stop() {
    helpers.shutdown();
    views.shutdown();
    if (!start(views)) {
      runHere(views);
    }
    for (EventLoop l : loops) {
      if (l != null) {
        l.stop();
      }
    }
    boolean interrupted = Thread.interrupted();
    for (EventLoop l : loops) {
      boolean ended = l == null || l.isLoopThread();
      while (!ended) {
        try {
          ended = l.join(TimeUnit.SECONDS.toNanos(1));
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    teller.shutdown(); // after the I/O threads, which may have had something to tell
    if (!start(teller)) {
      teller.shutdownNow(); // nobody can be told any more
    }
    if (Thread.currentThread() != tellerThread) {
      try {
        teller.awaitTermination(TELL_MAX_MILLIS, TimeUnit.MILLISECONDS);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
