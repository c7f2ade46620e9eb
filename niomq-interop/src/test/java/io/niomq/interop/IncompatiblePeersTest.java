package io.niomq.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.niomq.Message;
import io.niomq.Socket;
import io.niomq.SocketEvent;
import io.niomq.SocketOptions;
import io.niomq.SocketType;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Peers of a type that a socket cannot talk to: they are refused at the handshake and reported, no
 * message flows, and the socket's other peers notice nothing. libzmq refuses silently; NioMQ sends
 * ERROR first, as RFC 37 asks.
 */
@ExtendWith({NioMq.class, Libzmq.class})
class IncompatiblePeersTest {

  static Stream<Arguments> illegalPairs() {
    return zmtpTypes()
        .flatMap(
            ours ->
                zmtpTypes()
                    .filter(theirs -> !ours.peers().contains(theirs))
                    .map(theirs -> Arguments.of(ours, theirs)));
  }

  private static Stream<SocketType> zmtpTypes() {
    return Stream.of(SocketType.values()).filter(type -> type != SocketType.STREAM);
  }

  @ParameterizedTest(name = "libzmq {1} connects to NioMQ {0}")
  @MethodSource("illegalPairs")
  void areRefusedWhenTheyConnect(
      SocketType ours, SocketType theirs, NioSockets sockets, LibzmqPeer libzmq) {
    Socket socket = sockets.open(ours);
    Events events = Events.of(socket);
    String endpoint = socket.bind(sockets.endpoint(Transport.TCP));
    LibzmqSocket stranger = libzmq.socket(theirs);
    stranger.connect(endpoint);
    offer(stranger);
    SocketEvent refused = awaitRefusal(events);
    if (refused.type() == SocketEvent.Type.HANDSHAKE_FAILED_PROTOCOL) {
      assertThat(refused.detail()).contains(ours.name(), theirs.name());
    }
    events.await(SocketEvent.Type.DISCONNECTED);
    if (ours.canReceive() && ours != SocketType.REQ) {
      assertThat(socket.tryRecvMessage()).isNull();
    }
  }

  @ParameterizedTest(name = "NioMQ {0} connects to libzmq {1}")
  @MethodSource("illegalPairs")
  void areRefusedWhenWeConnect(
      SocketType ours, SocketType theirs, NioSockets sockets, LibzmqPeer libzmq) {
    LibzmqSocket stranger = libzmq.socket(theirs);
    String endpoint = stranger.bind(sockets.foreignEndpoint(Transport.IPC));
    Socket socket = sockets.open(ours).set(SocketOptions.RECONNECT_IVL, Duration.ofMillis(1));
    Events events = Events.of(socket);
    socket.connect(endpoint);
    // Where libzmq is the first to refuse, we try again until we learn why.
    SocketEvent refused = events.await(SocketEvent.Type.HANDSHAKE_FAILED_PROTOCOL);
    assertThat(refused.endpoint()).isEqualTo(endpoint);
    assertThat(refused.detail()).contains(ours.name(), theirs.name());
    events.await(SocketEvent.Type.DISCONNECTED);
  }

  /** libzmq may be the first to refuse, and then closes before it has told its type. */
  private static SocketEvent awaitRefusal(Events events) {
    return events.await(
        SocketEvent.Type.HANDSHAKE_FAILED_PROTOCOL, SocketEvent.Type.HANDSHAKE_FAILED_NO_DETAIL);
  }

  /** Sends something if this type sends without being asked. */
  private static void offer(LibzmqSocket socket) {
    switch (socket.type()) {
      case PUSH, DEALER, PAIR, REQ, PUB, XPUB, XSUB -> socket.trySend(Message.of("unwanted"));
      default -> {
        // it has nothing to send
      }
    }
  }

  @Test
  void doNotDisturbAPuller(NioSockets sockets, LibzmqPeer libzmq) {
    Socket pull = sockets.open(SocketType.PULL);
    Events events = Events.of(pull);
    String endpoint = pull.bind(sockets.endpoint(Transport.TCP));
    LibzmqSocket push = libzmq.socket(SocketType.PUSH);
    push.connect(endpoint);
    push.send("before");
    assertThat(pull.recvString()).isEqualTo("before");
    for (SocketType type : new SocketType[] {SocketType.REQ, SocketType.PUB, SocketType.PAIR}) {
      LibzmqSocket stranger = libzmq.socket(type);
      stranger.connect(endpoint);
      offer(stranger);
      push.send("meanwhile");
      awaitRefusal(events);
      push.send("after");
      assertThat(pull.recvString()).isEqualTo("meanwhile");
      assertThat(pull.recvString()).isEqualTo("after");
    }
    assertThat(pull.tryRecv()).isNull();
  }

  @Test
  void doNotDisturbAPusher(NioSockets sockets, LibzmqPeer libzmq) {
    LibzmqSocket stranger = libzmq.socket(SocketType.PUB);
    LibzmqSocket pull = libzmq.socket(SocketType.PULL);
    Socket push = sockets.open(SocketType.PUSH).set(SocketOptions.IMMEDIATE, true);
    Events events = Events.of(push);
    push.connect(stranger.bind(sockets.foreignEndpoint(Transport.TCP)));
    push.connect(pull.bind(sockets.foreignEndpoint(Transport.TCP)));
    awaitRefusal(events);
    for (int i = 0; i < 100; i++) {
      push.send("" + i); // none goes to the publisher
    }
    for (int i = 0; i < 100; i++) {
      assertThat(pull.recv()).isEqualTo(Message.of("" + i));
    }
  }

  @Test
  void doNotDisturbARouter(NioSockets sockets, LibzmqPeer libzmq) {
    Socket router = sockets.open(SocketType.ROUTER);
    Events events = Events.of(router);
    String endpoint = router.bind(sockets.endpoint(Transport.TCP));
    LibzmqSocket dealer = libzmq.socket(SocketType.DEALER);
    dealer.name("good");
    dealer.connect(endpoint);
    dealer.send("1");
    assertThat(router.recvMessage()).isEqualTo(Message.of("good", "1"));
    for (int i = 0; i < 10; i++) {
      LibzmqSocket stranger = libzmq.socket(SocketType.PUSH);
      stranger.connect(endpoint);
      offer(stranger);
      awaitRefusal(events);
      router.send(Message.of("good", "still there?"));
      assertThat(dealer.recv()).isEqualTo(Message.of("still there?"));
    }
    dealer.send("2");
    assertThat(router.recvMessage()).isEqualTo(Message.of("good", "2"));
  }

  @Test
  void doNotDisturbAPublisher(NioSockets sockets, LibzmqPeer libzmq) {
    Socket pub = sockets.open(SocketType.XPUB);
    Events events = Events.of(pub);
    String endpoint = pub.bind(sockets.endpoint(Transport.TCP));
    LibzmqSocket sub = libzmq.socket(SocketType.SUB);
    sub.subscribe("");
    sub.connect(endpoint);
    assertThat(pub.recvMessage()).isEqualTo(Message.of("\u0001"));
    LibzmqSocket stranger = libzmq.socket(SocketType.PULL);
    stranger.connect(endpoint);
    awaitRefusal(events);
    pub.send("news");
    assertThat(sub.recv()).isEqualTo(Message.of("news"));
    assertThat(stranger.recv(Duration.ZERO)).isNull();
    assertThat(pub.drops()).isEmpty();
  }

  @Test
  void includeASecondPairPeer(NioSockets sockets, LibzmqPeer libzmq) {
    Socket pair = sockets.open(SocketType.PAIR);
    String endpoint = pair.bind(sockets.endpoint(Transport.TCP));
    LibzmqSocket first = libzmq.socket(SocketType.PAIR);
    first.connect(endpoint);
    first.send("hello");
    assertThat(pair.recvString()).isEqualTo("hello");
    Events events = Events.of(pair);
    LibzmqSocket second = libzmq.socket(SocketType.PAIR).set("RECONNECT_IVL", -1);
    second.connect(endpoint);
    second.trySend(Message.of("me too"));
    events.await(SocketEvent.Type.ACCEPTED);
    for (int i = 0; i < 50; i++) {
      pair.send("to the first");
      assertThat(first.recv()).isEqualTo(Message.of("to the first"));
      first.send("from the first");
      assertThat(pair.recvString()).isEqualTo("from the first");
    }
    assertThat(pair.tryRecv()).isNull();
    assertThat(second.recv(Duration.ZERO)).isNull();
  }
}
