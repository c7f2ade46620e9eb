package io.niomq.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.niomq.Message;
import io.niomq.ProtocolError;
import io.niomq.Socket;
import io.niomq.SocketEvent;
import io.niomq.SocketOptions;
import io.niomq.SocketType;
import io.niomq.ZapHandler;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** PLAIN and ZAP between NioMQ and libzmq, either side being the one that lets in. */
@ExtendWith({NioMq.class, Libzmq.class})
class PlainTest {
  private ZapHandler handler;

  private void startHandler(NioSockets sockets) {
    handler =
        ZapHandler.start(
            sockets.context(),
            request ->
                request.mechanism().equals("NULL")
                    ? new ZapHandler.Verdict(200, "", "nobody", Map.of("Floor", "3"))
                    : ZapHandler.passwords(Map.of("admin", "secret")).decide(request));
  }

  @AfterEach
  void endHandler() {
    if (handler != null) {
      handler.close();
    }
  }

  private static LibzmqSocket client(LibzmqPeer libzmq, String password) {
    return libzmq
        .socket(SocketType.DEALER)
        .set("PLAIN_USERNAME", "admin")
        .set("PLAIN_PASSWORD", password);
  }

  private static Socket client(NioSockets sockets, String password) {
    return sockets
        .open(SocketType.DEALER)
        .set(SocketOptions.PLAIN_USERNAME, "admin")
        .set(SocketOptions.PLAIN_PASSWORD, password);
  }

  @Test
  void ourServerLetsLibzmqIn(NioSockets sockets, LibzmqPeer libzmq) {
    startHandler(sockets);
    Socket server = sockets.open(SocketType.REP).set(SocketOptions.PLAIN_SERVER, true);
    String endpoint = server.bind(sockets.endpoint(Transport.TCP));
    LibzmqSocket client =
        libzmq
            .socket(SocketType.REQ)
            .set("PLAIN_USERNAME", "admin")
            .set("PLAIN_PASSWORD", "secret");
    client.connect(endpoint);
    client.send("hello");
    Message request = server.recvMessage();
    assertThat(request).isEqualTo(Message.of("hello"));
    assertThat(request.peerProperties().get("User-Id")).isEqualTo("admin");
    server.send("world");
    assertThat(client.recv()).isEqualTo(Message.of("world"));
  }

  @Test
  void ourServerRefusesLibzmq(NioSockets sockets, LibzmqPeer libzmq) {
    startHandler(sockets);
    Socket server = sockets.open(SocketType.ROUTER).set(SocketOptions.PLAIN_SERVER, true);
    Events events = Events.of(server);
    String endpoint = server.bind(sockets.endpoint(Transport.TCP));
    LibzmqSocket client = client(libzmq, "guess");
    client.monitor();
    client.connect(endpoint);
    SocketEvent refused = events.await(SocketEvent.Type.HANDSHAKE_FAILED_AUTH);
    assertThat(refused.value()).isEqualTo(400);
    // libzmq understands its own misspelling only.
    assertThat(client.eventValue("HANDSHAKE_FAILED_PROTOCOL")).isEqualTo(0x10000001);
  }

  @Test
  void libzmqsServerLetsUsIn(NioSockets sockets, LibzmqPeer libzmq) {
    libzmq.ask("authenticate plain admin=secret");
    LibzmqSocket server = libzmq.socket(SocketType.ROUTER).set("PLAIN_SERVER", 1);
    String endpoint = server.bind(sockets.foreignEndpoint(Transport.TCP));
    Socket client = client(sockets, "secret").set(SocketOptions.ROUTING_ID, new byte[] {65});
    client.connect(endpoint);
    client.send("hello");
    assertThat(server.recvProperties("User-Id", "Identity")).isEqualTo("User-Id=admin Identity=A");
    server.send(Message.of("A", "world"));
    assertThat(client.recvString()).isEqualTo("world");
  }

  @Test
  void libzmqsServerRefusesUs(NioSockets sockets, LibzmqPeer libzmq) {
    libzmq.ask("authenticate plain admin=secret");
    LibzmqSocket server = libzmq.socket(SocketType.ROUTER).set("PLAIN_SERVER", 1);
    server.monitor();
    String endpoint = server.bind(sockets.foreignEndpoint(Transport.TCP));
    Socket client = client(sockets, "guess");
    Events events = Events.of(client);
    client.connect(endpoint);
    assertThat(events.await(SocketEvent.Type.HANDSHAKE_FAILED_AUTH).value()).isEqualTo(400);
    assertThat(server.eventValue("HANDSHAKE_FAILED_AUTH")).isEqualTo(400);
  }

  @Test
  void bothMissTheHandlerAlike(NioSockets sockets, LibzmqPeer libzmq) {
    Socket ours = sockets.open(SocketType.ROUTER).set(SocketOptions.PLAIN_SERVER, true);
    Events events = Events.of(ours);
    client(libzmq, "x").connect(ours.bind(sockets.endpoint(Transport.TCP)));
    long value = events.await(SocketEvent.Type.HANDSHAKE_FAILED_NO_DETAIL).value();
    LibzmqSocket theirs = libzmq.socket(SocketType.ROUTER).set("PLAIN_SERVER", 1);
    theirs.monitor();
    client(sockets, "x").connect(theirs.bind(sockets.foreignEndpoint(Transport.TCP)));
    assertThat(theirs.eventValue("HANDSHAKE_FAILED_NO_DETAIL")).isEqualTo((int) value);
  }

  @Test
  void bothCallAnotherMechanismAMismatch(NioSockets sockets, LibzmqPeer libzmq) {
    Socket ours = sockets.open(SocketType.ROUTER);
    Events events = Events.of(ours);
    LibzmqSocket client = client(libzmq, "x");
    client.monitor();
    client.connect(ours.bind(sockets.endpoint(Transport.TCP)));
    // Whoever notices first closes, and the other may learn no more than that.
    SocketEvent failed =
        events.await(
            SocketEvent.Type.HANDSHAKE_FAILED_PROTOCOL,
            SocketEvent.Type.HANDSHAKE_FAILED_NO_DETAIL);
    long value =
        failed.type() == SocketEvent.Type.HANDSHAKE_FAILED_PROTOCOL
            ? failed.value()
            : client.eventValue("HANDSHAKE_FAILED_PROTOCOL");
    assertThat(value).isEqualTo(ProtocolError.ZMTP_MECHANISM_MISMATCH.number());
  }

  @Test
  void nullPeersAreAskedAboutToo(NioSockets sockets, LibzmqPeer libzmq) {
    startHandler(sockets);
    Socket pull = sockets.open(SocketType.PULL).set(SocketOptions.ZAP_DOMAIN, "global");
    LibzmqSocket push = libzmq.socket(SocketType.PUSH);
    push.connect(pull.bind(sockets.endpoint(Transport.IPC)));
    push.send("x");
    Message message = pull.recvMessage();
    assertThat(message.peerProperties().get("User-Id")).isEqualTo("nobody");
    assertThat(message.peerProperties().get("Floor")).isEqualTo("3");
  }

  @Test
  void aRefusalForTheMomentIsTriedAgainByLibzmq(NioSockets sockets, LibzmqPeer libzmq) {
    int[] asked = {0};
    handler =
        ZapHandler.start(
            sockets.context(),
            request -> new ZapHandler.Verdict(asked[0]++ == 0 ? 300 : 200, "", "second", Map.of()));
    Socket pull = sockets.open(SocketType.PULL).set(SocketOptions.ZAP_DOMAIN, "global");
    String endpoint = pull.bind(sockets.endpoint(Transport.TCP));
    LibzmqSocket push = libzmq.socket(SocketType.PUSH).set("RECONNECT_IVL", 10);
    push.connect(endpoint);
    push.send("x");
    Message message = pull.recvMessage(Duration.ofSeconds(20));
    assertThat(message.peerProperties().get("User-Id")).isEqualTo("second");
  }
}
