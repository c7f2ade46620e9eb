package io.niomq;

import static io.niomq.SocketType.PAIR;
import static io.niomq.SocketType.PULL;
import static io.niomq.SocketType.PUSH;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.niomq.SocketEvent.Type;
import io.niomq.testing.Await;
import io.niomq.testing.Endpoints;
import io.niomq.testing.Events;
import io.niomq.testing.NoLeaks;
import io.niomq.testing.RawPeer;
import io.niomq.testing.Sockets;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code zmq_socket_monitor}: events as messages of a PAIR, in libzmq's two formats. */
@ExtendWith(NoLeaks.class)
class MonitorTest {
  @RegisterExtension final Sockets zmq = new Sockets();

  /** What a message tells; the addresses of version 1 are its only one. */
  private record Told(Type type, long value, List<String> addresses) {}

  private Socket monitored(Socket socket, long events, int version) {
    String endpoint = Endpoints.inproc();
    socket.monitor(endpoint, events, version);
    return zmq.connected(PAIR, endpoint);
  }

  private static Told v1(Socket reader) {
    Message message = reader.recvMessage();
    assertThat(message.frameCount()).isEqualTo(2);
    ByteBuffer head = ByteBuffer.wrap(message.bytes(0)).order(ByteOrder.nativeOrder());
    assertThat(head.remaining()).isEqualTo(6);
    Type type = type(Short.toUnsignedLong(head.getShort()));
    return new Told(type, Integer.toUnsignedLong(head.getInt()), List.of(message.string(1)));
  }

  private static Told v2(Socket reader) {
    Message message = reader.recvMessage();
    assertThat(message.frameCount()).isEqualTo(5);
    assertThat(number(message.bytes(1))).isEqualTo(1);
    return new Told(
        type(number(message.bytes(0))),
        number(message.bytes(2)),
        List.of(message.string(3), message.string(4)));
  }

  private static long number(byte[] frame) {
    assertThat(frame).hasSize(Long.BYTES);
    return ByteBuffer.wrap(frame).order(ByteOrder.nativeOrder()).getLong();
  }

  private static Type type(long number) {
    return Stream.of(Type.values()).filter(t -> t.number() == number).findFirst().orElseThrow();
  }

  private static Told await(Socket reader, Type type) {
    Told told = v1(reader);
    while (told.type() != type) {
      told = v1(reader);
    }
    return told;
  }

  private static long channel(Told told) {
    assertThat(told.value()).isPositive();
    return told.value();
  }

  @Nested
  class OfTheFirstVersion {
    @ParameterizedTest
    @ValueSource(strings = {"tcp", "ipc"})
    void tellsTheBindingSide(String transport) {
      Socket pull = zmq.socket(PULL);
      Socket reader = monitored(pull, SocketEvent.ALL_V1, 1);
      String bound = pull.bind(transport.equals("tcp") ? Endpoints.TCP : Endpoints.ipc());
      Told listening = v1(reader);
      assertThat(listening).isEqualTo(new Told(Type.LISTENING, channel(listening), List.of(bound)));
      Socket push = zmq.connected(PUSH, bound);
      Told accepted = v1(reader);
      assertThat(accepted).isEqualTo(new Told(Type.ACCEPTED, channel(accepted), List.of(bound)));
      assertThat(accepted.value()).isNotEqualTo(listening.value());
      assertThat(v1(reader)).isEqualTo(new Told(Type.HANDSHAKE_SUCCEEDED, 0, List.of(bound)));
      push.close();
      assertThat(v1(reader))
          .isEqualTo(new Told(Type.DISCONNECTED, accepted.value(), List.of(bound)));
      pull.unbind(bound);
      assertThat(v1(reader)).isEqualTo(new Told(Type.CLOSED, listening.value(), List.of(bound)));
      pull.close();
      assertThat(v1(reader)).isEqualTo(new Told(Type.MONITOR_STOPPED, 0, List.of("")));
    }

    @Test
    void tellsTheConnectingSide() {
      Socket pull = zmq.socket(PULL);
      String bound = pull.bind(Endpoints.TCP);
      Socket push = zmq.socket(PUSH).set(SocketOptions.RECONNECT_IVL, Duration.ofSeconds(60));
      Socket reader = monitored(push, SocketEvent.ALL_V1, 1);
      push.connect(bound);
      Told connected = await(reader, Type.CONNECTED);
      assertThat(connected.addresses()).containsExactly(bound);
      assertThat(v1(reader)).isEqualTo(new Told(Type.HANDSHAKE_SUCCEEDED, 0, List.of(bound)));
      pull.close();
      assertThat(v1(reader))
          .isEqualTo(new Told(Type.DISCONNECTED, channel(connected), List.of(bound)));
      Told retried = v1(reader);
      assertThat(retried.type()).isEqualTo(Type.CONNECT_RETRIED);
      assertThat(retried.value()).isBetween(60_000L, 120_000L);
      push.close();
      assertThat(v1(reader).type()).isEqualTo(Type.MONITOR_STOPPED);
    }

    @Test
    void tellsAnAttemptThatFailed() {
      String endpoint = Endpoints.freeTcp();
      Socket push = zmq.socket(PUSH).set(SocketOptions.RECONNECT_IVL, Duration.ofSeconds(60));
      Socket reader = monitored(push, SocketEvent.ALL_V1, 1);
      push.connect(endpoint);
      assertThat(v1(reader))
          .isEqualTo(new Told(Type.CONNECT_DELAYED, Errno.EINPROGRESS.number(), List.of(endpoint)));
      Told closed = v1(reader);
      assertThat(closed).isEqualTo(new Told(Type.CLOSED, channel(closed), List.of(endpoint)));
      assertThat(v1(reader).type()).isEqualTo(Type.CONNECT_RETRIED);
    }

    @Test
    void saysNothingOfConnectionsThatThisSocketClosed() {
      Socket pull = zmq.socket(PULL);
      Socket push = zmq.socket(PUSH);
      Socket reader = monitored(push, SocketEvent.ALL_V1, 1);
      Events events = Events.of(push);
      push.connect(pull.bind(Endpoints.TCP));
      await(reader, Type.HANDSHAKE_SUCCEEDED);
      push.close();
      assertThat(v1(reader).type()).isEqualTo(Type.MONITOR_STOPPED);
      SocketEvent end = events.await(Type.DISCONNECTED);
      assertThat(end.errno()).isNull();
    }

    @Test
    void tellsTheErrorOfABindThatFailed() {
      String taken = zmq.socket(PULL).bind(Endpoints.TCP);
      Socket pull = zmq.socket(PULL);
      Socket reader = monitored(pull, SocketEvent.ALL_V1, 1);
      assertThatThrownBy(() -> pull.bind(taken)).isInstanceOf(ZmqEndpointException.class);
      assertThat(v1(reader))
          .isEqualTo(new Told(Type.BIND_FAILED, Errno.EADDRINUSE.number(), List.of(taken)));
    }

    @Test
    void tellsHowThePeerBrokeTheProtocol() {
      Socket pull = zmq.socket(PULL);
      Socket reader = monitored(pull, SocketEvent.ALL_V1, 1);
      String bound = pull.bind(Endpoints.TCP);
      try (RawPeer peer = RawPeer.connect(bound)) {
        peer.send("FF 0000000000000000 7F 03 00 504C41494E" + "00".repeat(15 + 32));
        peer.readToEnd();
      }
      assertThat(await(reader, Type.HANDSHAKE_FAILED_PROTOCOL).value())
          .isEqualTo(ProtocolError.ZMTP_MECHANISM_MISMATCH.number());
      assertThat(v1(reader).type()).isEqualTo(Type.DISCONNECTED);
    }

    @Test
    void tellsOnlyWhatWasAskedFor() {
      Socket pull = zmq.socket(PULL);
      long mask = SocketEvent.mask(EnumSet.of(Type.ACCEPTED, Type.MONITOR_STOPPED));
      assertThat(mask).isEqualTo(0x0420);
      Socket reader = monitored(pull, mask, 1);
      Socket push = zmq.connected(PUSH, pull.bind(Endpoints.TCP));
      push.send("there");
      assertThat(pull.recvString()).isEqualTo("there");
      pull.close();
      assertThat(v1(reader).type()).isEqualTo(Type.ACCEPTED);
      assertThat(v1(reader).type()).isEqualTo(Type.MONITOR_STOPPED);
    }
  }

  @Nested
  class OfTheSecondVersion {
    @Test
    void tellsBothAddresses() {
      Socket pull = zmq.socket(PULL);
      Socket ofPull = monitored(pull, SocketEvent.ALL_V1, 2);
      String bound = pull.bind("tcp://*:*");
      Told listening = v2(ofPull);
      assertThat(listening)
          .isEqualTo(new Told(Type.LISTENING, channel(listening), List.of(bound, "")));
      assertThat(bound).startsWith("tcp://0.0.0.0:");
      String endpoint = "tcp://127.0.0.1:" + Endpoints.port(bound);
      Socket push = zmq.socket(PUSH);
      Socket ofPush = monitored(push, SocketEvent.ALL_V1, 2);
      push.connect(endpoint);
      Told connected = v2(ofPush);
      while (connected.type() != Type.CONNECTED) {
        connected = v2(ofPush);
      }
      Told accepted = v2(ofPull);
      assertThat(accepted.type()).isEqualTo(Type.ACCEPTED);
      assertThat(accepted.addresses().get(0)).isEqualTo(endpoint);
      assertThat(accepted.addresses().get(1)).startsWith("tcp://127.0.0.1:").isNotEqualTo(endpoint);
      assertThat(connected.addresses())
          .containsExactly(accepted.addresses().get(1), accepted.addresses().get(0));
    }

    @Test
    void endsLikeTheFirst() {
      Socket pull = zmq.socket(PULL);
      Socket reader = monitored(pull, SocketEvent.ALL_V1, 2);
      pull.close();
      assertThat(v2(reader)).isEqualTo(new Told(Type.MONITOR_STOPPED, 0, List.of("", "")));
    }
  }

  @Nested
  class Stops {
    @Test
    void whenReplaced() {
      Socket pull = zmq.socket(PULL);
      Socket first = monitored(pull, SocketEvent.ALL_V1, 1);
      Socket second = monitored(pull, SocketEvent.ALL_V1, 1);
      pull.bind(Endpoints.TCP);
      assertThat(v1(first).type()).isEqualTo(Type.MONITOR_STOPPED);
      assertThat(v1(second).type()).isEqualTo(Type.LISTENING);
      assertThat(first.tryRecvMessage()).isNull();
    }

    @Test
    void whenTakenAway() {
      Socket pull = zmq.socket(PULL);
      String endpoint = Endpoints.inproc();
      pull.monitor(endpoint, SocketEvent.ALL_V1);
      Socket reader = zmq.connected(PAIR, endpoint);
      pull.monitor(null, 0);
      assertThat(v1(reader).type()).isEqualTo(Type.MONITOR_STOPPED);
      zmq.socket(PULL).bind(endpoint); // the name is free
    }

    @Test
    void withTheSocketEvenWhenNobodyReads() {
      Socket pull = zmq.socket(PULL);
      pull.monitor(Endpoints.inproc(), SocketEvent.ALL_V1);
      pull.bind(Endpoints.TCP);
      pull.close();
      CloseReport report = zmq.context().close(Await.LONG);
      assertThat(report.complete()).isTrue();
      assertThat(report.closedByContext()).isEmpty();
    }

    @Test
    void withTheContextWhoseReportDoesNotNameIt() {
      Socket pull = zmq.socket(PULL);
      pull.monitor(Endpoints.inproc(), SocketEvent.ALL_V1);
      CloseReport report = zmq.context().close(Await.LONG);
      assertThat(report.complete()).isTrue();
      assertThat(report.closedByContext()).hasSize(1);
      assertThat(report.closedByContext().get(0).type()).isEqualTo(PULL);
    }
  }

  @Nested
  class NeverWaitsForItsReader {
    @Test
    void andKeepsEventsForOneThatComesLater() {
      Socket pull = zmq.socket(PULL);
      String endpoint = Endpoints.inproc();
      pull.monitor(endpoint, SocketEvent.ALL_V1);
      String bound = pull.bind(Endpoints.TCP);
      pull.unbind(bound);
      Socket reader = zmq.connected(PAIR, endpoint);
      assertThat(v1(reader).type()).isEqualTo(Type.LISTENING);
      assertThat(v1(reader).type()).isEqualTo(Type.CLOSED);
    }

    @Test
    void andCountsWhatASlowOneDoesNotGet() {
      Socket pull = zmq.socket(PULL);
      String endpoint = Endpoints.inproc();
      pull.monitor(endpoint, SocketEvent.ALL_V1);
      Socket reader = zmq.limited(PAIR, 1, 1);
      reader.connect(endpoint);
      int events = 0;
      while (pull.drops().getOrDefault(DropReason.EVENT_UNREAD, 0L) < 10) {
        pull.unbind(pull.bind(Endpoints.TCP));
        events += 2;
        assertThat(events).isLessThan(10_000);
      }
      long lost = pull.drops().get(DropReason.EVENT_UNREAD);
      pull.close();
      List<Type> told = new ArrayList<>();
      for (Told t = v1(reader); t.type() != Type.MONITOR_STOPPED; t = v1(reader)) {
        told.add(t.type());
      }
      assertThat(told).hasSize((int) (events - lost));
      for (int i = 0; i < told.size(); i++) {
        assertThat(told.get(i)).isEqualTo(i % 2 == 0 ? Type.LISTENING : Type.CLOSED);
      }
    }

    @Test
    void andHandsOverWhatWasKeptWhenThereIsRoomAgain() {
      Socket pull = zmq.socket(PULL);
      String endpoint = Endpoints.inproc();
      pull.monitor(endpoint, SocketEvent.ALL_V1);
      Socket reader = zmq.limited(PAIR, 1, 1);
      reader.connect(endpoint);
      int rounds = 900; // more than the queue of 1001 takes, less than is kept
      for (int i = 0; i < rounds; i++) {
        pull.unbind(pull.bind(Endpoints.TCP));
      }
      for (int i = 0; i < rounds; i++) {
        assertThat(v1(reader).type()).isEqualTo(Type.LISTENING);
        assertThat(v1(reader).type()).isEqualTo(Type.CLOSED);
      }
      assertThat(pull.drops()).isEmpty();
    }
  }

  @Nested
  class Refuses {
    private final Socket pull = zmq.socket(PULL);

    @ParameterizedTest
    @ValueSource(strings = {"tcp://127.0.0.1:5555", "ipc:///tmp/x", "nothing://x"})
    void otherTransports(String endpoint) {
      assertThatThrownBy(() -> pull.monitor(endpoint, SocketEvent.ALL_V1))
          .isInstanceOfSatisfying(
              ZmqEndpointException.class,
              e -> assertThat(e.errno()).isEqualTo(Errno.EPROTONOSUPPORT));
    }

    @Test
    void malformedEndpoints() {
      assertInvalid(() -> pull.monitor("inproc://", 1), "inproc://");
      assertInvalid(() -> pull.monitor("name", 1), "name");
    }

    @Test
    void eventsOutOfRange() {
      assertInvalid(() -> pull.monitor("inproc://x", 0x10000), "0x10000");
      assertInvalid(() -> pull.monitor("inproc://x", 0x20000, 2), "0x20000");
      assertInvalid(() -> pull.monitor("inproc://x", -1, 2), "0x1ffff");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 3})
    void otherVersions(int version) {
      assertInvalid(() -> pull.monitor("inproc://x", 1, version), "1 and 2");
    }

    private void assertInvalid(Runnable call, String named) {
      assertThatThrownBy(call::run)
          .isInstanceOf(ZmqArgumentException.class)
          .hasMessageContaining(named);
    }

    @Test
    void aNameThatIsTaken() {
      String endpoint = Endpoints.inproc();
      zmq.bound(PULL, endpoint);
      assertThatThrownBy(() -> pull.monitor(endpoint, 1))
          .isInstanceOfSatisfying(
              ZmqEndpointException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EADDRINUSE));
      pull.bind(Endpoints.TCP); // and works on, without a monitor
    }

    @Test
    void aClosedSocket() {
      pull.close();
      assertThatThrownBy(() -> pull.monitor("inproc://x", 1))
          .isInstanceOf(ZmqClosedException.class);
    }

    @Test
    void aSocketTooMany() {
      try (Context small = Context.builder().maxSockets(1).build();
          Socket only = small.socket(PULL)) {
        assertThatThrownBy(() -> only.monitor("inproc://x", 1))
            .isInstanceOf(ZmqResourceException.class);
      }
    }
  }

  /** {@code zmq_socket_monitor_pipes_stats}, a draft in libzmq. */
  @Nested
  class TellsTheQueues {
    private static final long PIPES_STATS = 0x10000;

    @Test
    void ofEachPeerWhenItIsAsked() {
      Socket pull = zmq.socket(PULL);
      String bound = pull.bind(Endpoints.TCP);
      Socket reader = monitored(pull, PIPES_STATS, 2);
      assertThat(pull.monitorPipesStats()).isZero();
      Socket push = zmq.connected(PUSH, bound);
      Socket ofPush = monitored(push, PIPES_STATS, 2);
      for (int i = 0; i < 3; i++) {
        push.send("x");
      }
      pull.recv();
      Await.until("all came", () -> pull.explain().peers().get(0).in().messages() == 2);
      assertThat(pull.monitorPipesStats()).isEqualTo(1);
      Message told = reader.recvMessage();
      assertThat(told.frameCount()).isEqualTo(6);
      assertThat(Stream.of(0, 1, 2, 3).map(i -> number(told.bytes(i))))
          .containsExactly(PIPES_STATS, 2L, 0L, 2L);
      assertThat(told.string(4)).isEqualTo(bound);
      assertThat(told.string(5)).isEqualTo("127.0.0.1");
      assertThat(push.monitorPipesStats()).isEqualTo(1);
      assertThat(ofPush.recvMessage().string(5)).isEqualTo(bound);
    }

    @Test
    void onlyWhenTheMonitorWasAskedForThem() {
      Socket pull = zmq.socket(PULL);
      assertThatThrownBy(pull::monitorPipesStats).isInstanceOf(ZmqArgumentException.class);
      monitored(pull, SocketEvent.ALL_V1, 2);
      assertThatThrownBy(pull::monitorPipesStats).isInstanceOf(ZmqArgumentException.class);
      pull.close();
      assertThatThrownBy(pull::monitorPipesStats).isInstanceOf(ZmqClosedException.class);
    }
  }

  @Test
  void tellsAddressesInUtf8() {
    Socket pull = zmq.socket(PULL);
    Socket reader = monitored(pull, SocketEvent.ALL_V1, 1);
    String name = Endpoints.ipc() + "-\u00fc";
    assertThat(name.getBytes(StandardCharsets.UTF_8)).hasSizeGreaterThan(name.length());
    pull.bind(name);
    assertThat(v1(reader).addresses()).containsExactly(name);
  }
}
