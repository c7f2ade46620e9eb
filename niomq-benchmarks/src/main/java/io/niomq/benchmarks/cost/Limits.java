package io.niomq.benchmarks.cost;

import java.time.Duration;
import java.util.Map;

/** How long things may take. Nothing here can run for ever, whatever the library does. */
final class Limits {
  /** All parts together. */
  static final int RUN_SECONDS = 400;

  /** A process with raw peers: no part needs one longer than this. */
  static final int CHILD_SECONDS = 120;

  /** A message that is on its way, an answer of another process. */
  static final Duration WAIT = Duration.ofSeconds(20);

  /** A context that is closed. */
  static final Duration CLOSE = Duration.ofSeconds(5);

  private Limits() {}

  /** Ends this process after {@code limit}, showing what each thread does then. */
  static void haltAfter(Duration limit, String reason) {
    Thread thread =
        new Thread(
            () -> {
              try {
                Thread.sleep(limit.toMillis());
              } catch (InterruptedException e) {
                return;
              }
              System.err.println(reason);
              for (Map.Entry<Thread, StackTraceElement[]> t :
                  Thread.getAllStackTraces().entrySet()) {
                System.err.println(t.getKey());
                for (StackTraceElement frame : t.getValue()) {
                  System.err.println("    at " + frame);
                }
              }
              Runtime.getRuntime().halt(1);
            },
            "limit");
    thread.setDaemon(true);
    thread.start();
  }
}
