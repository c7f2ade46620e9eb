package io.niomq.testing;

import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Waits for an event, with a limit that only a failure reaches. Nothing in the tests waits for a
 * while.
 */
public final class Await {
  /** Longer than anything takes on a busy machine. */
  public static final Duration LONG = Duration.ofSeconds(30);

  private static final long STEP_NANOS = 500_000;
  private static final int ATTEMPTS = 10;

  private Await() {}

  /** Returns when {@code condition} holds; fails when it does not within {@link #LONG}. */
  public static void until(String what, BooleanSupplier condition) {
    until(what, condition, LONG);
  }

  /** Returns when {@code condition} holds; fails when it does not within {@code limit}. */
  public static void until(String what, BooleanSupplier condition, Duration limit) {
    if (!holds(condition, limit)) {
      throw new AssertionError("waited " + limit + " in vain: " + what);
    }
  }

  /** Whether {@code condition} holds within {@code limit}. */
  public static boolean holds(BooleanSupplier condition, Duration limit) {
    long deadline = System.nanoTime() + limit.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - deadline > 0) {
        return false;
      }
      LockSupport.parkNanos(STEP_NANOS);
      if (Thread.currentThread().isInterrupted()) {
        throw new AssertionError("interrupted while waiting for a condition");
      }
    }
    return true;
  }

  /** What is done on the condition that the machine does not stall for a moment. */
  @FunctionalInterface
  public interface Attempt {
    void make() throws Exception;
  }

  /**
   * Returns when one attempt of ten ends well. For what ends by the time when a thread of the test
   * is kept from running for as long, such as an answer that is due within 100 ms; what does not
   * work fails each time, and is thrown as it was the last time.
   */
  public static void oneInTime(Attempt attempt) throws Exception {
    for (int i = 1; i < ATTEMPTS; i++) {
      try {
        attempt.make();
        return;
      } catch (AssertionError | UncheckedIOException tooSlow) {
        continue;
      }
    }
    attempt.make();
  }

  /** The first result of {@code source} that is not null. */
  public static <T> T value(String what, Supplier<T> source) {
    long deadline = System.nanoTime() + LONG.toNanos();
    while (true) {
      T result = source.get();
      if (result != null) {
        return result;
      }
      if (System.nanoTime() - deadline > 0) {
        throw new AssertionError("waited " + LONG + " in vain: " + what);
      }
      LockSupport.parkNanos(STEP_NANOS);
    }
  }
}
