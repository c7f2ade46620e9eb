package io.niomq.stress;

import static org.assertj.core.api.Assertions.assertThat;

import io.niomq.Context;
import io.niomq.Message;
import io.niomq.Socket;
import io.niomq.SocketEvent;
import io.niomq.SocketOptions;
import io.niomq.SocketType;
import io.niomq.ZmqTerminatedException;
import io.niomq.testing.Await;
import io.niomq.testing.Endpoints;
import io.niomq.testing.NoLeaks;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Monitors are replaced, read and left while peers come and go on several I/O threads: every reader
 * that stays is told the end, and nothing is left when the context is closed in the middle.
 */
@ExtendWith(NoLeaks.class)
class MonitorStressTest {
  private static final int ROUNDS = Stressed.times(15);
  private static final int READERS = 10;

  private final AtomicInteger ends = new AtomicInteger();

  @Test
  void monitorsReplacedUnderLoad() {
    Crew seeds = new Crew("monitorsReplacedUnderLoad");
    for (int round = 0; round < ROUNDS; round++) {
      SplittableRandom random = seeds.random();
      Context context = Context.builder().ioThreads(1 + round % 2).build();
      Socket pull = context.socket(SocketType.PULL);
      String endpoint = pull.bind(Endpoints.TCP);
      Crew crew = new Crew("round " + round);
      AtomicInteger running = new AtomicInteger(1);
      for (int i = 0; i < 2; i++) {
        crew.startMixed(
            "peer-" + i,
            () -> {
              while (running.get() > 0 && !crew.hasFailed()) {
                comeAndGo(context, endpoint);
              }
            });
      }
      boolean closeInTheMiddle = round % 3 == 0;
      SplittableRandom choices = random.split();
      crew.start(
          "reader",
          () -> {
            try {
              for (int i = 0; i < READERS; i++) {
                read(context, pull, choices, i);
              }
            } catch (ZmqTerminatedException e) {
              assertThat(closeInTheMiddle).isTrue();
            } finally {
              running.set(0);
            }
          });
      if (closeInTheMiddle) {
        new Pace(random, 2).pause();
        crew.start("closer", () -> Stressed.close(context));
      }
      crew.await();
      Stressed.close(context, pull);
    }
    assertThat(ends.get()).isPositive();
  }

  private static void comeAndGo(Context context, String endpoint) {
    try (Socket push = context.socket(SocketType.PUSH)) {
      push.set(SocketOptions.LINGER, Duration.ZERO);
      push.connect(endpoint);
      push.awaitConnected(1, Duration.ofMillis(5));
    } catch (ZmqTerminatedException closedInTheMiddle) {
      return;
    }
  }

  /** Reads a monitor, replaces or removes it, and reads on to its end; or leaves it early. */
  private void read(Context context, Socket watched, SplittableRandom random, int number) {
    String name = "inproc://monitor-" + number;
    int version = 1 + random.nextInt(2);
    watched.monitor(name, SocketEvent.ALL_V1, version);
    try (Socket reader = context.socket(SocketType.PAIR)) {
      reader.connect(name);
      for (int i = random.nextInt(20); i > 0; i--) {
        reader.recvMessage(Duration.ofMillis(2));
      }
      if (random.nextInt(4) == 0) {
        return; // without reading to the end
      }
      if (random.nextBoolean()) {
        watched.monitor(null, 0);
      } else {
        watched.monitor("inproc://next-" + number, SocketEvent.ALL_V1);
      }
      Message last;
      do {
        last = reader.recvMessage(Await.LONG);
        assertThat(last).as("an event before MONITOR_STOPPED").isNotNull();
      } while (event(last) != SocketEvent.Type.MONITOR_STOPPED.number());
      assertThat(reader.tryRecvMessage()).isNull();
      ends.incrementAndGet();
    }
  }

  private static long event(Message message) {
    ByteBuffer head = ByteBuffer.wrap(message.bytes(0)).order(ByteOrder.nativeOrder());
    return message.frameCount() == 2 ? head.getShort() : head.getLong();
  }
}
