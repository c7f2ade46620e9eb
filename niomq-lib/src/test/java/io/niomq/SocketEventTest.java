package io.niomq;

import static io.niomq.SocketType.DEALER;
import static io.niomq.SocketType.PUB;
import static io.niomq.SocketType.PULL;
import static io.niomq.SocketType.PUSH;
import static io.niomq.SocketType.REP;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.niomq.SocketEvent.Type;
import io.niomq.testing.Await;
import io.niomq.testing.Endpoints;
import io.niomq.testing.Events;
import io.niomq.testing.NoLeaks;
import io.niomq.testing.RawPeer;
import io.niomq.testing.Sockets;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code zmq_socket_monitor}: what happens to endpoints and connections. */
@ExtendWith(NoLeaks.class)
class SocketEventTest {
  @RegisterExtension final Sockets zmq = new Sockets();

  private static String endpoint(String transport) {
    return transport.equals("tcp") ? Endpoints.TCP : Endpoints.ipc();
  }

  @Nested
  class Types {
    @ParameterizedTest
    @CsvSource({
      "CONNECTED, 0x0001",
      "CONNECT_DELAYED, 0x0002",
      "CONNECT_RETRIED, 0x0004",
      "LISTENING, 0x0008",
      "BIND_FAILED, 0x0010",
      "ACCEPTED, 0x0020",
      "ACCEPT_FAILED, 0x0040",
      "CLOSED, 0x0080",
      "CLOSE_FAILED, 0x0100",
      "DISCONNECTED, 0x0200",
      "MONITOR_STOPPED, 0x0400",
      "HANDSHAKE_FAILED_NO_DETAIL, 0x0800",
      "HANDSHAKE_SUCCEEDED, 0x1000",
      "HANDSHAKE_FAILED_PROTOCOL, 0x2000",
      "HANDSHAKE_FAILED_AUTH, 0x4000"
    })
    void haveTheNumbersOfLibzmq(Type type, String number) {
      assertThat(type.number()).isEqualTo(Integer.decode(number));
    }
  }

  @Nested
  class OfTheBindingSide {
    @ParameterizedTest
    @ValueSource(strings = {"tcp", "ipc"})
    void tellTheLifeOfAConnection(String transport) {
      Socket pull = zmq.socket(PULL);
      Events events = Events.of(pull);
      String bound = pull.bind(endpoint(transport));
      assertThat(events.await(Type.LISTENING).endpoint()).isEqualTo(bound);
      Socket push = zmq.connected(PUSH, bound);
      assertThat(events.await(Type.ACCEPTED).endpoint()).isEqualTo(bound);
      assertThat(events.await(Type.HANDSHAKE_SUCCEEDED).endpoint()).isEqualTo(bound);
      push.close();
      assertThat(events.await(Type.DISCONNECTED).endpoint()).isEqualTo(bound);
      pull.unbind(bound);
      assertThat(events.await(Type.CLOSED).endpoint()).isEqualTo(bound);
      assertThat(events.types())
          .containsExactly(
              Type.LISTENING,
              Type.ACCEPTED,
              Type.HANDSHAKE_SUCCEEDED,
              Type.DISCONNECTED,
              Type.CLOSED);
    }

    @Test
    void nameThePeer() {
      Socket pull = zmq.socket(PULL);
      Events events = Events.of(pull);
      String bound = pull.bind(Endpoints.TCP);
      try (RawPeer push = RawPeer.connect(bound)) {
        assertThat(events.await(Type.ACCEPTED).peer()).contains("127.0.0.1");
        push.handshake("PUSH");
        assertThat(events.await(Type.HANDSHAKE_SUCCEEDED).peer()).contains("127.0.0.1");
      }
    }

    @Test
    void tellTheAddressesOfBothSides() throws IOException {
      Socket pull = zmq.socket(PULL);
      Events events = Events.of(pull);
      String bound = pull.bind("tcp://*:*");
      assertThat(events.await(Type.LISTENING).local()).isEqualTo(bound);
      String endpoint = "tcp://127.0.0.1:" + Endpoints.port(bound);
      try (SocketChannel peer =
          SocketChannel.open(new InetSocketAddress("127.0.0.1", Endpoints.port(bound)))) {
        SocketEvent accepted = events.await(Type.ACCEPTED);
        int theirs = ((InetSocketAddress) peer.getLocalAddress()).getPort();
        assertThat(accepted.endpoint()).isEqualTo(bound);
        assertThat(accepted.local()).isEqualTo(endpoint);
        assertThat(accepted.remote()).isEqualTo("tcp://127.0.0.1:" + theirs);
      }
      SocketEvent end = events.await(Type.DISCONNECTED);
      assertThat(end.value()).isEqualTo(events.await(Type.ACCEPTED).value());
      assertThat(end.remote()).isEqualTo(events.await(Type.ACCEPTED).remote());
    }

    @Test
    void tellOfAFileThatCannotBeRemoved() throws IOException {
      Socket pull = zmq.socket(PULL);
      Events events = Events.of(pull);
      String bound = pull.bind("ipc://*");
      Path stranger = Endpoints.path(bound).resolveSibling("stranger");
      Files.createFile(stranger);
      try {
        pull.unbind(bound);
        SocketEvent failed = events.await(Type.CLOSE_FAILED);
        assertThat(failed.endpoint()).isEqualTo(bound);
        assertThat(failed.errno()).isEqualTo(Errno.ENOTEMPTY);
        assertThat(failed.value()).isEqualTo(Errno.ENOTEMPTY.number());
        assertThat(events.count(Type.CLOSED)).isZero();
      } finally {
        Files.delete(stranger);
        Files.delete(stranger.getParent());
      }
    }

    @Test
    void tellOfABindThatFailed() {
      Socket pull = zmq.socket(PULL);
      Events events = Events.of(pull);
      String bound = zmq.socket(PULL).bind(Endpoints.TCP);
      assertThatThrownBy(() -> pull.bind(bound)).isInstanceOf(ZmqEndpointException.class);
      SocketEvent failed = events.await(Type.BIND_FAILED);
      assertThat(failed.endpoint()).isEqualTo(bound);
      assertThat(failed.errno()).isEqualTo(Errno.EADDRINUSE);
      assertThat(failed.value()).isEqualTo(Errno.EADDRINUSE.number());
    }
  }

  @Nested
  class OfTheConnectingSide {
    @ParameterizedTest
    @ValueSource(strings = {"tcp", "ipc"})
    void tellTheLifeOfAConnection(String transport) {
      Socket pull = zmq.socket(PULL);
      String bound = pull.bind(endpoint(transport));
      Socket push = zmq.socket(PUSH).set(SocketOptions.RECONNECT_IVL, Duration.ofSeconds(10));
      Events events = Events.of(push);
      push.connect(bound);
      assertThat(events.await(Type.CONNECTED).endpoint()).isEqualTo(bound);
      assertThat(events.await(Type.HANDSHAKE_SUCCEEDED).endpoint()).isEqualTo(bound);
      pull.close();
      assertThat(events.await(Type.DISCONNECTED).endpoint()).isEqualTo(bound);
      SocketEvent retried = events.await(Type.CONNECT_RETRIED);
      assertThat(retried.endpoint()).isEqualTo(bound);
      assertThat(retried.detail()).containsPattern("[0-9]");
      List<Type> types =
          events.types().stream().filter(type -> type != Type.CONNECT_DELAYED).toList();
      assertThat(types)
          .containsExactly(
              Type.CONNECTED, Type.HANDSHAKE_SUCCEEDED, Type.DISCONNECTED, Type.CONNECT_RETRIED);
    }

    @Test
    void tellOfAttemptsThatFail() {
      String endpoint = Endpoints.freeTcp();
      Socket push = zmq.socket(PUSH).set(SocketOptions.RECONNECT_IVL, Duration.ofMillis(5));
      Events events = Events.of(push);
      push.connect(endpoint);
      events.await(Type.CONNECT_RETRIED, 2);
      assertThat(events.count(Type.CONNECTED)).isZero();
      assertThat(events.await(Type.CLOSED).errno()).isEqualTo(Errno.ECONNREFUSED);
      SocketEvent retried = events.await(Type.CONNECT_RETRIED);
      assertThat(retried.detail()).contains(retried.value() + " ms");
      assertThat(retried.value()).isBetween(5L, 10L);
    }

    @Test
    void tellOfAnAttemptThatHadNoChannel() {
      Socket push = zmq.socket(PUSH).set(SocketOptions.RECONNECT_IVL, Duration.ofSeconds(60));
      Events events = Events.of(push);
      push.connect("tcp://no-such-host.invalid:5555");
      assertThat(events.await(Type.CLOSED).value()).isEqualTo(-1);
      assertThat(events.count(Type.CONNECT_DELAYED)).isZero();
    }

    @Test
    void haveNoErrorWhenTheSocketItselfCloses() {
      Socket push = zmq.socket(PUSH);
      Events events = Events.of(push);
      push.connect(zmq.socket(PULL).bind(Endpoints.TCP));
      events.await(Type.HANDSHAKE_SUCCEEDED);
      push.close();
      assertThat(events.await(Type.DISCONNECTED).errno()).isNull();
      events.await(Type.MONITOR_STOPPED);
      assertThat(events.types().get(events.types().size() - 1)).isEqualTo(Type.MONITOR_STOPPED);
    }
  }

  @Nested
  class OfAFailedHandshake {
    @Test
    void nameAnIncompatiblePeer() {
      Socket pub = zmq.socket(PUB);
      Events events = Events.of(pub);
      String bound = pub.bind(Endpoints.TCP);
      try (RawPeer pull = RawPeer.connect(bound)) {
        pull.send(RawPeer.greeting(1));
        pull.read(64);
        pull.sendAsFarAsPossible(RawPeer.ready("PULL"));
        pull.readToEnd();
      }
      SocketEvent failed = events.await(Type.HANDSHAKE_FAILED_PROTOCOL);
      assertThat(failed.endpoint()).isEqualTo(bound);
      assertThat(failed.detail()).contains("PULL").contains("PUB");
      assertThat(failed.errno()).isEqualTo(Errno.EPROTO);
      assertThat(failed.value()).isEqualTo(ProtocolError.ZMTP_INVALID_METADATA.number());
      events.await(Type.DISCONNECTED);
      assertThat(events.count(Type.HANDSHAKE_SUCCEEDED)).isZero();
    }

    @Test
    void tellThatThePeerClosed() {
      Socket pull = zmq.socket(PULL);
      Events events = Events.of(pull);
      String bound = pull.bind(Endpoints.TCP);
      try (RawPeer push = RawPeer.connect(bound)) {
        push.send(RawPeer.SIGNATURE);
      }
      SocketEvent failed = events.await(Type.HANDSHAKE_FAILED_NO_DETAIL);
      assertThat(failed.errno()).isIn(Errno.EPIPE, Errno.ECONNRESET);
      events.await(Type.DISCONNECTED);
    }

    @Test
    void tellThatThePeerWasTooSlow() {
      Socket pull = zmq.socket(PULL).set(SocketOptions.HANDSHAKE_IVL, Duration.ofMillis(50));
      Events events = Events.of(pull);
      String bound = pull.bind(Endpoints.TCP);
      try (RawPeer push = RawPeer.connect(bound)) {
        SocketEvent failed = events.await(Type.HANDSHAKE_FAILED_NO_DETAIL);
        assertThat(failed.errno()).isIn(Errno.ETIMEDOUT, Errno.EAGAIN);
        push.readToEnd();
      }
    }

    @Test
    void tellThatThePeerDoesNotSpeakZmtp() {
      Socket rep = zmq.socket(REP);
      Events events = Events.of(rep);
      String bound = rep.bind(Endpoints.TCP);
      try (RawPeer stranger = RawPeer.connect(bound)) {
        stranger.send("FF 0000000000000000 7F 03 00" + "58585858".repeat(13));
        stranger.readToEnd();
      }
      assertThat(events.await(Type.HANDSHAKE_FAILED_PROTOCOL).value())
          .isEqualTo(ProtocolError.ZMTP_MECHANISM_MISMATCH.number());
    }

    @ParameterizedTest
    @CsvSource({
      "04 06 05 48454C4C4F, ZMTP_UNEXPECTED_COMMAND",
      "04 07 05 4552524F52 03, ZMTP_MALFORMED_COMMAND_ERROR",
      "04 08 05 5245414459 09 61, ZMTP_INVALID_METADATA",
      "00 01 61, ZMTP_UNEXPECTED_COMMAND"
    })
    void tellHowThePeerBrokeTheProtocol(String octets, ProtocolError error) {
      Socket rep = zmq.socket(REP);
      Events events = Events.of(rep);
      String bound = rep.bind(Endpoints.TCP);
      try (RawPeer peer = RawPeer.connect(bound)) {
        peer.send(RawPeer.greeting(1)).send(octets);
        peer.readToEnd();
      }
      SocketEvent failed = events.await(Type.HANDSHAKE_FAILED_PROTOCOL);
      assertThat(failed.value()).isEqualTo(error.number());
      assertThat(failed.errno()).isEqualTo(Errno.EPROTO);
    }

    @ParameterizedTest
    @ValueSource(ints = {300, 400, 500})
    void tellTheStatusOfARefusal(int status) {
      Socket rep = zmq.socket(REP);
      Events events = Events.of(rep);
      String bound = rep.bind(Endpoints.TCP);
      try (RawPeer peer = RawPeer.connect(bound)) {
        peer.send(RawPeer.greeting(1));
        byte[] reason = ("\3" + status).getBytes(StandardCharsets.US_ASCII);
        peer.send(RawPeer.command("ERROR", reason));
        peer.readToEnd();
      }
      assertThat(events.await(Type.HANDSHAKE_FAILED_AUTH).value()).isEqualTo(status);
    }
  }

  @Nested
  class Listeners {
    @Test
    void mayBeReplacedAndRemoved() {
      Socket dealer = zmq.socket(DEALER);
      Events first = Events.of(dealer);
      dealer.bind(Endpoints.TCP);
      first.await(Type.LISTENING);
      Events second = Events.of(dealer);
      dealer.bind(Endpoints.TCP);
      second.await(Type.LISTENING);
      first.await(Type.MONITOR_STOPPED);
      assertThat(first.types()).containsExactly(Type.LISTENING, Type.MONITOR_STOPPED);
      dealer.onEvent(null);
      second.await(Type.MONITOR_STOPPED);
      dealer.bind(Endpoints.TCP);
      assertThat(second.types()).containsExactly(Type.LISTENING, Type.MONITOR_STOPPED);
    }

    @Test
    void areCalledOnAThreadOfTheContext() {
      List<String> threads = new CopyOnWriteArrayList<>();
      Socket dealer = zmq.socket(DEALER);
      dealer.onEvent(event -> threads.add(Thread.currentThread().getName()));
      dealer.bind(Endpoints.TCP);
      Await.until("the event", () -> !threads.isEmpty());
      assertThat(threads).allMatch(name -> name.startsWith("niomq-"));
      assertThat(threads).noneMatch(name -> name.startsWith("niomq-io"));
    }

    @Test
    void mayBeSlowWithoutHoldingUpMessages() {
      CountDownLatch hold = new CountDownLatch(1);
      Socket pull = zmq.socket(PULL);
      pull.onEvent(
          event -> {
            try {
              hold.await();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          });
      try {
        Socket push = zmq.connected(PUSH, pull.bind(Endpoints.TCP));
        for (int i = 0; i < 100; i++) {
          push.send("m" + i);
          assertThat(pull.recvString()).isEqualTo("m" + i);
        }
      } finally {
        hold.countDown();
      }
    }

    @Test
    void mayUseTheSocket() {
      Socket dealer = zmq.socket(DEALER);
      dealer.onEvent(
          event -> {
            if (event.type() == Type.HANDSHAKE_SUCCEEDED) {
              dealer.send("welcome");
            }
          });
      Socket peer = zmq.connected(DEALER, dealer.bind(Endpoints.TCP));
      assertThat(peer.recvString()).isEqualTo("welcome");
    }
  }
}
