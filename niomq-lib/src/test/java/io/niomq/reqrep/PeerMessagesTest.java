package io.niomq.reqrep;

import static io.niomq.SocketType.DEALER;
import static io.niomq.SocketType.PUSH;
import static io.niomq.SocketType.REP;
import static io.niomq.SocketType.REQ;
import static io.niomq.SocketType.ROUTER;
import static io.niomq.testing.Octets.utf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.niomq.Message;
import io.niomq.Socket;
import io.niomq.SocketEvent.Type;
import io.niomq.SocketOptions;
import io.niomq.SocketType;
import io.niomq.ZmqArgumentException;
import io.niomq.testing.Await;
import io.niomq.testing.Endpoints;
import io.niomq.testing.Events;
import io.niomq.testing.NoLeaks;
import io.niomq.testing.RawPeer;
import io.niomq.testing.ShowsOption;
import io.niomq.testing.Sockets;
import io.niomq.testing.Task;
import java.time.Duration;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Messages about connections: ZMQ_HELLO_MSG, ZMQ_DISCONNECT_MSG and ZMQ_HICCUP_MSG. */
@ExtendWith(NoLeaks.class)
class PeerMessagesTest {
  private static final Duration SOON = Duration.ofMillis(10);

  @RegisterExtension final Sockets zmq = new Sockets();

  private static String endpoint(String transport) {
    return switch (transport) {
      case "tcp" -> Endpoints.TCP;
      case "ipc" -> Endpoints.ipc();
      default -> Endpoints.inproc();
    };
  }

  @Nested
  class Hello {
    private Socket greeting(SocketType type) {
      return zmq.socket(type).set(SocketOptions.HELLO_MSG, utf8("Hello"));
    }

    @ParameterizedTest
    @EnumSource(names = {"ROUTER", "DEALER", "REP"})
    @ShowsOption("ZMQ_HELLO_MSG")
    void isTheFirstMessageToEachPeerThatConnects(SocketType type) {
      String endpoint = greeting(type).bind(Endpoints.TCP);
      for (int i = 0; i < 2; i++) {
        try (RawPeer peer = RawPeer.connect(endpoint).handshake("DEALER")) {
          assertThat(peer.readFrame().text()).isEqualTo("Hello");
        }
      }
    }

    @ParameterizedTest
    @ValueSource(strings = {"tcp", "ipc", "inproc"})
    void precedesWhatWasQueuedBefore(String transport) {
      String endpoint = transport.equals("tcp") ? Endpoints.freeTcp() : endpoint(transport);
      Socket dealer = greeting(DEALER).set(SocketOptions.RECONNECT_IVL, SOON);
      dealer.set(SocketOptions.ROUTING_ID, utf8("d")).connect(endpoint);
      dealer.send("1");
      dealer.send(Message.of("2", "x".repeat(100_000)));
      Socket router = zmq.bound(ROUTER, endpoint);
      assertThat(router.recvMessage()).isEqualTo(Message.of("d", "Hello"));
      assertThat(router.recvMessage()).isEqualTo(Message.of("d", "1"));
      assertThat(router.recvMessage()).isEqualTo(Message.of("d", "2", "x".repeat(100_000)));
      dealer.send("3");
      assertThat(router.recvMessage()).isEqualTo(Message.of("d", "3"));
    }

    @Test
    void isTheFirstMessageOfEachReconnect() {
      String here = Endpoints.freeTcp();
      Socket dealer = greeting(DEALER).set(SocketOptions.RECONNECT_IVL, SOON);
      dealer.connect(here);
      try (RawPeer.Listener listener = RawPeer.listen(Endpoints.port(here))) {
        for (int i = 0; i < 3; i++) {
          try (RawPeer peer = listener.accept().handshake("ROUTER")) {
            assertThat(peer.readFrame().text()).isEqualTo("Hello");
            if (i > 0) {
              assertThat(peer.readFrame().text()).isEqualTo("queued 1");
              assertThat(peer.readFrame().text()).isEqualTo("queued 2");
            }
            dealer.send("x");
            assertThat(peer.readFrame().text()).isEqualTo("x");
          }
          Await.until("it is noticed", () -> !dealer.awaitConnected(1, Duration.ZERO));
          dealer.send("queued 1");
          dealer.send("queued 2");
        }
      }
    }

    @Test
    void isNotSaidTwiceWhenTheConnectionEndsBeforeItWasSent() {
      String here = Endpoints.freeTcp();
      Socket dealer = greeting(DEALER).set(SocketOptions.RECONNECT_IVL, SOON);
      dealer.connect(here);
      try (RawPeer.Listener listener = RawPeer.listen(Endpoints.port(here))) {
        for (int i = 0; i < 20; i++) {
          try (RawPeer peer = listener.accept()) {
            peer.send(RawPeer.greeting(1));
            peer.read(64);
            peer.sendAsFarAsPossible(RawPeer.ready("ROUTER"));
            peer.reset(); // at once
          }
        }
        try (RawPeer peer = listener.accept().handshake("ROUTER")) {
          dealer.send("x");
          assertThat(peer.readFrame().text()).isEqualTo("Hello");
          assertThat(peer.readFrame().text()).isEqualTo("x");
        }
      }
    }

    @Test
    void precedesTheProbe() {
      String endpoint = Endpoints.inproc();
      Socket router = zmq.bound(ROUTER, endpoint);
      Socket dealer = greeting(DEALER).set(SocketOptions.PROBE_ROUTER, true);
      dealer.set(SocketOptions.ROUTING_ID, utf8("d")).connect(endpoint);
      assertThat(router.recvMessage()).isEqualTo(Message.of("d", "Hello"));
      assertThat(router.recvMessage()).isEqualTo(Message.of("d", ""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"tcp", "inproc"})
    void sparesAReq(String transport) {
      Socket router = greeting(ROUTER);
      Socket req = zmq.connected(REQ, router.bind(endpoint(transport)));
      for (int i = 0; i < 3; i++) {
        req.send("question");
        router.send(router.recvMessage());
        assertThat(req.recvString()).isEqualTo("question");
      }
      assertThat(req.drops()).isEmpty();
    }

    @Test
    void isNotCountedAgainstTheHighWaterMark() {
      Socket dealer = zmq.limited(DEALER, 1, 0).set(SocketOptions.HELLO_MSG, utf8("Hello"));
      String endpoint = Endpoints.freeTcp();
      dealer.set(SocketOptions.RECONNECT_IVL, SOON).connect(endpoint);
      dealer.send("1");
      assertThat(dealer.trySend("2")).isFalse();
      Socket router = zmq.bound(ROUTER, endpoint);
      assertThat(router.recvMessage().string(1)).isEqualTo("Hello");
      assertThat(router.recvMessage().string(1)).isEqualTo("1");
      dealer.send("2"); // there is room again
      assertThat(router.recvMessage().string(1)).isEqualTo("2");
    }

    @Test
    void doesNotTakeThePlaceOfWhatConflateKeeps() {
      String endpoint = Endpoints.freeTcp();
      Socket dealer = greeting(DEALER).set(SocketOptions.CONFLATE, true);
      dealer.set(SocketOptions.RECONNECT_IVL, SOON).connect(endpoint);
      dealer.send("old");
      dealer.send("new");
      Socket router = zmq.bound(ROUTER, endpoint);
      assertThat(router.recvMessage().string(1)).isEqualTo("new");
    }

    @Test
    void mayBeTakenBack() {
      String endpoint = Endpoints.inproc();
      Socket router = zmq.bound(ROUTER, endpoint);
      Socket dealer = greeting(DEALER).set(SocketOptions.HELLO_MSG, new byte[0]);
      dealer.connect(endpoint);
      dealer.send("x");
      assertThat(router.recvMessage().string(1)).isEqualTo("x");
    }
  }

  @Nested
  class Disconnect {
    private Socket router() {
      return zmq.socket(ROUTER).set(SocketOptions.DISCONNECT_MSG, utf8("gone"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"tcp", "ipc", "inproc"})
    @ShowsOption("ZMQ_DISCONNECT_MSG")
    void isTheLastMessageFromAPeerThatIsGone(String transport) {
      Socket router = router();
      String endpoint = router.bind(endpoint(transport));
      Socket dealer = zmq.socket(DEALER).set(SocketOptions.ROUTING_ID, utf8("d"));
      dealer.connect(endpoint);
      dealer.send("1");
      dealer.send("2");
      dealer.close();
      assertThat(router.recvMessage()).isEqualTo(Message.of("d", "1"));
      assertThat(router.recvMessage()).isEqualTo(Message.of("d", "2"));
      assertThat(router.recvMessage()).isEqualTo(Message.of("d", "gone"));
      assertThat(router.tryRecv()).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"tcp", "inproc"})
    void endsAWait(String transport) {
      Socket router = router();
      Socket dealer = zmq.socket(DEALER).set(SocketOptions.ROUTING_ID, utf8("d"));
      dealer.connect(router.bind(endpoint(transport)));
      assertThat(router.awaitConnected(1, Await.LONG)).isTrue();
      Task<Message> waiting = Task.call(() -> router.recvMessage()).untilWaiting();
      dealer.close();
      assertThat(waiting.result()).isEqualTo(Message.of("d", "gone"));
    }

    @Test
    void followsTheNotice() {
      Socket router = router().set(SocketOptions.ROUTER_NOTIFY, 2);
      String endpoint = router.bind(Endpoints.TCP);
      RawPeer.connect(endpoint).handshake(1, RawPeer.ready("DEALER", "d")).close();
      assertThat(router.recvMessage()).isEqualTo(Message.of("d", ""));
      assertThat(router.recvMessage()).isEqualTo(Message.of("d", "gone"));
    }

    @Test
    void isNotForPeersThatTheRouterConnectedTo() {
      String here = Endpoints.freeTcp();
      Socket router = router().set(SocketOptions.RECONNECT_IVL, SOON);
      Events events = Events.of(router);
      router.connect(here);
      try (RawPeer.Listener listener = RawPeer.listen(Endpoints.port(here))) {
        listener.accept().handshake("DEALER").close();
        events.await(Type.DISCONNECTED);
        assertThat(router.tryRecv()).isNull();
      }
    }

    @Test
    void isNotForPeersWhoseHandshakeWasNotComplete() {
      Socket router = router();
      Events events = Events.of(router);
      try (RawPeer peer = RawPeer.connect(router.bind(Endpoints.TCP))) {
        peer.send(RawPeer.greeting(1));
        peer.read(64);
      }
      events.await(Type.DISCONNECTED);
      assertThat(router.tryRecv()).isNull();
    }
  }

  @Nested
  class Hiccup {
    private Socket dealer() {
      return zmq.socket(DEALER)
          .set(SocketOptions.HICCUP_MSG, utf8("hiccup"))
          .set(SocketOptions.RECONNECT_IVL, SOON);
    }

    @Test
    @ShowsOption("ZMQ_HICCUP_MSG")
    void comesAfterWhatThePeerHadSentEachTimeItIsLost() {
      String here = Endpoints.freeTcp();
      Socket dealer = dealer();
      dealer.connect(here);
      try (RawPeer.Listener listener = RawPeer.listen(Endpoints.port(here))) {
        for (int i = 0; i < 2; i++) {
          try (RawPeer peer = listener.accept().handshake("ROUTER")) {
            peer.sendMessage("1").sendMessage("2").send("00 10 6162"); // a part of a frame
          }
          assertThat(dealer.recvString()).isEqualTo("1");
          assertThat(dealer.recvString()).isEqualTo("2");
          assertThat(dealer.recvString()).isEqualTo("hiccup");
        }
      }
    }

    @Test
    void endsAWait() {
      String here = Endpoints.freeTcp();
      Socket dealer = dealer();
      dealer.connect(here);
      try (RawPeer.Listener listener = RawPeer.listen(Endpoints.port(here))) {
        RawPeer peer = listener.accept().handshake("ROUTER");
        assertThat(dealer.awaitConnected(1, Await.LONG)).isTrue();
        Task<String> waiting = Task.call(() -> dealer.recvString()).untilWaiting();
        peer.close();
        assertThat(waiting.result()).isEqualTo("hiccup");
      }
    }

    @Test
    void isNotForPeersThatConnectOrThatWereNeverThere() {
      Socket dealer = dealer();
      Events events = Events.of(dealer);
      String endpoint = dealer.bind(Endpoints.TCP);
      dealer.connect(Endpoints.freeTcp()); // never answered
      RawPeer.connect(endpoint).handshake("ROUTER").close();
      events.await(Type.DISCONNECTED);
      events.await(Type.CONNECT_RETRIED);
      assertThat(dealer.tryRecv()).isNull();
    }

    @Test
    void isNotForADisconnectThatTheDealerItselfWanted() {
      Socket router = zmq.socket(ROUTER);
      String endpoint = router.bind(Endpoints.TCP);
      for (boolean immediate : new boolean[] {false, true}) {
        Socket dealer = dealer().set(SocketOptions.IMMEDIATE, immediate);
        Events events = Events.of(dealer);
        dealer.connect(endpoint);
        assertThat(dealer.awaitConnected(1, Await.LONG)).isTrue();
        dealer.disconnect(endpoint);
        events.await(Type.DISCONNECTED);
        assertThat(dealer.tryRecv()).isNull();
      }
    }
  }

  @Nested
  class Refusals {
    @Test
    void ofTypesThatCannotHaveThem() {
      for (SocketType type : new SocketType[] {PUSH, REQ}) {
        Socket socket = zmq.socket(type);
        assertThatThrownBy(() -> socket.set(SocketOptions.HELLO_MSG, utf8("x")))
            .isInstanceOf(ZmqArgumentException.class)
            .hasMessageContaining("ZMQ_HELLO_MSG");
        assertThatThrownBy(() -> socket.set(SocketOptions.HICCUP_MSG, utf8("x")))
            .isInstanceOf(ZmqArgumentException.class);
        assertThatThrownBy(() -> socket.set(SocketOptions.DISCONNECT_MSG, utf8("x")))
            .isInstanceOf(ZmqArgumentException.class);
      }
      assertThatThrownBy(() -> zmq.socket(REP).set(SocketOptions.DISCONNECT_MSG, utf8("x")))
          .isInstanceOf(ZmqArgumentException.class);
    }
  }
}
