package io.niomq.internal.loop;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.niomq.testing.Await;
import io.niomq.testing.NoLeaks;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** An I/O thread serves many connections, and outlives whatever one of them does. */
@ExtendWith(NoLeaks.class)
class EventLoopTest {
  @Test
  void outlivesATaskThatFailsAndALoggerThatCannotSayIt() throws Exception {
    Logger logger = Logger.getLogger("io.niomq");
    logger.setFilter(
        entry -> { // as a logger does that needs a file, when there are no descriptors left
          throw new NoClassDefFoundError("on purpose");
        });
    EventLoop loop = new EventLoop(r -> new Thread(r, "test-loop"), "test-loop", 0);
    try {
      loop.execute(
          () -> {
            throw new IllegalStateException("on purpose");
          });
      CountDownLatch later = new CountDownLatch(1);
      loop.execute(later::countDown);
      assertThat(later.await(Await.LONG.toMillis(), TimeUnit.MILLISECONDS)).isTrue();
    } finally {
      loop.stop();
      assertThat(loop.join(Await.LONG.toNanos())).isTrue();
      logger.setFilter(null);
    }
  }

  /** Who is added all the time does not keep those from their ticks who are there already. */
  @Test
  void ticksWhileMoreAreAdded() throws Exception {
    EventLoop loop = new EventLoop(r -> new Thread(r, "test-loop"), "test-loop", 0);
    try {
      AtomicInteger ticks = new AtomicInteger();
      CountDownLatch additions = new CountDownLatch(100);
      loop.executeAndWait(
          () -> {
            loop.tick(
                () -> {
                  ticks.incrementAndGet();
                  return EventLoop.Ticking.Tick.BUSY;
                });
            new Adding(loop, additions).run();
          });
      assertThat(additions.await(Await.LONG.toMillis(), TimeUnit.MILLISECONDS)).isTrue();
      assertThat(ticks.get()).isGreaterThan(10);
    } finally {
      loop.stop();
      assertThat(loop.join(Await.LONG.toNanos())).isTrue();
    }
  }

  /** Adds another one every half millisecond, which is sooner than the next tick. */
  private static final class Adding implements Runnable {
    private final EventLoop loop;
    private final CountDownLatch additions;
    private final EventLoop.Timer timer;

    Adding(EventLoop loop, CountDownLatch additions) {
      this.loop = loop;
      this.additions = additions;
      this.timer = loop.timer(this);
    }

    @Override
    public void run() {
      loop.tick(() -> EventLoop.Ticking.Tick.DONE);
      additions.countDown();
      if (additions.getCount() > 0) {
        timer.plan(500_000);
      }
    }
  }

  @Test
  void looksForAnAnswerForAMomentAndSleepsThen() throws Exception {
    long aMoment = Duration.ofMillis(1).toNanos();
    EventLoop loop = new EventLoop(r -> new Thread(r, "test-loop"), "test-loop", aMoment);
    try {
      Await.until(
          "more than one turn",
          () -> {
            loop.executeAndWait(() -> {});
            long before = loop.turns();
            loop.executeAndWait(loop::expectAnswer);
            LockSupport.parkNanos(2 * aMoment);
            return loop.turns() - before > 10; // else the thread got no processor
          });
      Await.until(
          "sleep",
          () -> {
            long before = loop.turns();
            LockSupport.parkNanos(2 * aMoment);
            return loop.turns() == before;
          });
    } finally {
      loop.stop();
      assertThat(loop.join(Await.LONG.toNanos())).isTrue();
    }
  }

  @Test
  void doesNotLookWhereThatIsSwitchedOff() throws Exception {
    EventLoop loop = new EventLoop(r -> new Thread(r, "test-loop"), "test-loop", 0);
    try {
      long before = loop.turns();
      loop.executeAndWait(loop::expectAnswer);
      for (int i = 0; i < 20; i++) {
        Thread.yield();
      }
      assertThat(loop.turns() - before).isLessThan(10);
    } finally {
      loop.stop();
      assertThat(loop.join(Await.LONG.toNanos())).isTrue();
    }
  }

  @Test
  void toAskAndToWakeAllocatesNothing() throws Exception {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    int rounds = 2_000;
    EventLoop loop = new EventLoop(r -> new Thread(r, "test-loop"), "test-loop", 0);
    try {
      AtomicInteger runs = new AtomicInteger();
      LoopTask task = new LoopTask(runs::incrementAndGet);
      long[] octets = new long[2];
      for (int pass = 0; pass < octets.length; pass++) { // the first loads classes
        int end = runs.get() + rounds;
        long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
        for (int i = end - rounds; i < end; i++) {
          loop.execute(task);
          while (runs.get() == i) {
            LockSupport.parkNanos(20_000); // meanwhile the loop goes to sleep again
          }
        }
        octets[pass] = threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;
      }
      assertThat(octets[1]).isLessThan(10L * rounds); // an object takes 16 at least
    } finally {
      loop.stop();
      assertThat(loop.join(Await.LONG.toNanos())).isTrue();
    }
  }
}
