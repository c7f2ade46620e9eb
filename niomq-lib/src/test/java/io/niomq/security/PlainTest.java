package io.niomq.security;

import static io.niomq.SocketType.DEALER;
import static io.niomq.SocketType.PULL;
import static io.niomq.SocketType.PUSH;
import static io.niomq.SocketType.ROUTER;
import static io.niomq.testing.Octets.hex;
import static io.niomq.testing.Octets.join;
import static io.niomq.testing.Octets.text;
import static io.niomq.testing.Octets.utf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.niomq.Errno;
import io.niomq.Message;
import io.niomq.Socket;
import io.niomq.SocketEvent;
import io.niomq.SocketEvent.Type;
import io.niomq.SocketOptions;
import io.niomq.ZapHandler;
import io.niomq.ZmqArgumentException;
import io.niomq.testing.Endpoints;
import io.niomq.testing.Events;
import io.niomq.testing.NoLeaks;
import io.niomq.testing.RawPeer;
import io.niomq.testing.ShowsOption;
import io.niomq.testing.Sockets;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 24, ZMTP PLAIN. */
@ExtendWith(NoLeaks.class)
class PlainTest {
  @RegisterExtension final Sockets zmq = new Sockets();

  private ZapHandler handler;
  private Socket server;
  private Events events;
  private String endpoint;

  private void bind() {
    server =
        zmq.socket(ROUTER)
            .set(SocketOptions.PLAIN_SERVER, true)
            .set(SocketOptions.ROUTING_ID, utf8("SRV1"))
            .set(SocketOptions.ZAP_DOMAIN, "dom");
    events = Events.of(server);
    endpoint = server.bind(Endpoints.TCP);
  }

  private void startHandler() {
    handler =
        ZapHandler.start(zmq.context(), ZapHandler.passwords(Map.of("admin", "secret", "", "")));
  }

  @AfterEach
  void endHandler() {
    if (handler != null) {
      handler.close();
    }
  }

  private Socket client(String name, String password) {
    return zmq.socket(DEALER)
        .set(SocketOptions.PLAIN_USERNAME, name)
        .set(SocketOptions.PLAIN_PASSWORD, password);
  }

  @Nested
  class BothSides {
    @Test
    @ShowsOption("ZMQ_PLAIN_SERVER")
    @ShowsOption("ZMQ_PLAIN_USERNAME")
    @ShowsOption("ZMQ_PLAIN_PASSWORD")
    void letAPeerInThatKnowsItsPassword() {
      startHandler();
      bind();
      Socket client = client("admin", "secret").set(SocketOptions.ROUTING_ID, utf8("cli"));
      client.connect(endpoint);
      client.send("hello");
      Message request = server.recvMessage();
      assertThat(request).isEqualTo(Message.of("cli", "hello"));
      assertThat(request.peerProperties().get("User-Id")).isEqualTo("admin");
      server.send(Message.of("cli", "world"));
      assertThat(client.recvString()).isEqualTo("world");
      assertThat(client.lastPeerProperties().get("User-Id")).isNull();
      events.await(Type.HANDSHAKE_SUCCEEDED);
    }

    @Test
    void refuseAWrongPasswordForGood() {
      startHandler();
      bind();
      Socket client = client("admin", "guess").set(SocketOptions.RECONNECT_IVL, millis(1));
      Events atClient = Events.of(client);
      client.connect(endpoint);
      SocketEvent refused = atClient.await(Type.HANDSHAKE_FAILED_AUTH);
      assertThat(refused.detail()).contains("400");
      assertThat(events.await(Type.HANDSHAKE_FAILED_AUTH).detail())
          .contains("400", "wrong name or password");
      atClient.await(Type.DISCONNECTED);
      // A good peer is served, and the refused one does not come again.
      Socket good = client("admin", "secret");
      good.connect(endpoint);
      good.send("x");
      server.recvMessage();
      events.await(Type.HANDSHAKE_SUCCEEDED);
      assertThat(events.count(Type.ACCEPTED)).isEqualTo(2);
    }

    @Test
    void allowEmptyNamesAndPasswords() {
      startHandler();
      bind();
      Socket client = zmq.socket(DEALER).set(SocketOptions.PLAIN_PASSWORD, "");
      client.connect(endpoint);
      client.send("x");
      assertThat(server.recvMessage().peerProperties().get("User-Id")).isEmpty();
    }

    @Test
    void refuseEverybodyWhenNobodyDecides() {
      bind();
      Socket client = client("admin", "secret");
      client.connect(endpoint);
      SocketEvent failed = events.await(Type.HANDSHAKE_FAILED_NO_DETAIL);
      assertThat(failed.errno()).isEqualTo(Errno.EFAULT);
      assertThat(failed.detail()).contains("inproc://zeromq.zap.01");
    }

    @Test
    void cannotBothBeClients() {
      Socket pull = zmq.socket(PULL).set(SocketOptions.PLAIN_USERNAME, "a");
      Events atBinder = Events.of(pull);
      Socket push = zmq.socket(PUSH).set(SocketOptions.PLAIN_USERNAME, "b");
      push.connect(pull.bind(Endpoints.TCP));
      assertThat(atBinder.await(Type.HANDSHAKE_FAILED_PROTOCOL).detail()).contains("WELCOME");
    }

    @Test
    void mustUseTheSameMechanism() {
      bind();
      zmq.connected(DEALER, endpoint);
      assertThat(events.await(Type.HANDSHAKE_FAILED_PROTOCOL).detail()).contains("NULL", "PLAIN");
    }
  }

  private static Duration millis(int count) {
    return Duration.ofMillis(count);
  }

  /** vectors.md, 7. */
  @Nested
  class OnTheWire {
    private static final String HELLO = "0413 0548454C4C4F 0561646D696E 06736563726574";
    private static final String WELCOME = "040757454C434F4D45";

    private RawPeer greeted() {
      RawPeer peer = RawPeer.connect(endpoint).send(RawPeer.greeting(1, "PLAIN"));
      assertThat(text(peer.read(64)))
          .startsWith("FF0000000000000005" + "7F" + "0301" + "504C41494E" + "00".repeat(15) + "01");
      return peer;
    }

    @Test
    void theServerSaysWelcomeAndReady() {
      startHandler();
      bind();
      try (RawPeer peer = greeted().send(HELLO)) {
        assertThat(peer.readFrame().hex()).isEqualTo("04 " + WELCOME.substring(2));
        peer.sendCommand(
            "INITIATE",
            join(
                RawPeer.property("Socket-Type", utf8("DEALER")),
                RawPeer.property("Identity", utf8("cli"))));
        assertThat(peer.readFrame().text())
            .isEqualTo("\5READY\13Socket-Type\0\0\0\6ROUTER\10Identity\0\0\0\4SRV1");
        peer.sendMessage("hi");
        assertThat(server.recvMessage()).isEqualTo(Message.of("cli", "hi"));
      }
    }

    @Test
    void theServerTellsARefusalInTheRightSpelling() {
      startHandler();
      bind();
      try (RawPeer peer = greeted()) {
        peer.sendCommand("HELLO", hex("01 61 01 62"));
        assertThat(text(peer.readToEnd())).isEqualTo("040A054552524F5203343030");
      }
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "05 48454C4C4F", // nothing follows
          "05 48454C4C4F 05 6162", // the name ends early
          "05 48454C4C4F 01 61", // no password
          "05 48454C4C4F 01 61 05 62", // the password ends early
          "05 48454C4C4F 01 61 01 62 00", // something follows
          "05 48454C4C50 01 61 01 62", // not HELLO
          "08 494E495449415445", // INITIATE first
          "01", // no name
          "" // nothing at all
        })
    void aMalformedHelloCostsTheConnection(String body) {
      startHandler();
      bind();
      try (RawPeer peer = greeted().send(RawPeer.frame(4, hex(body)))) {
        assertThat(peer.readToEnd()).isEmpty();
        events.await(Type.HANDSHAKE_FAILED_PROTOCOL);
      }
    }

    @Test
    void metadataIsCheckedBeforeReady() {
      startHandler();
      bind();
      try (RawPeer peer = greeted().send(HELLO)) {
        peer.readFrame();
        peer.sendCommand("INITIATE", RawPeer.property("Socket-Type", utf8("PUB")));
        assertThat(peer.readFrame().text()).startsWith("\5ERROR");
        assertThat(events.await(Type.HANDSHAKE_FAILED_PROTOCOL).detail()).contains("PUB");
      }
    }

    @Test
    void theClientSaysHelloAndInitiate() {
      try (RawPeer.Listener listener = RawPeer.listen()) {
        Socket client = client("admin", "secret");
        client.connect(listener.endpoint());
        try (RawPeer peer = listener.accept().send(RawPeer.greeting(1, "PLAIN"))) {
          peer.read(64);
          assertThat(text(peer.read(21))).isEqualTo(text(hex(HELLO)));
          peer.sendCommand("WELCOME", new byte[0]);
          assertThat(peer.readFrame().text())
              .isEqualTo("\10INITIATE\13Socket-Type\0\0\0\6DEALER\10Identity\0\0\0\0");
          peer.send(RawPeer.ready("ROUTER"));
          client.send("hi");
          assertThat(peer.readFrame().text()).isEqualTo("hi");
        }
      }
    }

    /** libzmq 4.3 loses the size and the E of ERROR. */
    @ParameterizedTest
    @ValueSource(strings = {"05 4552524F52 03 343030", "5E 52524F52 03 343030"})
    void theClientUnderstandsBothSpellingsOfError(String body) {
      try (RawPeer.Listener listener = RawPeer.listen()) {
        Socket client = client("admin", "secret");
        Events atClient = Events.of(client);
        client.connect(listener.endpoint());
        try (RawPeer peer = listener.accept().send(RawPeer.greeting(1, "PLAIN"))) {
          peer.read(64);
          peer.readFrame();
          peer.send(RawPeer.frame(4, hex(body)));
          assertThat(atClient.await(Type.HANDSHAKE_FAILED_AUTH).detail()).contains("400");
          assertThat(peer.readToEnd()).isEmpty();
        }
      }
    }

    @Test
    void nothingFollowsInWelcome() {
      try (RawPeer.Listener listener = RawPeer.listen()) {
        Socket client = client("admin", "secret");
        Events atClient = Events.of(client);
        client.connect(listener.endpoint());
        try (RawPeer peer = listener.accept().send(RawPeer.greeting(1, "PLAIN"))) {
          peer.read(64);
          peer.readFrame();
          peer.sendCommand("WELCOME", new byte[1]);
          atClient.await(Type.HANDSHAKE_FAILED_PROTOCOL);
        }
      }
    }

    @ParameterizedTest
    @ValueSource(
        strings = {"01 00", "FF 0000000000000001 7F 01 05", "FF 0000000000000001 7F 00 05"})
    void peersBeforeZmtp3AreRefused(String octets) {
      bind();
      try (RawPeer peer = RawPeer.connect(endpoint).send(octets)) {
        peer.readToEnd();
        assertThat(events.await(Type.HANDSHAKE_FAILED_PROTOCOL).detail()).contains("PLAIN");
      }
    }
  }

  @Nested
  class TheLastOption {
    @Test
    @ShowsOption("ZMQ_MECHANISM")
    void decides() {
      Socket socket = zmq.socket(PULL);
      assertThat(socket.get(SocketOptions.MECHANISM)).isEqualTo(0);
      socket.set(SocketOptions.PLAIN_SERVER, true);
      assertThat(socket.get(SocketOptions.MECHANISM)).isEqualTo(1);
      assertThat(socket.get(SocketOptions.PLAIN_SERVER)).isTrue();
      socket.set(SocketOptions.PLAIN_USERNAME, "a");
      assertThat(socket.get(SocketOptions.MECHANISM)).isEqualTo(1);
      assertThat(socket.get(SocketOptions.PLAIN_SERVER)).isFalse();
      socket.set(SocketOptions.PLAIN_SERVER, false);
      assertThat(socket.get(SocketOptions.MECHANISM)).isEqualTo(0);
      socket.set(SocketOptions.PLAIN_PASSWORD, "b");
      assertThat(socket.get(SocketOptions.MECHANISM)).isEqualTo(1);
      socket.set(SocketOptions.PLAIN_USERNAME, "");
      assertThat(socket.get(SocketOptions.MECHANISM)).isEqualTo(0);
      assertThatThrownBy(() -> socket.set(SocketOptions.MECHANISM, 1))
          .isInstanceOf(ZmqArgumentException.class);
    }

    @Test
    void keepsPasswordsOutOfReports() {
      Socket socket = zmq.socket(PULL).set(SocketOptions.PLAIN_PASSWORD, "s3cret");
      assertThat(socket.get(SocketOptions.PLAIN_PASSWORD)).isEqualTo("s3cret");
      assertThat(socket.options().toString()).doesNotContain("s3cret");
      assertThatThrownBy(() -> socket.set(SocketOptions.PLAIN_PASSWORD, "s3cret".repeat(50)))
          .hasMessageNotContaining("s3cret");
    }
  }
}
