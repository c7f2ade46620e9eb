package io.niomq;

import static io.niomq.SocketType.DEALER;
import static io.niomq.SocketType.PULL;
import static io.niomq.SocketType.PUSH;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.niomq.testing.Await;
import io.niomq.testing.Endpoints;
import io.niomq.testing.NoLeaks;
import io.niomq.testing.ShowsOption;
import io.niomq.testing.Sockets;
import io.niomq.testing.Task;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Options that ask a socket for its state, and the one that chooses its I/O threads. */
@ExtendWith(NoLeaks.class)
class ReadinessOptionsTest {
  private static final int IN = 1;
  private static final int OUT = 2;

  @RegisterExtension final Sockets zmq = new Sockets();

  private static boolean has(Socket socket, int flag) {
    return (socket.get(SocketOptions.EVENTS) & flag) != 0;
  }

  @Nested
  class Events {
    @ParameterizedTest
    @ValueSource(strings = {"inproc", "tcp"})
    @ShowsOption("ZMQ_EVENTS")
    void tellWhetherAMessageIsThereAndWhetherThereIsRoom(String transport) {
      Socket pull = zmq.limited(PULL, 1, 1);
      String bound = pull.bind(transport.equals("tcp") ? Endpoints.TCP : Endpoints.inproc());
      Socket push = zmq.limited(PUSH, 1, 1);
      assertThat(push.get(SocketOptions.EVENTS)).isZero();
      assertThat(pull.get(SocketOptions.EVENTS)).isZero();
      push.connect(bound);
      assertThat(push.get(SocketOptions.EVENTS)).isEqualTo(OUT);
      push.send("x");
      Await.until("the message", () -> has(pull, IN));
      assertThat(pull.get(SocketOptions.EVENTS)).isEqualTo(IN);
      byte[] large = new byte[1 << 20];
      int more = 0;
      while (push.trySend(large) && more < 1000) {
        more++;
      }
      assertThat(push.get(SocketOptions.EVENTS)).isZero();
      assertThat(pull.recvString()).isEqualTo("x");
      for (int i = 0; i < more; i++) {
        assertThat(pull.recv()).hasSize(large.length);
      }
      Await.until("room", () -> has(push, OUT));
      assertThat(pull.get(SocketOptions.EVENTS)).isZero();
    }

    @ParameterizedTest
    @CsvSource({
      "PAIR, 0",
      "PUB, 2",
      "SUB, 0",
      "REQ, 0",
      "REP, 0",
      "DEALER, 0",
      "ROUTER, 2",
      "PULL, 0",
      "PUSH, 0",
      "XPUB, 2",
      "XSUB, 2"
    })
    void ofSocketsWithoutPeersAreThoseOfLibzmq(SocketType type, int events) {
      assertThat(zmq.socket(type).get(SocketOptions.EVENTS)).isEqualTo(events);
    }
  }

  @Test
  @ShowsOption("ZMQ_RCVMORE")
  void moreFramesAreToldToTheThreadThatReceivesThem() {
    Socket pull = zmq.socket(PULL);
    Socket push = zmq.connected(PUSH, pull.bind(Endpoints.TCP));
    push.send(Message.of("a", "b"));
    assertThat(pull.get(SocketOptions.RCVMORE)).isFalse();
    assertThat(pull.recvString()).isEqualTo("a");
    assertThat(pull.get(SocketOptions.RCVMORE)).isTrue();
    assertThat(pull.recvString()).isEqualTo("b");
    assertThat(pull.get(SocketOptions.RCVMORE)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"PULL", "PUB", "REQ"})
  @ShowsOption("ZMQ_THREAD_SAFE")
  void allSocketsMayBeShared(SocketType type) {
    assertThat(zmq.socket(type).get(SocketOptions.THREAD_SAFE)).isTrue();
  }

  @Test
  @ShowsOption("ZMQ_TYPE")
  void theTypeIsToldAsLibzmqsNumber() {
    assertThat(zmq.socket(DEALER).get(SocketOptions.TYPE)).isEqualTo(5);
    assertThat(zmq.socket(PULL).get(SocketOptions.TYPE)).isEqualTo(7);
  }

  @Nested
  class TheLastEndpoint {
    @Test
    @ShowsOption("ZMQ_LAST_ENDPOINT")
    void isWhatWasBoundOrConnectedLast() {
      Socket dealer = zmq.socket(DEALER);
      assertThat(dealer.get(SocketOptions.LAST_ENDPOINT)).isEmpty();
      String bound = dealer.bind("tcp://127.0.0.1:*");
      assertThat(bound).matches("tcp://127\\.0\\.0\\.1:[1-9][0-9]*");
      assertThat(dealer.get(SocketOptions.LAST_ENDPOINT)).isEqualTo(bound);
      String everywhere = dealer.bind("tcp://*:*");
      assertThat(dealer.get(SocketOptions.LAST_ENDPOINT)).isEqualTo(everywhere);
      assertThat(everywhere).matches("tcp://0\\.0\\.0\\.0:[1-9][0-9]*");
      String file = dealer.bind("ipc://*");
      assertThat(dealer.get(SocketOptions.LAST_ENDPOINT)).isEqualTo(file).isNotEqualTo("ipc://*");
      String name = Endpoints.inproc();
      dealer.connect(name);
      assertThat(dealer.get(SocketOptions.LAST_ENDPOINT)).isEqualTo(name);
      String port = everywhere.substring(everywhere.lastIndexOf(':'));
      dealer.connect("tcp://localhost" + port);
      assertThat(dealer.get(SocketOptions.LAST_ENDPOINT)).isEqualTo("tcp://localhost" + port);
    }

    @Test
    void staysWhenItIsGoneOrTheNextFails() {
      Socket dealer = zmq.socket(DEALER);
      String bound = dealer.bind(Endpoints.TCP);
      assertThatThrownBy(() -> dealer.bind("tcp://127.0.0.1:99999"))
          .isInstanceOf(ZmqArgumentException.class);
      assertThat(dealer.get(SocketOptions.LAST_ENDPOINT)).isEqualTo(bound);
      dealer.unbind(bound);
      assertThat(dealer.get(SocketOptions.LAST_ENDPOINT)).isEqualTo(bound);
    }
  }

  @Nested
  class Affinity {
    @Test
    @ShowsOption("ZMQ_AFFINITY")
    void choosesTheThreadsOfConnections() {
      List<Thread> threads = new CopyOnWriteArrayList<>();
      Context.Builder builder = Context.builder().ioThreads(3).threadNamePrefix("test-affinity");
      builder.threadFactory(
          task -> {
            Thread thread = new Thread(task);
            threads.add(thread);
            return thread;
          });
      try (Context context = builder.build();
          Socket pull = context.socket(PULL).set(SocketOptions.AFFINITY, 0b100L)) {
        Await.until("idle threads", () -> threads.stream().allMatch(Task::isWaiting));
        long[] before = threads.stream().mapToLong(Affinity::time).toArray();
        String bound = pull.bind(Endpoints.TCP);
        for (int i = 0; i < 6; i++) { // of which each thread would get some
          try (Socket push = context.socket(PUSH).set(SocketOptions.AFFINITY, 0b010L)) {
            push.connect(bound);
            push.send("m");
            assertThat(pull.recvString(Await.LONG)).isEqualTo("m");
          }
        }
        assertThat(time(threads.get(0)) - before[0]).isZero();
        assertThat(time(threads.get(1)) - before[1]).isPositive();
        assertThat(time(threads.get(2)) - before[2]).isPositive();
      }
    }

    private static long time(Thread thread) {
      return ManagementFactory.getThreadMXBean().getThreadCpuTime(thread.getId());
    }

    @Test
    void withoutAnExistingThreadFails() {
      Socket pull = zmq.socket(PULL).set(SocketOptions.AFFINITY, 0b10L);
      assertThatThrownBy(() -> pull.bind(Endpoints.TCP))
          .isInstanceOf(ZmqNoIoThreadException.class)
          .hasMessageContaining("0x2");
      assertThatThrownBy(() -> pull.connect("tcp://127.0.0.1:5555"))
          .isInstanceOf(ZmqNoIoThreadException.class);
      pull.bind(Endpoints.inproc());
      pull.set(SocketOptions.AFFINITY, 0b11L).bind(Endpoints.TCP);
    }
  }
}
