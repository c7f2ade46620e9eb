package io.niomq.internal.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.niomq.testing.Await;
import io.niomq.testing.NoLeaks;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
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
}
