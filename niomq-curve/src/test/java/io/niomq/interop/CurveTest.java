package io.niomq.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.niomq.Message;
import io.niomq.Socket;
import io.niomq.SocketEvent;
import io.niomq.SocketOptions;
import io.niomq.SocketType;
import io.niomq.ZapHandler;
import io.niomq.curve.Curve;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** CURVE between NioMQ and libzmq, in both roles. */
@ExtendWith({NioMq.class, Libzmq.class})
class CurveTest {
  private final Curve.KeyPair serverKeys = Curve.keyPair();
  private final Curve.KeyPair clientKeys = Curve.keyPair();
  private ZapHandler handler;

  @AfterEach
  void endHandler() {
    if (handler != null) {
      handler.close();
    }
  }

  private Socket server(NioSockets sockets, SocketType type) {
    return sockets
        .open(type)
        .set(SocketOptions.CURVE_SERVER, true)
        .set(SocketOptions.CURVE_SECRETKEY, serverKeys.secretKey());
  }

  private Socket client(NioSockets sockets, SocketType type) {
    return sockets
        .open(type)
        .set(SocketOptions.CURVE_SERVERKEY, serverKeys.publicKey())
        .set(SocketOptions.CURVE_SECRETKEY, clientKeys.secretKey());
  }

  private LibzmqSocket server(LibzmqPeer libzmq, SocketType type) {
    return libzmq
        .socket(type)
        .set("CURVE_SERVER", 1)
        .set("CURVE_SECRETKEY", serverKeys.secretText());
  }

  private LibzmqSocket client(LibzmqPeer libzmq, SocketType type) {
    return libzmq
        .socket(type)
        .set("CURVE_SERVERKEY", serverKeys.publicText())
        .set("CURVE_PUBLICKEY", clientKeys.publicText())
        .set("CURVE_SECRETKEY", clientKeys.secretText());
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void ourServerTalksToLibzmq(Transport transport, NioSockets sockets, LibzmqPeer libzmq) {
    Socket rep = server(sockets, SocketType.REP);
    LibzmqSocket req = client(libzmq, SocketType.REQ);
    req.connect(rep.bind(sockets.endpoint(transport)));
    for (int i = 0; i < 20; i++) {
      req.send(Message.of("a", "", "" + i));
      assertThat(rep.recvMessage()).isEqualTo(Message.of("a", "", "" + i));
      rep.send(Message.of("b", "" + i));
      assertThat(req.recv()).isEqualTo(Message.of("b", "" + i));
    }
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void ourClientTalksToLibzmq(Transport transport, NioSockets sockets, LibzmqPeer libzmq) {
    LibzmqSocket rep = server(libzmq, SocketType.REP);
    Socket req = client(sockets, SocketType.REQ);
    req.connect(rep.bind(sockets.foreignEndpoint(transport)));
    for (int i = 0; i < 20; i++) {
      req.send(Message.of("a", "", "" + i));
      assertThat(rep.recv()).isEqualTo(Message.of("a", "", "" + i));
      rep.send(Message.of("b", "" + i));
      assertThat(req.recvMessage()).isEqualTo(Message.of("b", "" + i));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {16, 300, 60_000})
  void manyMessagesComeInOrder(int size, NioSockets sockets, LibzmqPeer libzmq) {
    int count = size > 1000 ? 200 : 5000;
    Socket pull = server(sockets, SocketType.PULL);
    LibzmqSocket push = client(libzmq, SocketType.PUSH);
    push.connect(pull.bind(sockets.endpoint(Transport.TCP)));
    push.beginSendNumbered(0, count, size);
    for (int i = 0; i < count; i++) {
      assertThat(pull.recv()).isEqualTo(Generated.body(i, size));
    }
    libzmq.finish();

    LibzmqSocket theirs = server(libzmq, SocketType.PULL);
    Socket ours = client(sockets, SocketType.PUSH);
    ours.connect(theirs.bind(sockets.foreignEndpoint(Transport.TCP)));
    theirs.beginRecvNumbered(0, count, size, 0);
    for (int i = 0; i < count; i++) {
      ours.send(Generated.body(i, size));
    }
    libzmq.finish();
  }

  @Test
  void subscriptionsGoBothWays(NioSockets sockets, LibzmqPeer libzmq) {
    Socket xpub = server(sockets, SocketType.XPUB);
    LibzmqSocket sub = client(libzmq, SocketType.SUB);
    sub.subscribe("news");
    sub.connect(xpub.bind(sockets.endpoint(Transport.TCP)));
    assertThat(xpub.recvMessage()).isEqualTo(Message.of("\1news"));
    xpub.send("other");
    xpub.send("news 1");
    assertThat(sub.recv()).isEqualTo(Message.of("news 1"));
    sub.unsubscribe("news");
    assertThat(xpub.recvMessage()).isEqualTo(Message.of("\0news"));

    LibzmqSocket theirs = server(libzmq, SocketType.XPUB);
    Socket ours = client(sockets, SocketType.SUB).subscribe("news");
    ours.connect(theirs.bind(sockets.foreignEndpoint(Transport.TCP)));
    assertThat(theirs.recv()).isEqualTo(Message.of("\1news"));
    theirs.send("other");
    theirs.send("news 2");
    assertThat(ours.recvString()).isEqualTo("news 2");
    ours.unsubscribe("news");
    assertThat(theirs.recv()).isEqualTo(Message.of("\0news"));
  }

  @Test
  void heartbeatsGoBothWays(NioSockets sockets, LibzmqPeer libzmq) {
    Socket pull = server(sockets, SocketType.PULL);
    List<SocketEvent> events = new CopyOnWriteArrayList<>();
    pull.onEvent(events::add);
    LibzmqSocket push =
        client(libzmq, SocketType.PUSH).set("HEARTBEAT_IVL", 20).set("HEARTBEAT_TIMEOUT", 2000);
    pull.set(SocketOptions.HEARTBEAT_IVL, Duration.ofMillis(20))
        .set(SocketOptions.HEARTBEAT_TIMEOUT, Duration.ofSeconds(2));
    push.connect(pull.bind(sockets.endpoint(Transport.TCP)));
    push.send("x");
    assertThat(pull.recvString()).isEqualTo("x");
    assertThat(pull.recv(Duration.ofMillis(300))).isNull();
    push.send("y");
    assertThat(pull.recvString()).isEqualTo("y");
    assertThat(events).noneMatch(e -> e.type() == SocketEvent.Type.DISCONNECTED);
  }

  @Test
  void ourHandlerKnowsTheirKey(NioSockets sockets, LibzmqPeer libzmq) {
    handler =
        ZapHandler.start(sockets.context(), ZapHandler.publicKeys(List.of(clientKeys.publicKey())));
    Socket pull = server(sockets, SocketType.PULL);
    Events events = Events.of(pull);
    String endpoint = pull.bind(sockets.endpoint(Transport.TCP));
    LibzmqSocket push = client(libzmq, SocketType.PUSH);
    push.connect(endpoint);
    push.send("x");
    assertThat(pull.recvMessage().peerProperties().get("User-Id"))
        .isEqualTo(clientKeys.publicText());

    Curve.KeyPair unknown = Curve.keyPair();
    LibzmqSocket stranger =
        client(libzmq, SocketType.PUSH)
            .set("CURVE_PUBLICKEY", unknown.publicText())
            .set("CURVE_SECRETKEY", unknown.secretText());
    stranger.monitor();
    stranger.connect(endpoint);
    assertThat(events.await(SocketEvent.Type.HANDSHAKE_FAILED_AUTH).value()).isEqualTo(400);
    assertThat(stranger.eventValue("HANDSHAKE_FAILED_AUTH")).isEqualTo(400);
  }

  @Test
  void theirHandlerKnowsOurKey(NioSockets sockets, LibzmqPeer libzmq) {
    libzmq.ask("authenticate curve " + clientKeys.publicText());
    LibzmqSocket pull = server(libzmq, SocketType.PULL);
    String endpoint = pull.bind(sockets.foreignEndpoint(Transport.TCP));
    Socket push = client(sockets, SocketType.PUSH);
    push.connect(endpoint);
    push.send("x");
    assertThat(pull.recv()).isEqualTo(Message.of("x"));

    Socket stranger =
        client(sockets, SocketType.PUSH)
            .set(SocketOptions.CURVE_SECRETKEY, Curve.keyPair().secretKey());
    Events events = Events.of(stranger);
    stranger.connect(endpoint);
    assertThat(events.await(SocketEvent.Type.HANDSHAKE_FAILED_AUTH).value()).isEqualTo(400);
  }

  @Test
  void bothCallAWrongServerKeyCryptographic(NioSockets sockets, LibzmqPeer libzmq) {
    Socket ours = server(sockets, SocketType.PULL);
    Events events = Events.of(ours);
    client(libzmq, SocketType.PUSH)
        .set("CURVE_SERVERKEY", Curve.keyPair().publicText())
        .connect(ours.bind(sockets.endpoint(Transport.TCP)));
    long value = events.await(SocketEvent.Type.HANDSHAKE_FAILED_PROTOCOL).value();
    LibzmqSocket theirs = server(libzmq, SocketType.PULL);
    theirs.monitor();
    client(sockets, SocketType.PUSH)
        .set(SocketOptions.CURVE_SERVERKEY, Curve.keyPair().publicKey())
        .connect(theirs.bind(sockets.foreignEndpoint(Transport.TCP)));
    assertThat(theirs.eventValue("HANDSHAKE_FAILED_PROTOCOL")).isEqualTo((int) value);
  }
}
