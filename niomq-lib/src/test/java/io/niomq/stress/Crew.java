package io.niomq.stress;

import io.niomq.testing.Task;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.reflect.InvocationTargetException;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;

/**
 * The threads of one stress test. It prints the seed of the test's random choices ({@code
 * -Dniomq.seed=...} repeats them), waits for all threads with a limit, and prints what every thread
 * does when that was not enough.
 */
final class Crew {
  /** Many times longer than any of the tests. */
  private static final Duration LIMIT =
      Duration.ofSeconds(Long.getLong("niomq.stress.limit", Stressed.times(60)));

  private static final long STEP_NANOS = 1_000_000;

  private final List<Member> members = new CopyOnWriteArrayList<>();
  private final SplittableRandom seeds;
  private volatile Throwable failure;

  Crew(String test) {
    long seed = Long.getLong("niomq.seed", ThreadLocalRandom.current().nextLong());
    System.out.println(test + ": -Dniomq.seed=" + seed);
    seeds = new SplittableRandom(seed);
  }

  /** A source of random choices for one thread. */
  SplittableRandom random() {
    return seeds.split();
  }

  /** Whether this JDK has virtual threads. */
  static boolean hasVirtualThreads() {
    return Runtime.version().feature() >= 21;
  }

  /** Starts a platform thread. */
  Thread start(String name, Task.Action work) {
    Member member = new Member(work);
    Thread thread = new Thread(member, "test-" + name);
    thread.setDaemon(true);
    return begin(member, thread);
  }

  /** Starts a virtual thread where there are such, every other time. */
  Thread startMixed(String name, Task.Action work) {
    if (!hasVirtualThreads() || members.size() % 2 == 0) {
      return start(name, work);
    }
    Member member = new Member(work);
    return begin(member, virtualThread("test-" + name, member));
  }

  private Thread begin(Member member, Thread thread) {
    member.thread = thread;
    members.add(member);
    thread.start();
    return thread;
  }

  private static Thread virtualThread(String name, Runnable work) {
    try {
      Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
      Class<?> type = Class.forName("java.lang.Thread$Builder");
      builder = type.getMethod("name", String.class).invoke(builder, name);
      return (Thread) type.getMethod("unstarted", Runnable.class).invoke(builder, work);
    } catch (InvocationTargetException e) {
      throw new AssertionError(e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(e);
    }
  }

  /** Whether one of the threads failed: the others need not go on. */
  boolean hasFailed() {
    return failure != null;
  }

  /**
   * Returns when all threads have ended well; fails as the first of them did, or when they take too
   * long.
   */
  void await() {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    while (!allDone() && failure == null) {
      if (System.nanoTime() - deadline > 0) {
        failure = new AssertionError("still running after " + LIMIT + ": " + running());
        dump();
      }
      LockSupport.parkNanos(STEP_NANOS);
    }
    if (failure == null) {
      joinAll();
      return;
    }
    for (int i = 0; i < 2000 && !allDone(); i++) {
      members.forEach(m -> m.thread.interrupt());
      LockSupport.parkNanos(STEP_NANOS);
    }
    throw new AssertionError(failure.getMessage(), failure);
  }

  private boolean allDone() {
    return members.stream().allMatch(m -> m.done);
  }

  private List<String> running() {
    return members.stream().filter(m -> !m.done).map(m -> m.thread.getName()).toList();
  }

  private void joinAll() {
    for (Member m : members) {
      try {
        m.thread.join();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
  }

  private void dump() {
    StringBuilder text = new StringBuilder("What the threads do:\n");
    for (ThreadInfo i : ManagementFactory.getThreadMXBean().dumpAllThreads(true, true)) {
      text.append('"').append(i.getThreadName()).append("\" ").append(i.getThreadState());
      if (i.getLockName() != null) {
        text.append(" on ").append(i.getLockName()).append(" of ").append(i.getLockOwnerName());
      }
      for (StackTraceElement e : i.getStackTrace()) {
        text.append("\n    at ").append(e);
      }
      text.append('\n');
    }
    for (Member m : members) {
      if (!m.done) {
        text.append("Still there: ").append(m.thread);
        for (StackTraceElement e : m.thread.getStackTrace()) {
          text.append("\n    at ").append(e);
        }
        text.append('\n');
      }
    }
    System.out.println(text);
  }

  private final class Member implements Runnable {
    private final Task.Action work;
    private Thread thread;
    private volatile boolean done;

    Member(Task.Action work) {
      this.work = work;
    }

    @Override
    public void run() {
      try {
        work.run();
      } catch (Throwable t) {
        if (failure == null) {
          failure = t;
        }
      } finally {
        done = true;
      }
    }
  }
}
