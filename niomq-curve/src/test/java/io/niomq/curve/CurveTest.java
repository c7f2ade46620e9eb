package io.niomq.curve;

import static io.niomq.SocketType.DEALER;
import static io.niomq.SocketType.PUB;
import static io.niomq.SocketType.PULL;
import static io.niomq.SocketType.PUSH;
import static io.niomq.SocketType.REP;
import static io.niomq.SocketType.REQ;
import static io.niomq.SocketType.ROUTER;
import static io.niomq.SocketType.STREAM;
import static io.niomq.SocketType.SUB;
import static io.niomq.testing.Octets.utf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.niomq.Errno;
import io.niomq.Message;
import io.niomq.Socket;
import io.niomq.SocketEvent.Type;
import io.niomq.SocketOptions;
import io.niomq.SocketType;
import io.niomq.Z85;
import io.niomq.ZapHandler;
import io.niomq.ZmqArgumentException;
import io.niomq.testing.Await;
import io.niomq.testing.Cores;
import io.niomq.testing.Endpoints;
import io.niomq.testing.Events;
import io.niomq.testing.NoLeaks;
import io.niomq.testing.Octets;
import io.niomq.testing.RawPeer;
import io.niomq.testing.ShowsOption;
import io.niomq.testing.Sockets;
import io.niomq.testing.Task;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 26, CurveZMQ, between sockets. */
@ExtendWith(NoLeaks.class)
class CurveTest {
  @RegisterExtension final Sockets zmq = new Sockets();

  private final Curve.KeyPair serverKeys = Curve.keyPair();
  private final Curve.KeyPair clientKeys = Curve.keyPair();
  private ZapHandler handler;

  @AfterEach
  void endHandler() {
    if (handler != null) {
      handler.close();
    }
  }

  private Socket server(SocketType type) {
    return zmq.socket(type)
        .set(SocketOptions.CURVE_SERVER, true)
        .set(SocketOptions.CURVE_SECRETKEY, serverKeys.secretKey());
  }

  private Socket client(SocketType type) {
    return zmq.socket(type)
        .set(SocketOptions.CURVE_SERVERKEY, serverKeys.publicKey())
        .set(SocketOptions.CURVE_PUBLICKEY, clientKeys.publicKey())
        .set(SocketOptions.CURVE_SECRETKEY, clientKeys.secretKey());
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  @Nested
  class Traffic {
    @Test
    @ShowsOption("ZMQ_CURVE_SERVER")
    @ShowsOption("ZMQ_CURVE_SECRETKEY")
    @ShowsOption("ZMQ_CURVE_SERVERKEY")
    void goesBothWays() {
      Socket rep = server(REP);
      Socket req = client(REQ);
      req.connect(rep.bind(Endpoints.TCP));
      for (int i = 0; i < 100; i++) {
        req.send("ping " + i);
        assertThat(rep.recvString()).isEqualTo("ping " + i);
        rep.send("pong " + i);
        assertThat(req.recvString()).isEqualTo("pong " + i);
      }
    }

    /** CURVE adds the most to a handshake, and REQ its routing id. */
    @Test
    void beginsWithAsManyPropertiesAsAreAllowed() {
      Socket rep = server(REP);
      String property = "X-a:" + "a".repeat(61440 - 1 - 3 - 4);
      Socket req =
          client(REQ)
              .set(SocketOptions.ROUTING_ID, new byte[255])
              .set(SocketOptions.METADATA, property);
      req.connect(rep.bind(Endpoints.TCP));
      req.send("ping");
      assertThat("X-a:" + rep.recvMessage().peerProperties().get("X-a")).isEqualTo(property);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 222, 223, 224, 255, 256, 8192, 65536, 1 << 20, 5 << 20})
    void carriesMessagesOfAnySize(int size) {
      Socket pull = server(PULL);
      Socket push = client(PUSH);
      push.connect(pull.bind(Endpoints.TCP));
      byte[] body = Octets.random(size, size);
      push.send(body);
      push.send(Message.of(body, utf8("and"), body));
      assertThat(pull.recv()).isEqualTo(body);
      assertThat(pull.recvMessage()).isEqualTo(Message.of(body, utf8("and"), body));
    }

    @Test
    void keepsItsOrderUnderLoadOverIpc() {
      Socket pull = server(PULL);
      Socket push = client(PUSH);
      push.connect(pull.bind(Endpoints.ipc()));
      Task<Void> sender =
          Task.run(
              () -> {
                for (int i = 0; i < 50_000; i++) {
                  push.send(Octets.number(i));
                }
              });
      for (int i = 0; i < 50_000; i++) {
        assertThat(Octets.number(pull.recv())).isEqualTo(i);
      }
      sender.result();
    }

    @Test
    void reachesSubscribers() {
      Socket pub = server(PUB);
      Socket sub = client(SUB);
      sub.subscribe("a");
      sub.connect(pub.bind(Endpoints.TCP));
      Await.until(
          "the subscription arrives",
          () -> {
            pub.send("a0");
            return sub.tryRecv() != null;
          });
      pub.send("b1");
      pub.send("a1");
      String next = sub.recvString();
      while (next.equals("a0")) {
        next = sub.recvString();
      }
      assertThat(next).isEqualTo("a1");
    }

    @Test
    void hidesWhatIsSent() {
      try (RawPeer.Listener listener = RawPeer.listen()) {
        Socket push = client(PUSH);
        push.connect(listener.endpoint());
        push.send("the secret");
        try (RawPeer spy = listener.accept().send(RawPeer.greeting(1, "CURVE"))) {
          spy.read(64);
          RawPeer.Frame hello = spy.readFrame();
          assertThat(hello.body()).hasSize(200);
          assertThat(hello.text()).startsWith("\5HELLO\1\0");
          assertThat(spy.isSilent(50)).isTrue();
        }
      }
    }

    @Test
    void goesOnAfterTheServerCameAgain() {
      String endpoint = Endpoints.freeTcp();
      Socket push = client(PUSH).set(SocketOptions.RECONNECT_IVL, Duration.ofMillis(10));
      push.connect(endpoint);
      for (int i = 0; i < 3; i++) {
        Socket pull = server(PULL);
        pull.bind(endpoint);
        push.send("round " + i);
        assertThat(pull.recvString()).isEqualTo("round " + i);
        Events events = Events.of(push);
        pull.close();
        events.await(Type.DISCONNECTED);
      }
    }

    @Test
    void givesItsMemoryBackAfterABurst() {
      Socket pull = server(PULL);
      Socket push = client(PUSH);
      push.connect(pull.bind(Endpoints.TCP));
      for (int round = 0; round < 2; round++) {
        Task<Void> sender =
            Task.run(
                () -> {
                  for (int i = 0; i < 3000; i++) {
                    push.send(new byte[i % 997 == 0 ? 100_000 : 4 + i % 300]);
                  }
                });
        for (int i = 0; i < 3000; i++) {
          assertThat(pull.recv()).hasSize(i % 997 == 0 ? 100_000 : 4 + i % 300);
        }
        sender.result();
        Await.until("no memory in use", () -> Cores.of(zmq.context()).memoryInUse() == 0);
      }
    }

    @Test
    void beatsWithinTheBoxes() throws Exception {
      Await.oneInTime(this::beat);
    }

    private void beat() {
      Socket pull = beating(server(PULL));
      Events events = Events.of(pull);
      Socket push = beating(client(PUSH));
      push.connect(pull.bind(Endpoints.TCP));
      push.send("x");
      pull.recv();
      assertThat(pull.recv(Duration.ofMillis(300))).isNull();
      assertThat(events.count(Type.DISCONNECTED)).isZero();
      push.send("y");
      assertThat(pull.recvString()).isEqualTo("y");
    }

    /** Does not bear a silence of 100 ms. */
    private Socket beating(Socket socket) {
      return socket
          .set(SocketOptions.HEARTBEAT_IVL, Duration.ofMillis(10))
          .set(SocketOptions.HEARTBEAT_TIMEOUT, Duration.ofMillis(100));
    }
  }

  @Nested
  class Keys {
    @Test
    @ShowsOption("ZMQ_CURVE_PUBLICKEY")
    void mayBeGivenAsText() {
      Socket pull =
          zmq.socket(PULL)
              .set(SocketOptions.CURVE_SERVER, true)
              .set(SocketOptions.CURVE_SECRETKEY, ascii(serverKeys.secretText()));
      Socket push =
          zmq.socket(PUSH)
              .set(SocketOptions.CURVE_SERVERKEY, ascii(serverKeys.publicText()))
              .set(SocketOptions.CURVE_PUBLICKEY, ascii(clientKeys.publicText() + "\0"))
              .set(SocketOptions.CURVE_SECRETKEY, ascii(clientKeys.secretText()));
      assertThat(push.get(SocketOptions.CURVE_PUBLICKEY)).isEqualTo(clientKeys.publicKey());
      push.connect(pull.bind(Endpoints.TCP));
      push.send("x");
      assertThat(pull.recvString()).isEqualTo("x");
    }

    @Test
    void thatAreNoneAreRefused() {
      Socket socket = zmq.socket(PULL);
      for (byte[] bad :
          new byte[][] {new byte[0], new byte[31], new byte[33], ascii("~".repeat(40))}) {
        assertThatThrownBy(() -> socket.set(SocketOptions.CURVE_SERVERKEY, bad))
            .isInstanceOfSatisfying(
                ZmqArgumentException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EINVAL))
            .hasMessageContaining("32 octets");
      }
    }

    @Test
    void thatAreMissingAreMissedAtOnce() {
      Socket server = zmq.socket(PULL).set(SocketOptions.CURVE_SERVER, true);
      assertThatThrownBy(() -> server.bind(Endpoints.TCP))
          .isInstanceOf(ZmqArgumentException.class)
          .hasMessageContaining("ZMQ_CURVE_SECRETKEY");
      Socket client = zmq.socket(PUSH).set(SocketOptions.CURVE_SECRETKEY, clientKeys.secretKey());
      assertThatThrownBy(() -> client.connect("tcp://127.0.0.1:9"))
          .isInstanceOf(ZmqArgumentException.class)
          .hasMessageContaining("ZMQ_CURVE_SERVERKEY");
    }

    /** No handshake, no mechanism: over inproc, and where connections are plain. */
    @Test
    void thatAreMissingAreNotMissedByThoseWhoUseNoMechanism() {
      String endpoint = Endpoints.inproc();
      zmq.socket(PULL).set(SocketOptions.CURVE_SERVER, true).bind(endpoint);
      Socket push = zmq.socket(PUSH).set(SocketOptions.CURVE_SECRETKEY, clientKeys.secretKey());
      push.connect(endpoint);
      push.send("x");

      Socket stream = zmq.socket(STREAM).set(SocketOptions.CURVE_SERVER, true);
      Socket router =
          zmq.socket(ROUTER)
              .set(SocketOptions.ROUTER_RAW, true)
              .set(SocketOptions.CURVE_SECRETKEY, clientKeys.secretKey());
      router.connect(stream.bind(Endpoints.TCP));
      assertThat(stream.recvMessage().frameCount()).isEqualTo(2); // a notice that it has come
    }

    @Test
    void thatDoNotBelongTogetherAreRefused() {
      Socket client = client(PUSH).set(SocketOptions.CURVE_PUBLICKEY, serverKeys.publicKey());
      assertThatThrownBy(() -> client.connect("tcp://127.0.0.1:9"))
          .isInstanceOf(ZmqArgumentException.class)
          .hasMessageContaining("does not belong");
    }

    @Test
    void areKeptOutOfReports() {
      Socket socket = server(PULL);
      assertThat(socket.options()).doesNotContainKey(SocketOptions.CURVE_SECRETKEY);
      assertThat(serverKeys.toString()).doesNotContain(serverKeys.secretText());
    }

    @Test
    void areNewEachTime() {
      assertThat(Curve.keyPair().secretKey()).isNotEqualTo(Curve.keyPair().secretKey());
      assertThat(Curve.publicKey(clientKeys.secretKey())).isEqualTo(clientKeys.publicKey());
      assertThat(Z85.decode(clientKeys.publicText())).isEqualTo(clientKeys.publicKey());
    }
  }

  @Nested
  class TheLastOption {
    @Test
    @ShowsOption("ZMQ_MECHANISM")
    void decides() {
      Socket socket = zmq.socket(PULL).set(SocketOptions.CURVE_SERVER, true);
      assertThat(socket.get(SocketOptions.MECHANISM)).isEqualTo(2);
      socket.set(SocketOptions.PLAIN_USERNAME, "a");
      assertThat(socket.get(SocketOptions.MECHANISM)).isEqualTo(1);
      assertThat(socket.get(SocketOptions.CURVE_SERVER)).isFalse();
      socket.set(SocketOptions.CURVE_SERVER, true);
      socket.set(SocketOptions.CURVE_SECRETKEY, serverKeys.secretKey());
      assertThat(socket.get(SocketOptions.CURVE_SERVER)).isTrue();
      socket.set(SocketOptions.CURVE_SERVERKEY, serverKeys.publicKey());
      assertThat(socket.get(SocketOptions.CURVE_SERVER)).isFalse();
      assertThat(socket.get(SocketOptions.MECHANISM)).isEqualTo(2);
      socket.set(SocketOptions.CURVE_SERVER, false);
      assertThat(socket.get(SocketOptions.MECHANISM)).isZero();
    }
  }

  @Nested
  class Authentication {
    @Test
    void isByPublicKey() {
      handler =
          ZapHandler.start(zmq.context(), ZapHandler.publicKeys(List.of(clientKeys.publicKey())));
      Socket pull = server(PULL);
      Events events = Events.of(pull);
      String endpoint = pull.bind(Endpoints.TCP);
      Socket push = client(PUSH);
      push.connect(endpoint);
      push.send("x");
      Message message = pull.recvMessage();
      assertThat(message.peerProperties().get("User-Id")).isEqualTo(clientKeys.publicText());

      Socket stranger =
          zmq.socket(PUSH)
              .set(SocketOptions.CURVE_SERVERKEY, serverKeys.publicKey())
              .set(SocketOptions.CURVE_SECRETKEY, Curve.keyPair().secretKey());
      Events atStranger = Events.of(stranger);
      stranger.connect(endpoint);
      assertThat(events.await(Type.HANDSHAKE_FAILED_AUTH).value()).isEqualTo(400);
      assertThat(atStranger.await(Type.HANDSHAKE_FAILED_AUTH).value()).isEqualTo(400);
    }

    @Test
    void isNotAskedForWithAnEnforcedDomainThatIsEmpty() {
      handler = ZapHandler.start(zmq.context(), request -> ZapHandler.Verdict.refuse("nobody"));
      Socket pull = server(PULL).set(SocketOptions.ZAP_ENFORCE_DOMAIN, true);
      Socket push = client(PUSH);
      push.connect(pull.bind(Endpoints.TCP));
      push.send("x");
      assertThat(pull.recvString()).isEqualTo("x");
    }

    @Test
    void isMissedWithAnEnforcedDomainOnly() {
      Socket pull = server(PULL).set(SocketOptions.ZAP_DOMAIN, "d");
      Socket push = client(PUSH);
      push.connect(pull.bind(Endpoints.TCP));
      push.send("x");
      assertThat(pull.recvString()).isEqualTo("x");
      Socket strict =
          server(PULL)
              .set(SocketOptions.ZAP_DOMAIN, "d")
              .set(SocketOptions.ZAP_ENFORCE_DOMAIN, true);
      Events events = Events.of(strict);
      client(PUSH).connect(strict.bind(Endpoints.TCP));
      assertThat(events.await(Type.HANDSHAKE_FAILED_NO_DETAIL).errno()).isEqualTo(Errno.EFAULT);
    }

    @Test
    void ofTheServerIsByItsKey() {
      Socket pull = server(PULL);
      Events events = Events.of(pull);
      Socket push =
          zmq.socket(PUSH)
              .set(SocketOptions.CURVE_SERVERKEY, Curve.keyPair().publicKey())
              .set(SocketOptions.CURVE_SECRETKEY, clientKeys.secretKey());
      push.connect(pull.bind(Endpoints.TCP));
      push.send("for another server");
      events.await(Type.HANDSHAKE_FAILED_PROTOCOL);
      assertThat(pull.tryRecv()).isNull();
    }

    @Test
    void keepsPlainPeersAway() {
      Socket server = server(DEALER);
      Events events = Events.of(server);
      Socket client = zmq.socket(DEALER).set(SocketOptions.PLAIN_USERNAME, "a");
      client.connect(server.bind(Endpoints.TCP));
      assertThat(events.await(Type.HANDSHAKE_FAILED_PROTOCOL).detail()).contains("PLAIN", "CURVE");
    }
  }
}
