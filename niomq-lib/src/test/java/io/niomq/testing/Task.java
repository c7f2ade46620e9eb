package io.niomq.testing;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A part of a test that runs in a thread of its own. Its failure is the test's: see {@link
 * #result}.
 */
public final class Task<T> {
  /** How the names of these threads begin. */
  static final String THREAD_NAME = "test-task-";

  private static final AtomicInteger NEXT = new AtomicInteger();

  /** What a task does when it has no result. */
  @FunctionalInterface
  public interface Action {
    void run() throws Exception;
  }

  private final FutureTask<T> future;
  private final Thread thread;

  private Task(Callable<T> work) {
    future = new FutureTask<>(work);
    thread = new Thread(future, THREAD_NAME + NEXT.incrementAndGet());
    thread.setDaemon(true);
    thread.start();
  }

  /** Starts {@code work}. */
  public static <T> Task<T> call(Callable<T> work) {
    return new Task<>(work);
  }

  /** Starts {@code work}. */
  public static Task<Void> run(Action work) {
    return new Task<>(
        () -> {
          work.run();
          return null;
        });
  }

  /** Returns when the thread waits inside the library. */
  public Task<T> untilWaiting() {
    Await.until(
        thread.getName() + " waits in a call",
        () -> {
          if (future.isDone()) {
            throw new AssertionError("the call ended instead of waiting: " + outcome());
          }
          return isWaiting(thread);
        });
    return this;
  }

  /** Whether a thread waits inside the library: parked, or in a selector. */
  public static boolean isWaiting(Thread thread) {
    Thread.State state = thread.getState();
    StackTraceElement[] stack = thread.getStackTrace();
    if (stack.length == 0) {
      return false;
    }
    boolean inSelector =
        state == Thread.State.RUNNABLE
            && stack[0].isNativeMethod()
            && stack[0].getClassName().startsWith("sun.nio.ch.")
            && (stack[0].getMethodName().equals("wait") || stack[0].getMethodName().equals("poll"));
    boolean parked = state == Thread.State.WAITING || state == Thread.State.TIMED_WAITING;
    if (!inSelector && !parked) {
      return false;
    }
    for (StackTraceElement e : stack) {
      if (e.getClassName().startsWith("io.niomq.internal.")) {
        return true;
      }
    }
    return false;
  }

  /** The result, or the failure as it was thrown. */
  public T result() {
    return result(Await.LONG);
  }

  /** The result, or the failure as it was thrown; fails after {@code limit}. */
  public T result(Duration limit) {
    try {
      return get(limit);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException r) {
        throw r;
      }
      if (e.getCause() instanceof Error r) {
        throw r;
      }
      throw new AssertionError(e.getCause());
    }
  }

  /** What the task threw; fails when it ended well. */
  public Throwable failure() {
    try {
      T value = get(Await.LONG);
      throw new AssertionError("the task ended well, with " + value);
    } catch (ExecutionException e) {
      return e.getCause();
    }
  }

  private T get(Duration limit) throws ExecutionException {
    try {
      T value = future.get(limit.toNanos(), TimeUnit.NANOSECONDS);
      thread.join(limit.toMillis());
      return value;
    } catch (TimeoutException e) {
      AssertionError hang = new AssertionError(thread.getName() + " still runs after " + limit);
      hang.setStackTrace(thread.getStackTrace());
      thread.interrupt();
      throw hang;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while waiting for " + thread.getName());
    }
  }

  private Object outcome() {
    try {
      return get(Duration.ofSeconds(1));
    } catch (ExecutionException e) {
      return e.getCause();
    }
  }

  public boolean isDone() {
    return future.isDone();
  }

  public Thread thread() {
    return thread;
  }

  public void interrupt() {
    thread.interrupt();
  }
}
