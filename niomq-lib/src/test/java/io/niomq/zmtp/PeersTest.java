package io.niomq.zmtp;

import static org.assertj.core.api.Assertions.assertThat;

import io.niomq.Socket;
import io.niomq.SocketEvent.Type;
import io.niomq.SocketOptions;
import io.niomq.SocketType;
import io.niomq.testing.Await;
import io.niomq.testing.Endpoints;
import io.niomq.testing.Events;
import io.niomq.testing.NoLeaks;
import io.niomq.testing.RawPeer;
import io.niomq.testing.Sockets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** RFC 37, Socket types: who may talk to whom. Checked by the handshake, on both sides. */
@ExtendWith(NoLeaks.class)
class PeersTest {
  /** The table of the specification. */
  private static final Map<SocketType, List<SocketType>> LEGAL =
      Map.ofEntries(
          Map.entry(SocketType.PAIR, List.of(SocketType.PAIR)),
          Map.entry(SocketType.PUB, List.of(SocketType.SUB, SocketType.XSUB)),
          Map.entry(SocketType.SUB, List.of(SocketType.PUB, SocketType.XPUB)),
          Map.entry(SocketType.REQ, List.of(SocketType.REP, SocketType.ROUTER)),
          Map.entry(SocketType.REP, List.of(SocketType.REQ, SocketType.DEALER)),
          Map.entry(
              SocketType.DEALER, List.of(SocketType.REP, SocketType.DEALER, SocketType.ROUTER)),
          Map.entry(
              SocketType.ROUTER, List.of(SocketType.REQ, SocketType.DEALER, SocketType.ROUTER)),
          Map.entry(SocketType.PULL, List.of(SocketType.PUSH)),
          Map.entry(SocketType.PUSH, List.of(SocketType.PULL)),
          Map.entry(SocketType.XPUB, List.of(SocketType.SUB, SocketType.XSUB)),
          Map.entry(SocketType.XSUB, List.of(SocketType.PUB, SocketType.XPUB)),
          Map.entry(SocketType.STREAM, List.of()));

  @RegisterExtension final Sockets zmq = new Sockets();

  @ParameterizedTest
  @EnumSource(SocketType.class)
  void areThoseOfTheTable(SocketType type) {
    assertThat(type.peers()).containsExactlyInAnyOrderElementsOf(LEGAL.get(type));
    for (SocketType peer : type.peers()) {
      assertThat(peer.peers()).contains(type);
    }
  }

  @ParameterizedTest
  @EnumSource(value = SocketType.class, names = "STREAM", mode = EnumSource.Mode.EXCLUDE)
  void legalOnesCompleteTheHandshake(SocketType type) {
    Socket bound = zmq.socket(type);
    Events events = Events.of(bound);
    String endpoint = bound.bind(Endpoints.TCP);
    List<Events> others = new ArrayList<>();
    for (SocketType peer : LEGAL.get(type)) {
      Socket socket = zmq.socket(peer);
      others.add(Events.of(socket));
      socket.connect(endpoint);
    }
    for (Events other : others) {
      other.await(Type.HANDSHAKE_SUCCEEDED);
    }
    events.await(Type.HANDSHAKE_SUCCEEDED, others.size() == 1 ? 1 : 2);
    assertThat(events.count(Type.HANDSHAKE_FAILED_PROTOCOL)).isZero();
  }

  @ParameterizedTest
  @EnumSource(value = SocketType.class, names = "STREAM", mode = EnumSource.Mode.EXCLUDE)
  void othersAreRefusedReportedAndNotTriedAgain(SocketType type) {
    Socket bound = zmq.socket(type);
    Events events = Events.of(bound);
    String endpoint = bound.bind(Endpoints.TCP);
    List<SocketType> illegal =
        Stream.of(SocketType.values())
            .filter(peer -> peer != SocketType.STREAM && !LEGAL.get(type).contains(peer))
            .toList();
    for (SocketType peer : illegal) {
      Socket socket = zmq.socket(peer).set(SocketOptions.RECONNECT_IVL, Duration.ofMillis(1));
      Events other = Events.of(socket);
      socket.connect(endpoint);
      Await.until(
          peer + " and " + type + " part",
          () ->
              other.count(Type.HANDSHAKE_FAILED_PROTOCOL) > 0
                  || other.count(Type.DISCONNECTED) > 0);
      socket.close();
      assertThat(other.count(Type.HANDSHAKE_SUCCEEDED)).isZero();
    }
    Await.until("each is reported", () -> events.count(Type.DISCONNECTED) >= illegal.size());
    assertThat(events.count(Type.HANDSHAKE_FAILED_PROTOCOL)).isPositive();
    assertThat(events.count(Type.HANDSHAKE_SUCCEEDED)).isZero();
  }

  @ParameterizedTest
  @EnumSource(value = SocketType.class, names = "STREAM", mode = EnumSource.Mode.EXCLUDE)
  void anIllegalOneIsNamedByTheSideThatHearsOfIt(SocketType type) {
    Socket bound = zmq.socket(type);
    Events events = Events.of(bound);
    String endpoint = bound.bind(Endpoints.TCP);
    SocketType illegal =
        LEGAL.get(type).contains(SocketType.PULL) ? SocketType.PUB : SocketType.PULL;
    try (RawPeer peer = RawPeer.connect(endpoint)) {
      peer.send(RawPeer.greeting(1));
      peer.read(64);
      peer.send(RawPeer.ready(illegal.name()));
      peer.readToEnd();
    }
    assertThat(events.await(Type.HANDSHAKE_FAILED_PROTOCOL).detail()).contains(illegal.name());
  }

  @Test
  void aRefusalIsFinalForTheConnectingSide() {
    Socket push =
        zmq.socket(SocketType.PUSH).set(SocketOptions.RECONNECT_IVL, Duration.ofMillis(1));
    Events events = Events.of(push);
    try (RawPeer.Listener listener = RawPeer.listen()) {
      push.connect(listener.endpoint());
      try (RawPeer peer = listener.accept()) {
        peer.send(RawPeer.greeting(1));
        peer.read(64);
        peer.send(RawPeer.ready("PUB"));
        peer.readToEnd();
      }
      events.await(Type.HANDSHAKE_FAILED_PROTOCOL);
      events.await(Type.DISCONNECTED);
      assertThat(listener.isConnectedTo(300)).isFalse();
      assertThat(events.count(Type.CONNECT_RETRIED)).isZero();
      assertThat(push.trySend("no endpoint is left")).isFalse();
    }
  }
}
