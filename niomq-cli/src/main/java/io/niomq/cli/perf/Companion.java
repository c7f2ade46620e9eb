package io.niomq.cli.perf;

import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The second thread of an inproc measurement. */
final class Companion {
  private final FutureTask<Void> task;

  private Companion(Runnable action) {
    task = new FutureTask<>(action, null);
  }

  static Companion start(Runnable action) {
    Companion companion = new Companion(action);
    Thread thread = new Thread(companion.task, "niomq-perf-companion");
    thread.setDaemon(true);
    thread.start();
    return companion;
  }

  /** Waits for its end and passes on what it failed with. */
  void join(Duration timeout) {
    try {
      task.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException r ? r : new IllegalStateException(e);
    } catch (TimeoutException e) {
      throw new PerfException("the second thread did not end within " + timeout.toSeconds() + " s");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new PerfException("interrupted");
    }
  }
}
