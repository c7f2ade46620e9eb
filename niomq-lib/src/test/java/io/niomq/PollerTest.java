package io.niomq;

import static io.niomq.SocketType.DEALER;
import static io.niomq.SocketType.PAIR;
import static io.niomq.SocketType.PULL;
import static io.niomq.SocketType.PUSH;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.niomq.testing.Await;
import io.niomq.testing.Endpoints;
import io.niomq.testing.NoLeaks;
import io.niomq.testing.Sockets;
import io.niomq.testing.Task;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code zmq_poll}: several sockets and channels at once. */
@ExtendWith(NoLeaks.class)
class PollerTest {
  private static final Duration SHORT = Duration.ofMillis(10);

  @RegisterExtension final Sockets zmq = new Sockets();

  private Poller poller;

  @BeforeEach
  void open() {
    poller = zmq.context().poller();
  }

  @AfterEach
  void close() {
    poller.close();
  }

  private static String endpoint(String transport) {
    return switch (transport) {
      case "tcp" -> Endpoints.TCP;
      case "ipc" -> Endpoints.ipc();
      default -> Endpoints.inproc();
    };
  }

  @Nested
  class OverSockets {
    @ParameterizedTest
    @ValueSource(strings = {"inproc", "tcp", "ipc"})
    void tellsWhichCanBeRead(String transport) {
      Socket one = zmq.socket(PULL);
      Socket two = zmq.socket(PULL);
      Socket toOne = zmq.connected(PUSH, one.bind(endpoint(transport)));
      Socket toTwo = zmq.connected(PUSH, two.bind(endpoint(transport)));
      poller.register(one, Poller.IN).register(two, Poller.IN);
      assertThat(poller.size()).isEqualTo(2);
      assertThat(poller.pollNow()).isZero();
      toTwo.send("x");
      assertThat(poller.poll(Await.LONG)).isEqualTo(1);
      assertThat(poller.isReadable(one)).isFalse();
      assertThat(poller.isReadable(two)).isTrue();
      toOne.send("x");
      Await.until("both", () -> poller.poll(Await.LONG) == 2);
      assertThat(poller.isReadable(one)).isTrue();
      one.recv();
      two.recv();
      assertThat(poller.poll(SHORT)).isZero();
      assertThat(poller.isReadable(one)).isFalse();
      assertThat(poller.isReadable(two)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"inproc", "tcp", "ipc"})
    void isLevelTriggered(String transport) {
      Socket pull = zmq.socket(PULL);
      Socket push = zmq.connected(PUSH, pull.bind(endpoint(transport)));
      poller.register(pull, Poller.IN);
      push.send("1");
      push.send("2");
      for (int i = 0; i < 3; i++) {
        assertThat(poller.poll(Await.LONG)).isEqualTo(1);
      }
      pull.recv();
      assertThat(poller.poll(Await.LONG)).isEqualTo(1);
      pull.recv();
      assertThat(poller.pollNow()).isZero();
      push.send("3");
      assertThat(poller.poll(Await.LONG)).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"inproc", "tcp", "ipc"})
    void wakesUpForAMessage(String transport) {
      Socket pull = zmq.socket(PULL);
      Socket push = zmq.connected(PUSH, pull.bind(endpoint(transport)));
      Socket other = zmq.bound(PULL, Endpoints.inproc());
      poller.register(other, Poller.IN).register(pull, Poller.IN);
      for (int i = 0; i < 20; i++) {
        Task<Integer> polling = Task.call(poller::poll).untilWaiting();
        push.send("x");
        assertThat(polling.result()).isEqualTo(1);
        assertThat(pull.tryRecvString()).isEqualTo("x");
      }
    }

    @Test
    void wakesUpForRoom() {
      String endpoint = Endpoints.inproc();
      Socket push = zmq.limited(PUSH, 1, 0);
      push.bind(endpoint);
      poller.register(push, Poller.OUT);
      Task<Integer> polling = Task.call(poller::poll).untilWaiting();
      Socket pull = zmq.limited(PULL, 0, 1);
      pull.connect(endpoint);
      assertThat(polling.result()).isEqualTo(1);
      assertThat(poller.isWritable(push)).isTrue();
      push.send("1");
      push.send("2");
      Task<Integer> again = Task.call(poller::poll).untilWaiting();
      pull.recv();
      pull.recv();
      assertThat(again.result()).isEqualTo(1);
    }

    @Test
    void wakesUpForRoomOverTcp() {
      Socket pull = zmq.limited(PULL, 0, 1).set(SocketOptions.RCVBUF, 8192);
      Socket push = zmq.limited(PUSH, 1, 0).set(SocketOptions.SNDBUF, 8192);
      push.connect(pull.bind(Endpoints.TCP));
      byte[] large = new byte[1 << 20];
      while (push.send(large, Duration.ofMillis(200))) {
        continue;
      }
      poller.register(push, Poller.OUT);
      Task<Integer> polling = Task.call(poller::poll).untilWaiting();
      Await.until(
          "there is room",
          () -> {
            pull.recv(SHORT);
            return polling.isDone();
          });
      assertThat(polling.result()).isEqualTo(1);
      assertThat(push.trySend("fits")).isTrue();
    }

    @Test
    void tellsInAndOutApart() {
      String endpoint = Endpoints.inproc();
      Socket one = zmq.bound(PAIR, endpoint);
      Socket two = zmq.connected(PAIR, endpoint);
      poller.register(one, Poller.IN | Poller.OUT);
      assertThat(poller.poll(Await.LONG)).isEqualTo(1);
      assertThat(poller.isWritable(one)).isTrue();
      assertThat(poller.isReadable(one)).isFalse();
      two.send("x");
      assertThat(poller.poll(Await.LONG)).isEqualTo(1);
      assertThat(poller.isWritable(one)).isTrue();
      assertThat(poller.isReadable(one)).isTrue();
      poller.register(one, Poller.IN);
      assertThat(poller.poll(Await.LONG)).isEqualTo(1);
      assertThat(poller.isWritable(one)).isFalse();
      poller.register(one, 0);
      assertThat(poller.poll(SHORT)).isZero();
      assertThat(poller.size()).isEqualTo(1);
    }

    @Test
    void forgetsWhatIsTakenOut() {
      String endpoint = Endpoints.inproc();
      Socket pull = zmq.bound(PULL, endpoint);
      zmq.connected(PUSH, endpoint).send("x");
      poller.register(pull, Poller.IN);
      assertThat(poller.pollNow()).isEqualTo(1);
      poller.unregister(pull);
      assertThat(poller.size()).isZero();
      assertThat(poller.pollNow()).isZero();
      assertThat(poller.isReadable(pull)).isFalse();
    }

    @Test
    void letsOtherThreadsUseTheSockets() {
      Socket pull = zmq.socket(PULL);
      Socket push = zmq.connected(PUSH, pull.bind(Endpoints.TCP));
      poller.register(pull, Poller.IN);
      Task<Integer> polling = Task.call(() -> poller.poll(Duration.ofSeconds(30))).untilWaiting();
      Task<String> receiving = Task.call(pull::recvString).untilWaiting();
      push.send("one for each");
      push.send("one for each");
      assertThat(receiving.result()).isEqualTo("one for each");
      assertThat(polling.result()).isEqualTo(1);
    }

    @Test
    void twoPollersMayWatchTheSameSocket() {
      Socket pull = zmq.socket(PULL);
      Socket push = zmq.connected(PUSH, pull.bind(Endpoints.TCP));
      try (Poller second = zmq.context().poller()) {
        poller.register(pull, Poller.IN);
        second.register(pull, Poller.IN);
        Task<Integer> first = Task.call(poller::poll).untilWaiting();
        Task<Integer> other = Task.call(second::poll).untilWaiting();
        push.send("x");
        assertThat(first.result()).isEqualTo(1);
        assertThat(other.result()).isEqualTo(1);
      }
    }

    @Test
    void sharesAThousandMessagesFairly() {
      Socket one = zmq.socket(PULL);
      Socket two = zmq.socket(PULL);
      Socket toOne = zmq.connected(PUSH, one.bind(Endpoints.TCP));
      Socket toTwo = zmq.connected(PUSH, two.bind(Endpoints.inproc()));
      Task<Void> sending =
          Task.run(
              () -> {
                for (int i = 0; i < 1000; i++) {
                  toOne.send("1 " + i);
                  toTwo.send("2 " + i);
                }
              });
      poller.register(one, Poller.IN).register(two, Poller.IN);
      int[] next = new int[2];
      while (next[0] + next[1] < 2000) {
        assertThat(poller.poll(Await.LONG)).isPositive();
        if (poller.isReadable(one)) {
          assertThat(one.tryRecvString()).isEqualTo("1 " + next[0]++);
        }
        if (poller.isReadable(two)) {
          assertThat(two.tryRecvString()).isEqualTo("2 " + next[1]++);
        }
      }
      sending.result();
    }
  }

  @Nested
  class OverChannels {
    private Pipe pipe;

    @BeforeEach
    void openPipe() throws IOException {
      pipe = Pipe.open();
      pipe.source().configureBlocking(false);
      pipe.sink().configureBlocking(false);
    }

    @AfterEach
    void closePipe() throws IOException {
      pipe.source().close();
      pipe.sink().close();
    }

    private void write() throws IOException {
      pipe.sink().write(ByteBuffer.wrap(new byte[1]));
    }

    private void read() throws IOException {
      pipe.source().read(ByteBuffer.allocate(100));
    }

    @Test
    void tellsWhichCanBeRead() throws IOException {
      poller.register(pipe.source(), Poller.IN);
      assertThat(poller.pollNow()).isZero();
      write();
      assertThat(poller.poll(Await.LONG)).isEqualTo(1);
      assertThat(poller.isReadable(pipe.source())).isTrue();
      assertThat(poller.poll(Await.LONG)).isEqualTo(1); // level-triggered
      read();
      assertThat(poller.poll(SHORT)).isZero();
      assertThat(poller.isReadable(pipe.source())).isFalse();
    }

    @Test
    void tellsWhichCanBeWritten() {
      poller.register(pipe.sink(), Poller.OUT);
      assertThat(poller.poll(Await.LONG)).isEqualTo(1);
      assertThat(poller.isWritable(pipe.sink())).isTrue();
    }

    @Test
    void tellsWhichCanAccept() throws IOException {
      InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
      try (ServerSocketChannel server = ServerSocketChannel.open().bind(any)) {
        server.configureBlocking(false);
        poller.register(server, Poller.IN);
        assertThat(poller.pollNow()).isZero();
        try (SocketChannel client = SocketChannel.open(server.getLocalAddress())) {
          assertThat(client.isConnected()).isTrue();
          assertThat(poller.poll(Await.LONG)).isEqualTo(1);
          assertThat(poller.isReadable(server)).isTrue();
          server.accept().close();
        }
        poller.unregister(server);
      }
    }

    @Test
    void tellsWhichHaveConnected() throws IOException {
      InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
      try (ServerSocketChannel server = ServerSocketChannel.open().bind(any);
          SocketChannel client = SocketChannel.open()) {
        client.configureBlocking(false);
        boolean atOnce = client.connect(server.getLocalAddress());
        poller.register(client, Poller.OUT);
        assertThat(poller.poll(Await.LONG)).isEqualTo(1);
        assertThat(poller.isWritable(client)).isTrue();
        assertThat(atOnce || client.finishConnect()).isTrue();
        assertThat(poller.poll(Await.LONG)).isEqualTo(1);
        assertThat(poller.isWritable(client)).isTrue();
        poller.register(client, Poller.IN);
        assertThat(poller.poll(SHORT)).isZero();
        poller.unregister(client);
      }
    }

    @Test
    void tellsWhichCouldNotConnect() throws IOException {
      SocketAddress nobody;
      InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
      try (ServerSocketChannel server = ServerSocketChannel.open().bind(any)) {
        nobody = server.getLocalAddress();
      }
      try (SocketChannel client = SocketChannel.open()) {
        client.configureBlocking(false);
        assertThat(client.connect(nobody)).isFalse();
        poller.register(client, Poller.OUT);
        assertThat(poller.poll(Await.LONG)).isEqualTo(1);
        assertThatThrownBy(client::finishConnect).isInstanceOf(ConnectException.class);
      }
    }

    @Test
    void areNotCountedWhenTheyAreClosed() throws IOException {
      pipe.source().close();
      assertThatThrownBy(() -> poller.register(pipe.source(), Poller.IN))
          .isInstanceOf(ZmqArgumentException.class);
      assertThat(poller.size()).isZero();
      assertThat(poller.poll(SHORT)).isZero();
    }

    @Test
    void waitAsLongAsALongIs() throws IOException {
      poller.register(pipe.source(), Poller.IN);
      Task<Integer> polling =
          Task.call(() -> poller.poll(Duration.ofNanos(Long.MAX_VALUE))).untilWaiting();
      write();
      assertThat(polling.result()).isEqualTo(1);
    }

    @Test
    void mixesWithSockets() throws IOException {
      Socket tcp = zmq.socket(PULL);
      Socket inproc = zmq.socket(PULL);
      Socket toTcp = zmq.connected(PUSH, tcp.bind(Endpoints.TCP));
      Socket toInproc = zmq.connected(PUSH, inproc.bind(Endpoints.inproc()));
      poller.register(tcp, Poller.IN).register(inproc, Poller.IN);
      poller.register(pipe.source(), Poller.IN);
      Task<Integer> first = Task.call(poller::poll).untilWaiting();
      write();
      assertThat(first.result()).isEqualTo(1);
      assertThat(poller.isReadable(pipe.source())).isTrue();
      read();
      Task<Integer> second = Task.call(poller::poll).untilWaiting();
      toTcp.send("x");
      assertThat(second.result()).isEqualTo(1);
      assertThat(poller.isReadable(tcp)).isTrue();
      assertThat(tcp.recvString()).isEqualTo("x");
      Task<Integer> third = Task.call(poller::poll).untilWaiting();
      toInproc.send("y");
      assertThat(third.result()).isEqualTo(1);
      assertThat(poller.isReadable(inproc)).isTrue();
      write();
      Await.until("both", () -> poller.poll(Await.LONG) == 2);
    }

    @Test
    void refusesWhatCannotBePolled() throws IOException {
      Pipe blocking = Pipe.open();
      try {
        assertThatThrownBy(() -> poller.register(blocking.source(), Poller.IN))
            .isInstanceOfSatisfying(
                ZmqArgumentException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EINVAL))
            .hasMessageContaining("non-blocking");
      } finally {
        blocking.source().close();
        blocking.sink().close();
      }
      assertThatThrownBy(() -> poller.register(pipe.source(), Poller.OUT))
          .isInstanceOf(ZmqArgumentException.class);
      assertThat(poller.size()).isZero();
    }
  }

  @Nested
  class Waiting {
    @Test
    void endsWithTheTimeout() {
      poller.register(zmq.bound(PULL, Endpoints.inproc()), Poller.IN);
      assertThat(poller.poll(Duration.ZERO)).isZero();
      assertThat(poller.poll(SHORT)).isZero();
      Socket tcp = zmq.socket(PULL);
      tcp.bind(Endpoints.TCP);
      poller.register(tcp, Poller.IN);
      assertThat(poller.poll(SHORT)).isZero();
    }

    @Test
    void forNothingEndsWithTheTimeout() {
      assertThat(poller.poll(SHORT)).isZero();
    }

    @Test
    void endsWithAWakeup() {
      poller.register(zmq.bound(PULL, Endpoints.inproc()), Poller.IN);
      Task<Integer> polling = Task.call(poller::poll).untilWaiting();
      poller.wakeup();
      assertThat(polling.result()).isZero();
    }

    @Test
    void endsWithAWakeupThatCameBefore() {
      Socket tcp = zmq.socket(PULL);
      tcp.bind(Endpoints.TCP);
      poller.register(tcp, Poller.IN);
      poller.wakeup();
      assertThat(poller.poll()).isZero();
      assertThat(poller.poll(SHORT)).isZero();
    }

    @Test
    void endsWithTheContext() {
      poller.register(zmq.bound(PULL, Endpoints.inproc()), Poller.IN);
      Task<Integer> polling = Task.call(poller::poll).untilWaiting();
      zmq.context().shutdown();
      assertThat(polling.failure())
          .isInstanceOfSatisfying(
              ZmqTerminatedException.class, e -> assertThat(e.errno()).isEqualTo(Errno.ETERM));
    }

    @Test
    void endsWithASocket() {
      Socket pull = zmq.bound(PULL, Endpoints.inproc());
      poller.register(pull, Poller.IN);
      Task<Integer> polling = Task.call(poller::poll).untilWaiting();
      pull.close();
      assertThat(polling.failure())
          .isInstanceOfSatisfying(
              ZmqClosedException.class, e -> assertThat(e.errno()).isEqualTo(Errno.ENOTSOCK));
    }

    @Test
    void endsWithThePoller() {
      poller.register(zmq.bound(PULL, Endpoints.inproc()), Poller.IN);
      Task<Integer> polling = Task.call(poller::poll).untilWaiting();
      poller.close();
      assertThat(polling.failure()).isInstanceOf(ZmqClosedException.class);
    }

    @Test
    void endsWithAnInterrupt() {
      Socket pull = zmq.socket(PULL);
      Socket push = zmq.connected(PUSH, pull.bind(Endpoints.TCP));
      poller.register(pull, Poller.IN);
      Task<Boolean> polling =
          Task.call(
              () -> {
                assertThatThrownBy(poller::poll)
                    .isInstanceOfSatisfying(
                        ZmqInterruptedException.class,
                        e -> assertThat(e.errno()).isEqualTo(Errno.EINTR));
                return Thread.interrupted();
              });
      polling.untilWaiting().interrupt();
      assertThat(polling.result()).isTrue();
      push.send("x");
      assertThat(poller.poll(Await.LONG)).isEqualTo(1);
    }

    @Test
    void isRefusedWhenAPollerOrSocketIsClosed() {
      Socket pull = zmq.bound(PULL, Endpoints.inproc());
      poller.register(pull, Poller.IN);
      pull.close();
      assertThatThrownBy(poller::pollNow).isInstanceOf(ZmqClosedException.class);
      poller.close();
      assertThatThrownBy(poller::pollNow).isInstanceOf(ZmqClosedException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"inproc", "tcp", "ipc"})
    void forOneSocketNeedsNoPoller(String transport) {
      Socket one = zmq.socket(PAIR);
      String endpoint = one.bind(endpoint(transport));
      assertThat(one.poll(Poller.IN | Poller.OUT, Duration.ZERO)).isZero();
      assertThat(one.poll(Poller.IN, SHORT)).isZero();
      Socket two = zmq.connected(PAIR, endpoint);
      assertThat(one.poll(Poller.IN | Poller.OUT, Await.LONG)).isEqualTo(Poller.OUT);
      Task<Integer> polling =
          Task.call(() -> one.poll(Poller.IN, SocketOptions.FOREVER)).untilWaiting();
      two.send("x");
      assertThat(polling.result()).isEqualTo(Poller.IN);
      assertThat(one.poll(Poller.IN | Poller.OUT, Duration.ZERO)).isEqualTo(Poller.IN | Poller.OUT);
      assertThatThrownBy(() -> one.poll(4, SHORT)).isInstanceOf(ZmqArgumentException.class);
      one.close();
      assertThatThrownBy(() -> one.poll(Poller.IN, SHORT)).isInstanceOf(ZmqClosedException.class);
    }

    @Test
    void isForKnownEventsOnly() {
      Socket pull = zmq.socket(PULL);
      assertThatThrownBy(() -> poller.register(pull, 4))
          .isInstanceOfSatisfying(
              ZmqArgumentException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EINVAL))
          .hasMessageContaining("4");
    }
  }

  @Nested
  class Handlers {
    @Test
    void areCalledInOrderOfRegistration() {
      List<String> calls = new ArrayList<>();
      String first = Endpoints.inproc();
      String second = Endpoints.inproc();
      Socket one = zmq.bound(DEALER, first);
      Socket two = zmq.bound(DEALER, second);
      poller.register(two, Poller.IN, events -> calls.add("two " + events));
      poller.register(one, Poller.IN | Poller.OUT, events -> calls.add("one " + events));
      assertThat(poller.dispatch(SHORT)).isZero();
      assertThat(calls).isEmpty();
      zmq.connected(DEALER, first);
      zmq.connected(DEALER, second).send("x");
      Await.until("both are ready", () -> poller.pollNow() == 2);
      assertThat(poller.dispatch(Await.LONG)).isEqualTo(2);
      assertThat(calls).containsExactly("two 1", "one 2");
    }

    @Test
    void ofChannelsAreCalledToo() throws IOException {
      List<Integer> calls = new ArrayList<>();
      Pipe pipe = Pipe.open();
      try {
        pipe.source().configureBlocking(false);
        poller.register(pipe.source(), Poller.IN, calls::add);
        pipe.sink().write(ByteBuffer.wrap(new byte[1]));
        assertThat(poller.dispatch(Await.LONG)).isEqualTo(1);
        assertThat(calls).containsExactly(Poller.IN);
        poller.unregister(pipe.source());
      } finally {
        pipe.source().close();
        pipe.sink().close();
      }
    }

    @Test
    void mayTakeThemselvesOut() {
      String endpoint = Endpoints.inproc();
      Socket pull = zmq.bound(PULL, endpoint);
      Socket push = zmq.connected(PUSH, endpoint);
      List<String> received = new ArrayList<>();
      poller.register(
          pull,
          Poller.IN,
          events -> {
            received.add(pull.tryRecvString());
            poller.unregister(pull);
          });
      push.send("1");
      push.send("2");
      assertThat(poller.dispatch(Await.LONG)).isEqualTo(1);
      assertThat(poller.dispatch(SHORT)).isZero();
      assertThat(received).containsExactly("1");
    }
  }
}
