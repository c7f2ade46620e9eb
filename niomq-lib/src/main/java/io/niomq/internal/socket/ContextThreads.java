package io.niomq.internal.socket;

import io.niomq.SocketOptions;
import io.niomq.ZmqNoIoThreadException;
import io.niomq.ZmqResourceException;
import io.niomq.internal.loop.EventLoop;
import io.niomq.internal.option.OptionValues;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The threads of one context: those for I/O are there from the start to the end; those that do what
 * may block, or is the application's, come when there is something to do. Any thread.
 */
final class ContextThreads {
  private static final int HELPERS_MAX = 4;

  /** So long the end waits for a listener that is still being told, and no longer. */
  private static final long TELL_MAX_MILLIS = 1000;

  private final EventLoop[] loops;

  /** For name lookups, which may block. Its threads end when there is nothing to do. */
  private final ThreadPoolExecutor helpers;

  /** For the tasks of views that have no other thread: behind no lookup. Its threads end, too. */
  private final ThreadPoolExecutor views;

  /** For event listeners, in order. Its thread ends when there is nothing to do. */
  private final ThreadPoolExecutor teller;

  private volatile Thread tellerThread;

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

  /** Runs {@code task}, which may block for a moment. */
  void onHelper(Runnable task) {
    helpers.execute(task);
  }

  /** Runs a view's task; in the caller's thread when the threads have ended with the context. */
  void onViewThreadOrHere(Runnable task) {
    views.execute(new Anywhere(task));
  }

  /** Is not left out when the threads have ended. */
  private record Anywhere(Runnable task) implements Runnable {
    @Override
    public void run() {
      task.run();
    }
  }

  /** Runs {@code task} on the thread for events; never waits. */
  void tell(Runnable task) {
    teller.execute(task);
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
    CompletableFuture.delayedExecutor(millis, TimeUnit.MILLISECONDS, teller).execute(task);
  }

  /** The end: waits for the I/O threads, and a moment for a listener that is still being told. */
  void stop() {
    helpers.shutdown();
    views.shutdown();
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
