package io.niomq.stream;

import static io.niomq.SocketType.ROUTER;
import static io.niomq.SocketType.STREAM;
import static io.niomq.testing.Octets.random;
import static io.niomq.testing.Octets.utf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.niomq.Errno;
import io.niomq.Message;
import io.niomq.Socket;
import io.niomq.SocketEvent.Type;
import io.niomq.SocketOptions;
import io.niomq.SocketType;
import io.niomq.ZapHandler;
import io.niomq.ZmqArgumentException;
import io.niomq.ZmqIncompatibleProtocolException;
import io.niomq.ZmqUnroutableException;
import io.niomq.testing.Endpoints;
import io.niomq.testing.Events;
import io.niomq.testing.NoLeaks;
import io.niomq.testing.RawPeer;
import io.niomq.testing.ShowsOption;
import io.niomq.testing.Sockets;
import io.niomq.testing.Task;
import java.io.ByteArrayOutputStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code ZMQ_STREAM}: plain connections with routing ids. libzmq's manual, Native pattern. */
@ExtendWith(NoLeaks.class)
class StreamTest {
  @RegisterExtension final Sockets zmq = new Sockets();

  /** The routing id of the peer that a notice is about, which is the next message. */
  private static byte[] notice(Socket stream) {
    Message notice = stream.recvMessage();
    assertThat(notice.frameCount()).isEqualTo(2);
    assertThat(notice.bytes(1)).isEmpty();
    return notice.bytes(0);
  }

  private static Message message(byte[] id, String body) {
    return new Message().add(id).add(body);
  }

  private static byte[] receive(Socket stream, byte[] id, int size, int pieceMax) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    while (all.size() < size) {
      Message piece = stream.recvMessage();
      assertThat(piece.frameCount()).isEqualTo(2);
      assertThat(piece.bytes(0)).isEqualTo(id);
      assertThat(piece.bytes(1).length).isBetween(1, pieceMax);
      all.writeBytes(piece.bytes(1));
    }
    return all.toByteArray();
  }

  @Nested
  class Receiving {
    @ParameterizedTest(name = "application waits in recv: {0}")
    @ValueSource(booleans = {true, false})
    void tellsOfAConnectionItsOctetsAndItsEnd(boolean waits) {
      Socket stream = zmq.socket(STREAM);
      String endpoint = stream.bind(Endpoints.TCP);
      Task<Message> first = waits ? Task.call(stream::recvMessage).untilWaiting() : null;
      byte[] id;
      try (RawPeer peer = RawPeer.connect(endpoint)) {
        id = first == null ? notice(stream) : first.result().bytes(0);
        assertThat(id).hasSize(5).startsWith(0);
        Task<Message> next = waits ? Task.call(stream::recvMessage).untilWaiting() : null;
        peer.send(utf8("hello"));
        assertThat(next == null ? stream.recvMessage() : next.result())
            .isEqualTo(message(id, "hello"));
      }
      assertThat(notice(stream)).isEqualTo(id);
    }

    @Test
    @ShowsOption("ZMQ_STREAM_NOTIFY")
    void isWithoutNoticesIfTheOptionIsOff() {
      Socket stream = zmq.socket(STREAM).set(SocketOptions.STREAM_NOTIFY, false);
      Events events = Events.of(stream);
      try (RawPeer peer = RawPeer.connect(stream.bind(Endpoints.TCP))) {
        peer.send(utf8("hello"));
        assertThat(stream.recvMessage().bytes(1)).isEqualTo(utf8("hello"));
      }
      events.await(Type.DISCONNECTED);
      assertThat(stream.tryRecvMessage()).isNull();
    }

    @Test
    void keepsTheOrderOfManyOctets() {
      Socket stream = zmq.socket(STREAM).set(SocketOptions.RCVHWM, 3);
      try (RawPeer peer = RawPeer.connect(stream.bind(Endpoints.TCP))) {
        byte[] id = notice(stream);
        byte[] octets = random(7, 3_000_000);
        Task<Void> sender = Task.run(() -> peer.send(octets));
        assertThat(receive(stream, id, octets.length, 8192)).isEqualTo(octets);
        sender.result();
      }
    }

    @Test
    @ShowsOption("ZMQ_IN_BATCH_SIZE")
    void makesMessagesNoLargerThanTheOptionSays() {
      Socket stream = zmq.socket(STREAM).set(SocketOptions.IN_BATCH_SIZE, 100);
      try (RawPeer peer = RawPeer.connect(stream.bind(Endpoints.TCP))) {
        byte[] id = notice(stream);
        byte[] octets = random(8, 5000);
        peer.send(octets);
        assertThat(receive(stream, id, octets.length, 100)).isEqualTo(octets);
      }
    }

    @Test
    void keepsPeersApart() {
      Socket stream = zmq.socket(STREAM);
      String endpoint = stream.bind(Endpoints.TCP);
      try (RawPeer one = RawPeer.connect(endpoint)) {
        byte[] first = notice(stream);
        try (RawPeer two = RawPeer.connect(endpoint)) {
          byte[] second = notice(stream);
          assertThat(second).isNotEqualTo(first);
          two.send(utf8("two"));
          assertThat(stream.recvMessage()).isEqualTo(message(second, "two"));
          one.send(utf8("one"));
          assertThat(stream.recvMessage()).isEqualTo(message(first, "one"));
          stream.send(message(first, "1"));
          stream.send(message(second, "2"));
          assertThat(one.read(1)).isEqualTo(utf8("1"));
          assertThat(two.read(1)).isEqualTo(utf8("2"));
        }
      }
    }

    @Test
    void deliversWhatCameBeforeTheEnd() {
      Socket stream = zmq.socket(STREAM);
      Events events = Events.of(stream);
      try (RawPeer peer = RawPeer.connect(stream.bind(Endpoints.TCP))) {
        peer.send(utf8("last words"));
      }
      events.await(Type.DISCONNECTED);
      byte[] id = notice(stream);
      assertThat(stream.recvMessage()).isEqualTo(message(id, "last words"));
      assertThat(notice(stream)).isEqualTo(id);
      assertThat(stream.tryRecvMessage()).isNull();
      assertThat(events.types()).doesNotContain(Type.HANDSHAKE_SUCCEEDED);
    }
  }

  @Nested
  class Sending {
    private Socket stream;
    private byte[] id;

    private RawPeer peerOf(Socket socket) {
      stream = socket;
      RawPeer peer = RawPeer.connect(stream.bind(Endpoints.TCP));
      id = notice(stream);
      return peer;
    }

    @Test
    void putsNothingOnTheWireButTheOctets() {
      try (RawPeer peer = peerOf(zmq.socket(STREAM))) {
        stream.send(message(id, "a"));
        stream.sendMore(id).send("b");
        stream.send(new Message().add(id).add(random(3, 300_000)));
        assertThat(peer.read(2)).isEqualTo(utf8("ab"));
        assertThat(peer.read(300_000)).isEqualTo(random(3, 300_000));
        assertThat(peer.isSilent(20)).isTrue();
      }
    }

    @Test
    void isRefusedForAnUnknownPeer() {
      stream = zmq.bound(STREAM, Endpoints.TCP);
      assertThatThrownBy(() -> stream.send(Message.of("nobody", "x")))
          .isInstanceOfSatisfying(
              ZmqUnroutableException.class,
              e -> assertThat(e.errno()).isEqualTo(Errno.EHOSTUNREACH));
      assertThatThrownBy(() -> stream.sendMore("nobody"))
          .isInstanceOf(ZmqUnroutableException.class);
    }

    @Test
    void isRefusedForAnythingButTwoFrames() {
      try (RawPeer peer = peerOf(zmq.socket(STREAM))) {
        assertThatThrownBy(() -> stream.send("x"))
            .isInstanceOf(ZmqArgumentException.class)
            .hasMessageContaining("1 frames");
        assertThatThrownBy(() -> stream.send(message(id, "a").add("b")))
            .isInstanceOf(ZmqArgumentException.class)
            .hasMessageContaining("3 frames");
        assertThat(peer.isSilent(20)).isTrue();
      }
    }

    @Test
    void waitsAtTheHighWaterMark() {
      try (RawPeer peer = peerOf(zmq.limited(STREAM, 2, 1000))) {
        byte[] octets = random(5, 1 << 20);
        int sent = 0;
        while (stream.send(new Message().add(id).add(octets), Duration.ofMillis(100))) {
          sent++;
        }
        Task<Void> sender =
            Task.run(() -> stream.send(new Message().add(id).add(octets))).untilWaiting();
        for (int i = 0; i <= sent; i++) {
          assertThat(peer.read(octets.length)).isEqualTo(octets);
        }
        sender.result();
      }
    }

    @Test
    void nothingEndsTheConnectionAfterWhatWasSentBefore() {
      try (RawPeer peer = peerOf(zmq.socket(STREAM))) {
        byte[] octets = random(9, 5_000_000);
        peer.send(utf8("unread input"));
        stream.send(new Message().add(id).add(octets));
        stream.send(message(id, ""));
        assertThatThrownBy(() -> stream.send(message(id, "x")))
            .isInstanceOf(ZmqUnroutableException.class);
        assertThat(peer.readToEnd()).isEqualTo(octets);
        Message rest = stream.tryRecvMessage();
        if (rest != null) {
          assertThat(rest).isEqualTo(message(id, "unread input"));
        }
        assertThat(stream.tryRecvMessage()).isNull(); // no notice of what we did ourselves
      }
    }

    @Test
    void leavesTheIoThreadAtRestAfterwards() {
      try (RawPeer peer = peerOf(zmq.socket(STREAM))) {
        for (int i = 0; i < 1000; i++) {
          stream.send(message(id, "x"));
        }
        peer.read(1000);
        Thread io =
            Thread.getAllStackTraces().keySet().stream()
                .filter(t -> t.getName().equals("niomq-io-0"))
                .findAny()
                .orElseThrow();
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        assertThat(peer.isSilent(50)).isTrue();
        long before = threads.getThreadCpuTime(io.getId());
        assertThat(peer.isSilent(400)).isTrue();
        assertThat(threads.getThreadCpuTime(io.getId()) - before).isLessThan(100_000_000L);
      }
    }
  }

  @Nested
  class Connecting {
    @Test
    void givesThePeerANameThatTheRoutingIdTells() {
      Socket stream = zmq.socket(STREAM);
      try (RawPeer.Listener listener = RawPeer.listen()) {
        stream.connect(listener.endpoint());
        byte[] id = stream.get(SocketOptions.ROUTING_ID);
        stream.send(message(id, "early"));
        try (RawPeer peer = listener.accept()) {
          assertThat(peer.read(5)).isEqualTo(utf8("early"));
          assertThat(notice(stream)).isEqualTo(id);
        }
        assertThat(notice(stream)).isEqualTo(id);
      }
    }

    @Test
    @ShowsOption("ZMQ_CONNECT_ROUTING_ID")
    void takesTheNameOfTheOption() {
      Socket stream = zmq.socket(STREAM);
      try (RawPeer.Listener listener = RawPeer.listen()) {
        stream.set(SocketOptions.CONNECT_ROUTING_ID, utf8("server"));
        stream.connect(listener.endpoint());
        stream.send(Message.of("server", "hello"));
        try (RawPeer peer = listener.accept()) {
          assertThat(peer.read(5)).isEqualTo(utf8("hello"));
          assertThat(notice(stream)).isEqualTo(utf8("server"));
          stream.set(SocketOptions.CONNECT_ROUTING_ID, utf8("server"));
          assertThatThrownBy(() -> stream.connect(listener.endpoint()))
              .isInstanceOf(ZmqArgumentException.class)
              .hasMessageContaining("ZMQ_CONNECT_ROUTING_ID");
        }
      }
    }

    @Test
    void isRepeatedAfterALossUnderTheSameName() {
      Socket stream = zmq.socket(STREAM).set(SocketOptions.RECONNECT_IVL, Duration.ofMillis(1));
      try (RawPeer.Listener listener = RawPeer.listen()) {
        stream.connect(listener.endpoint());
        byte[] id = stream.get(SocketOptions.ROUTING_ID);
        listener.accept().close();
        try (RawPeer again = listener.accept()) {
          assertThat(notice(stream)).isEqualTo(id);
          assertThat(notice(stream)).isEqualTo(id);
          assertThat(notice(stream)).isEqualTo(id);
          stream.send(message(id, "again"));
          assertThat(again.read(5)).isEqualTo(utf8("again"));
        }
      }
    }

    @Test
    void isNotRepeatedAfterAnEndOfOurs() {
      Socket stream = zmq.socket(STREAM).set(SocketOptions.RECONNECT_IVL, Duration.ofMillis(1));
      try (RawPeer.Listener listener = RawPeer.listen()) {
        stream.connect(listener.endpoint());
        byte[] id = stream.get(SocketOptions.ROUTING_ID);
        stream.send(message(id, "bye"));
        stream.send(message(id, ""));
        try (RawPeer peer = listener.accept()) {
          assertThat(peer.readToEnd()).isEqualTo(utf8("bye"));
        }
        assertThat(listener.isConnectedTo(100)).isFalse();
      }
    }

    @Test
    void worksOverIpcToo() {
      Socket server = zmq.socket(STREAM);
      Socket client = zmq.connected(STREAM, server.bind(Endpoints.ipc()));
      byte[] atServer = notice(server);
      byte[] atClient = notice(client);
      client.send(message(atClient, "question"));
      assertThat(server.recvMessage()).isEqualTo(message(atServer, "question"));
      server.send(message(atServer, "answer"));
      server.send(message(atServer, ""));
      assertThat(client.recvMessage()).isEqualTo(message(atClient, "answer"));
      assertThat(notice(client)).isEqualTo(atClient);
    }

    @Test
    void isRefusedOverInproc() {
      Socket stream = zmq.socket(STREAM);
      assertThatThrownBy(() -> stream.connect(Endpoints.inproc()))
          .isInstanceOf(ZmqIncompatibleProtocolException.class);
      assertThatThrownBy(() -> stream.bind(Endpoints.inproc()))
          .isInstanceOf(ZmqIncompatibleProtocolException.class);
    }
  }

  /** As libzmq's: without a protocol nobody can show who he is. */
  @Nested
  class Security {
    @ParameterizedTest
    @EnumSource(names = {"STREAM", "ROUTER"})
    @SuppressWarnings("try")
    void isNoneOfAPlainConnection(SocketType type) {
      AtomicInteger asked = new AtomicInteger();
      ZapHandler.Policy nobody =
          request -> {
            asked.incrementAndGet();
            return ZapHandler.Verdict.refuse("nobody");
          };
      try (ZapHandler handler = ZapHandler.start(zmq.context(), nobody)) {
        Socket socket = zmq.socket(type);
        if (type == ROUTER) {
          socket.set(SocketOptions.ROUTER_RAW, true);
        }
        socket.set(SocketOptions.ZAP_DOMAIN, "d").set(SocketOptions.ZAP_ENFORCE_DOMAIN, true);
        socket.set(SocketOptions.PLAIN_SERVER, true);
        try (RawPeer peer = RawPeer.connect(socket.bind(Endpoints.TCP))) {
          byte[] id = notice(socket);
          peer.send(utf8("hello"));
          assertThat(socket.recvMessage()).isEqualTo(message(id, "hello"));
          socket.send(message(id, "welcome"));
          assertThat(peer.read(7)).isEqualTo(utf8("welcome"));
        }
        assertThat(notice(socket)).isNotNull();
        assertThat(asked).hasValue(0);
      }
    }

    @Test
    void filtersAreApplied() {
      Socket stream = zmq.socket(STREAM).set(SocketOptions.TCP_ACCEPT_FILTER, "10.0.0.0/8");
      try (RawPeer peer = RawPeer.connect(stream.bind(Endpoints.TCP))) {
        assertThat(peer.readToEnd()).isEmpty();
      }
      assertThat(stream.tryRecvMessage()).isNull();
    }
  }

  @Nested
  class ARawRouter {
    /** libzmq writes the first only. */
    @Test
    void writesAllFramesOfAMessage() {
      Socket router = zmq.socket(ROUTER).set(SocketOptions.ROUTER_RAW, true);
      try (RawPeer peer = RawPeer.connect(router.bind(Endpoints.TCP))) {
        byte[] id = notice(router);
        router.send(message(id, "a").add("b").add("c"));
        router.send(message(id, ""));
        assertThat(peer.readToEnd()).isEqualTo(utf8("abc"));
      }
    }

    @Test
    @ShowsOption("ZMQ_ROUTER_RAW")
    void hasPlainConnectionsToo() {
      Socket router = zmq.socket(ROUTER).set(SocketOptions.ROUTER_RAW, true);
      try (RawPeer peer = RawPeer.connect(router.bind(Endpoints.TCP))) {
        byte[] id = notice(router);
        peer.send(utf8("hello"));
        assertThat(router.recvMessage()).isEqualTo(message(id, "hello"));
        router.send(message(id, "bye"));
        router.send(message(id, ""));
        assertThat(peer.readToEnd()).isEqualTo(utf8("bye"));
      }
    }

    @Test
    void tellsOfALoss() {
      Socket router = zmq.socket(ROUTER).set(SocketOptions.ROUTER_RAW, true);
      byte[] id;
      try (RawPeer peer = RawPeer.connect(router.bind(Endpoints.TCP))) {
        id = notice(router);
        peer.shutdownOutput();
      }
      assertThat(notice(router)).isEqualTo(id);
    }
  }
}
