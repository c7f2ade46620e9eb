package io.niomq.reqrep;

import static io.niomq.SocketType.DEALER;
import static io.niomq.SocketType.REP;
import static io.niomq.SocketType.ROUTER;
import static io.niomq.testing.Octets.utf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.niomq.DropReason;
import io.niomq.Errno;
import io.niomq.Message;
import io.niomq.Socket;
import io.niomq.SocketEvent.Type;
import io.niomq.SocketOptions;
import io.niomq.ZmqArgumentException;
import io.niomq.ZmqTimeoutException;
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
import org.junit.jupiter.params.provider.ValueSource;

/** ROUTER's peers: what it is told of them, and how it names them. zmq_setsockopt. */
@ExtendWith(NoLeaks.class)
class RouterPeersTest {
  private static final Duration SOON = Duration.ofMillis(10);

  @RegisterExtension final Sockets zmq = new Sockets();

  private static RawPeer dealer(String endpoint, String id) {
    return RawPeer.connect(endpoint).handshake(1, RawPeer.ready("DEALER", id));
  }

  @Nested
  class Notify {
    private Socket router(int what) {
      return zmq.socket(ROUTER).set(SocketOptions.ROUTER_NOTIFY, what);
    }

    @Test
    @ShowsOption("ZMQ_ROUTER_NOTIFY")
    void tellsOfComingBeforeTheFirstMessageAndOfGoingAfterTheLast() {
      Socket router = router(3);
      String endpoint = router.bind(Endpoints.TCP);
      Events events = Events.of(router);
      try (RawPeer bob = dealer(endpoint, "bob")) {
        bob.sendMessage("1").sendMessage("2");
      }
      events.await(Type.DISCONNECTED); // all of it is there now
      assertThat(router.recvMessage()).isEqualTo(Message.of("bob", ""));
      assertThat(router.recvMessage()).isEqualTo(Message.of("bob", "1"));
      assertThat(router.recvMessage()).isEqualTo(Message.of("bob", "2"));
      assertThat(router.recvMessage()).isEqualTo(Message.of("bob", ""));
      assertThat(router.tryRecv()).isNull();
    }

    @Test
    void endsAWait() {
      Socket router = router(3);
      String endpoint = router.bind(Endpoints.TCP);
      Task<Message> waiting = Task.call(() -> router.recvMessage()).untilWaiting();
      try (RawPeer bob = dealer(endpoint, "bob")) {
        assertThat(waiting.result()).isEqualTo(Message.of("bob", ""));
        router.send(Message.of("bob", "welcome")); // it is addressable by now
        assertThat(bob.readFrame().text()).isEqualTo("welcome");
        waiting = Task.call(() -> router.recvMessage()).untilWaiting();
      }
      assertThat(waiting.result()).isEqualTo(Message.of("bob", ""));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void tellsOfWhatItsBitsSay(int what) {
      Socket router = router(what);
      String endpoint = router.bind(Endpoints.TCP);
      Events events = Events.of(router);
      try (RawPeer bob = dealer(endpoint, "bob")) {
        bob.sendMessage("x");
      }
      events.await(Type.DISCONNECTED);
      if ((what & 1) != 0) {
        assertThat(router.recvMessage()).isEqualTo(Message.of("bob", ""));
      }
      assertThat(router.recvMessage()).isEqualTo(Message.of("bob", "x"));
      if ((what & 2) != 0) {
        assertThat(router.recvMessage()).isEqualTo(Message.of("bob", ""));
      }
      assertThat(router.tryRecv()).isNull();
    }

    @Test
    void givesUpAnIncompleteMessage() {
      Socket router = router(2);
      String endpoint = router.bind(Endpoints.TCP);
      try (RawPeer bob = dealer(endpoint, "bob")) {
        bob.sendMessage("whole").send("01 03 616263  00 10 6162"); // "abc" and a part of a frame
      }
      assertThat(router.recvMessage()).isEqualTo(Message.of("bob", "whole"));
      assertThat(router.recvMessage()).isEqualTo(Message.of("bob", ""));
    }

    @Test
    void tellsOfEachConnectionOfAConnectingRouter() {
      String here = Endpoints.freeTcp();
      Socket router = router(3).set(SocketOptions.RECONNECT_IVL, SOON);
      router.connect(here);
      try (RawPeer.Listener listener = RawPeer.listen(Endpoints.port(here))) {
        byte[] id = null;
        for (int i = 0; i < 2; i++) {
          try (RawPeer peer = listener.accept().handshake("DEALER")) {
            Message came = router.recvMessage();
            assertThat(came.frameCount()).isEqualTo(2);
            assertThat(came.size(1)).isZero();
            id = came.bytes(0);
            peer.sendMessage("x");
            assertThat(router.recvMessage()).isEqualTo(Message.of(id).add("x"));
          }
          assertThat(router.recvMessage()).isEqualTo(Message.of(id).add(""));
        }
      }
    }

    @Test
    void saysNothingOfAPeerThatWasRefused() {
      Socket router = router(3);
      String endpoint = router.bind(Endpoints.TCP);
      Events events = Events.of(router);
      try (RawPeer first = dealer(endpoint, "twin");
          RawPeer second = RawPeer.connect(endpoint)) {
        assertThat(router.recvMessage()).isEqualTo(Message.of("twin", ""));
        second.send(RawPeer.greeting(1));
        second.read(64);
        second.sendAsFarAsPossible(RawPeer.ready("DEALER", "twin"));
        second.readToEnd();
        events.await(Type.DISCONNECTED);
        assertThat(router.tryRecv()).isNull();
        assertThat(router.drops()).isEmpty();
        first.sendMessage("x");
        assertThat(router.recvMessage()).isEqualTo(Message.of("twin", "x"));
      }
    }

    @Test
    void saysNothingOfAnEndThatTheRouterItselfWanted() {
      Socket router = router(2);
      Events events = Events.of(router);
      String endpoint = router.bind(Endpoints.TCP);
      try (RawPeer bob = dealer(endpoint, "bob")) {
        bob.sendMessage("x");
        assertThat(router.recvMessage()).isEqualTo(Message.of("bob", "x"));
        router.unbind(endpoint);
        bob.readToEnd();
        events.await(Type.DISCONNECTED);
        assertThat(router.tryRecv()).isNull();
      }
    }

    @Test
    void isNotForInproc() {
      Socket router = router(3);
      String endpoint = router.bind(Endpoints.inproc());
      Socket bob = zmq.connected(DEALER, endpoint);
      bob.send("x");
      bob.close();
      assertThat(router.recvMessage().string(1)).isEqualTo("x");
      assertThat(router.tryRecv()).isNull();
    }

    @Test
    void isNotCountedAgainstTheHighWaterMark() {
      Socket router = zmq.limited(ROUTER, 0, 1).set(SocketOptions.ROUTER_NOTIFY, 3);
      String endpoint = router.bind(Endpoints.TCP);
      for (int i = 0; i < 3; i++) {
        try (RawPeer bob = dealer(endpoint, "bob")) {
          bob.sendMessage("x");
          assertThat(router.recvMessage()).isEqualTo(Message.of("bob", ""));
          assertThat(router.recvMessage()).isEqualTo(Message.of("bob", "x"));
        }
        assertThat(router.recvMessage()).isEqualTo(Message.of("bob", ""));
      }
    }

    @Test
    void canBeReadAndHasALimit() {
      Socket router = router(2);
      assertThat(router.get(SocketOptions.ROUTER_NOTIFY)).isEqualTo(2);
      assertThatThrownBy(() -> router.set(SocketOptions.ROUTER_NOTIFY, 4))
          .isInstanceOf(ZmqArgumentException.class)
          .hasMessageContaining("4")
          .hasMessageContaining("0 to 3");
      assertThatThrownBy(() -> zmq.socket(DEALER).set(SocketOptions.ROUTER_NOTIFY, 1))
          .isInstanceOf(ZmqArgumentException.class);
    }
  }

  @Nested
  class ConnectRoutingId {
    private Socket router() {
      return zmq.socket(ROUTER).set(SocketOptions.ROUTER_MANDATORY, true);
    }

    private Socket naming(Socket router, String id) {
      return router.set(SocketOptions.CONNECT_ROUTING_ID, utf8(id));
    }

    @ParameterizedTest
    @ValueSource(strings = {"tcp", "inproc"})
    @ShowsOption("ZMQ_CONNECT_ROUTING_ID")
    void namesThePeerOfTheNextConnectWhateverItSays(String transport) {
      Socket dealer = zmq.socket(DEALER).set(SocketOptions.ROUTING_ID, utf8("its own name"));
      String endpoint = dealer.bind(transport.equals("tcp") ? Endpoints.TCP : Endpoints.inproc());
      Socket router = router();
      naming(router, "given").connect(endpoint);
      router.send(Message.of("given", "question"));
      assertThat(dealer.recvString()).isEqualTo("question");
      dealer.send("answer");
      assertThat(router.recvMessage()).isEqualTo(Message.of("given", "answer"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"tcp", "inproc"})
    void letsMessagesWaitForThePeer(String transport) {
      String endpoint = transport.equals("tcp") ? Endpoints.freeTcp() : Endpoints.inproc();
      Socket router = router().set(SocketOptions.RECONNECT_IVL, SOON);
      naming(router, "given").connect(endpoint);
      router.send(Message.of("given", "early"));
      Socket dealer = zmq.bound(DEALER, endpoint);
      assertThat(dealer.recvString()).isEqualTo("early");
    }

    @Test
    void isUsedUpByOneConnect() {
      String first = zmq.socket(DEALER).bind(Endpoints.inproc());
      Socket dealer = zmq.socket(DEALER).set(SocketOptions.ROUTING_ID, utf8("its own name"));
      String second = dealer.bind(Endpoints.inproc());
      Socket router = router();
      naming(router, "given").connect(first);
      router.connect(second);
      dealer.send("x");
      assertThat(router.recvMessage()).isEqualTo(Message.of("its own name", "x"));
    }

    @Test
    void isNotForPeersThatConnect() {
      Socket router = router();
      naming(router, "given");
      String endpoint = router.bind(Endpoints.TCP);
      try (RawPeer bob = dealer(endpoint, "bob")) {
        bob.sendMessage("x");
        assertThat(router.recvMessage()).isEqualTo(Message.of("bob", "x"));
      }
      String other = zmq.socket(DEALER).bind(Endpoints.inproc());
      router.connect(other); // it is still there
      router.send(Message.of("given", "y"));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void ofAPeerThatIsThereFailsAndHarmsNothing(boolean immediate) {
      Socket router = router().set(SocketOptions.IMMEDIATE, immediate);
      String endpoint = router.bind(Endpoints.TCP);
      Socket dealer = zmq.socket(DEALER);
      String free = dealer.bind(Endpoints.TCP);
      try (RawPeer bob = dealer(endpoint, "bob")) {
        assertThat(router.awaitConnected(1, Await.LONG)).isTrue();
        naming(router, "bob");
        assertThatThrownBy(() -> router.connect(free))
            .isInstanceOfSatisfying(
                ZmqArgumentException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EINVAL))
            .hasMessageContaining("0x626f62") // bob
            .hasMessageContaining("ZMQ_CONNECT_ROUTING_ID");
        router.send(Message.of("bob", "still there"));
        assertThat(bob.readFrame().text()).isEqualTo("still there");
        naming(router, "other").connect(free);
        assertThat(router.awaitConnected(2, Await.LONG)).isTrue();
        router.send(Message.of("other", "works"));
        assertThat(dealer.recvString()).isEqualTo("works");
      }
    }

    @Test
    void thatAnotherConnectHasFailsOverInprocToo() {
      String endpoint = zmq.socket(DEALER).bind(Endpoints.inproc());
      Socket router = router();
      naming(router, "given").connect(endpoint);
      naming(router, "given");
      assertThatThrownBy(() -> router.connect(endpoint)).isInstanceOf(ZmqArgumentException.class);
      router.disconnect(endpoint);
      naming(router, "given").connect(endpoint); // free again
      router.send(Message.of("given", "x"));
    }

    @Test
    void isNotGivenToANewcomer() {
      String endpoint = Endpoints.freeTcp();
      Socket router = router().set(SocketOptions.RECONNECT_IVL, SOON);
      naming(router, "given").connect(endpoint); // nobody is there yet
      String bound = router.bind(Endpoints.TCP);
      try (RawPeer impostor = RawPeer.connect(bound)) {
        impostor.send(RawPeer.greeting(1));
        impostor.read(64);
        impostor.sendAsFarAsPossible(RawPeer.ready("DEALER", "given"));
        impostor.readToEnd();
      }
      router.send(Message.of("given", "x"));
      assertThat(zmq.bound(DEALER, endpoint).recvString()).isEqualTo("x");
    }

    @Test
    void isGivenToANewcomerWithHandoverAndTheConnectEnds() {
      String endpoint = Endpoints.freeTcp();
      Socket router = router().set(SocketOptions.RECONNECT_IVL, SOON);
      router.set(SocketOptions.ROUTER_HANDOVER, true);
      Events events = Events.of(router);
      naming(router, "given").connect(endpoint);
      String bound = router.bind(Endpoints.TCP);
      try (RawPeer newcomer = dealer(bound, "given")) {
        assertThat(router.awaitConnected(1, Await.LONG)).isTrue();
        router.send(Message.of("given", "to the newcomer"));
        assertThat(newcomer.readFrame().text()).isEqualTo("to the newcomer");
        // Who answers the connect after all finds its connection closed, for good.
        try (RawPeer.Listener listener = RawPeer.listen(Endpoints.port(endpoint));
            RawPeer late = listener.accept()) {
          late.send(RawPeer.greeting(1));
          late.read(64);
          late.sendAsFarAsPossible(RawPeer.ready("DEALER"));
          late.readToEnd();
        }
        events.await(Type.DISCONNECTED, 2); // the handover, then the connection
        router.send(Message.of("given", "still to the newcomer"));
        assertThat(newcomer.readFrame().text()).isEqualTo("still to the newcomer");
      }
    }

    @Test
    void namesThePeerOfEachConnectionWithImmediate() {
      String endpoint = Endpoints.freeTcp();
      Socket router = router().set(SocketOptions.RECONNECT_IVL, SOON);
      router.set(SocketOptions.IMMEDIATE, true);
      naming(router, "given").connect(endpoint);
      for (int i = 0; i < 2; i++) {
        Socket dealer = zmq.bound(DEALER, endpoint);
        assertThat(router.awaitConnected(1, Await.LONG)).isTrue();
        router.send(Message.of("given", "x"));
        assertThat(dealer.recvString()).isEqualTo("x");
        dealer.close();
        Await.until("it is gone", () -> !router.awaitConnected(1, Duration.ZERO));
      }
    }

    @Test
    void hasAtLeastOneOctet() {
      Socket router = router();
      assertThatThrownBy(() -> naming(router, "")).isInstanceOf(ZmqArgumentException.class);
      assertThatThrownBy(() -> naming(router, "x".repeat(256)))
          .isInstanceOf(ZmqArgumentException.class);
      assertThatThrownBy(() -> naming(zmq.socket(REP), "x"))
          .isInstanceOf(ZmqArgumentException.class);
    }
  }

  @Nested
  class Mandatory {
    @Test
    @ShowsOption("ZMQ_ROUTER_MANDATORY")
    void timesOutWhileThePeerIsFull() {
      String endpoint = Endpoints.freeTcp();
      Socket router = zmq.limited(ROUTER, 2, 0).set(SocketOptions.ROUTER_MANDATORY, true);
      router.set(SocketOptions.CONNECT_ROUTING_ID, utf8("absent")).connect(endpoint);
      router.send(Message.of("absent", "1"));
      router.send(Message.of("absent", "2"));
      assertThat(router.trySend(Message.of("absent", "3"))).isFalse();
      for (Duration timeout : new Duration[] {Duration.ZERO, SOON}) {
        router.set(SocketOptions.SNDTIMEO, timeout);
        assertThatThrownBy(() -> router.send(Message.of("absent", "3")))
            .isInstanceOfSatisfying(
                ZmqTimeoutException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EAGAIN));
        assertThatThrownBy(() -> router.sendMore("absent")).isInstanceOf(ZmqTimeoutException.class);
      }
      assertThat(router.drops()).doesNotContainKey(DropReason.HIGH_WATER_MARK);
    }
  }
}
