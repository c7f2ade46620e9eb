package io.niomq.benchmarks.program;

import java.io.IOException;

/**
 * When this process ends: once standard input is closed, at the limit, or when any thread fails;
 * then at once, without closing anything, which might wait.
 */
final class Lifetime {
  private Lifetime() {}

  static void begin(long limitNanos) {
    Thread.setDefaultUncaughtExceptionHandler((thread, e) -> fail(e));
    daemon(
        "standard-input",
        () -> {
          while (System.in.read() >= 0) {
            // what is written there means nothing
          }
          Runtime.getRuntime().halt(0);
        });
    daemon(
        "limit",
        () -> {
          Thread.sleep(limitNanos / 1_000_000);
          fail(new IllegalStateException("the limit of " + limitNanos / 1e9 + " s has passed"));
        });
  }

  /** Work that may fail, which ends the process. */
  interface Task {
    void run() throws IOException, InterruptedException;
  }

  static Thread daemon(String name, Task task) {
    Thread thread =
        new Thread(
            () -> {
              try {
                task.run();
              } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
              }
            },
            name);
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  private static void fail(Throwable e) {
    e.printStackTrace();
    Runtime.getRuntime().halt(1);
  }
}
