package io.niomq.jcstress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.niomq.internal.loop.EventLoop;
import io.niomq.internal.loop.LoopTask;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;
import org.openjdk.jcstress.infra.results.Z_Result;

/**
 * Tasks for an I/O thread that is just going to sleep: it is woken only if it says that it sleeps,
 * and yet every task is done without another one coming. The I/O thread is the real one; a result
 * is whether the task was done in time.
 */
public final class LoopWakeup {
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(5);

  private LoopWakeup() {}

  private static EventLoop newLoop() {
    try {
      return new EventLoop(
          task -> {
            Thread thread = new Thread(task);
            thread.setDaemon(true);
            return thread;
          },
          "jcstress-io",
          0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** One task's way to the loop and back. */
  private static final class Errand implements Runnable {
    private volatile boolean done;

    @Override
    public void run() {
      done = true;
    }

    boolean isDoneBy(EventLoop loop) {
      loop.execute(this);
      return soon(() -> done);
    }
  }

  private static boolean soon(BooleanSupplier condition) {
    long start = System.nanoTime();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - start > PATIENCE_NANOS) {
        return false;
      }
      Thread.onSpinWait();
    }
    return true;
  }

  /**
   * Task after task, each when the one before was done: the loop is on its way to sleep each time.
   */
  @JCStressTest
  @Outcome(id = "true", expect = ACCEPTABLE, desc = "Done.")
  @Outcome(expect = FORBIDDEN, desc = "The loop sleeps with a task in its queue.")
  @State
  public static class OneCaller {
    private static final EventLoop LOOP = newLoop();
    private final Errand errand = new Errand();

    @Actor
    public void caller(Z_Result r) {
      r.r1 = errand.isDoneBy(LOOP);
    }
  }

  /** Two callers, of which one finds the loop woken by the other. */
  @JCStressTest
  @Outcome(id = "true, true", expect = ACCEPTABLE, desc = "Done.")
  @Outcome(expect = FORBIDDEN, desc = "The loop sleeps with a task in its queue.")
  @State
  public static class TwoCallers {
    private static final EventLoop LOOP = newLoop();
    private final Errand first = new Errand();
    private final Errand second = new Errand();

    @Actor
    public void one(ZZ_Result r) {
      r.r1 = first.isDoneBy(LOOP);
    }

    @Actor
    public void two(ZZ_Result r) {
      r.r2 = second.isDoneBy(LOOP);
    }
  }

  /**
   * Two callers ask for one task, which is in the queue at most once: it runs after each of them
   * has asked, and sees what he did before.
   */
  @JCStressTest
  @Outcome(id = "true, true", expect = ACCEPTABLE, desc = "Done for both.")
  @Outcome(expect = FORBIDDEN, desc = "A request is lost, or was met before it was made.")
  @State
  public static class OneTaskForTwo {
    private static final EventLoop LOOP = newLoop();
    private final LoopTask task = new LoopTask(this::see);
    private boolean first;
    private boolean second;
    private volatile boolean firstSeen;
    private volatile boolean secondSeen;

    private void see() {
      firstSeen |= first;
      secondSeen |= second;
    }

    @Actor
    public void one(ZZ_Result r) {
      first = true;
      LOOP.execute(task);
      r.r1 = soon(() -> firstSeen);
    }

    @Actor
    public void two(ZZ_Result r) {
      second = true;
      LOOP.execute(task);
      r.r2 = soon(() -> secondSeen);
    }
  }
}
