package io.niomq.reqrep;

import static io.niomq.SocketType.DEALER;
import static io.niomq.SocketType.REQ;
import static io.niomq.SocketType.ROUTER;
import static io.niomq.testing.Octets.utf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.niomq.DropReason;
import io.niomq.Errno;
import io.niomq.Message;
import io.niomq.Poller;
import io.niomq.Socket;
import io.niomq.SocketEvent.Type;
import io.niomq.SocketOptions;
import io.niomq.ZmqUnroutableException;
import io.niomq.testing.Await;
import io.niomq.testing.Endpoints;
import io.niomq.testing.Events;
import io.niomq.testing.NoLeaks;
import io.niomq.testing.RawPeer;
import io.niomq.testing.ShowsOption;
import io.niomq.testing.Sockets;
import io.niomq.testing.Task;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

/** RFC 28, The ROUTER Socket Type. */
@ExtendWith(NoLeaks.class)
class RouterTest {
  @RegisterExtension final Sockets zmq = new Sockets();

  private String endpoint;
  private Socket router;

  @BeforeEach
  void bind() {
    endpoint = Endpoints.inproc();
    router = zmq.bound(ROUTER, endpoint);
  }

  private Socket dealer(String id) {
    Socket dealer = zmq.socket(DEALER).set(SocketOptions.ROUTING_ID, utf8(id));
    dealer.connect(endpoint);
    return dealer;
  }

  @Nested
  class Incoming {
    @Test
    @ShowsOption("ZMQ_ROUTING_ID")
    void startsWithTheRoutingIdOfItsPeer() {
      dealer("alice").send("hello");
      assertThat(router.recvMessage()).isEqualTo(Message.of("alice", "hello"));
    }

    @Test
    void startsWithAnIdMadeUpForAPeerThatHasNone() {
      zmq.connected(DEALER, endpoint).send("hello");
      Message message = router.recvMessage();
      assertThat(message.size(0)).isEqualTo(5);
      assertThat(message.bytes(0)[0]).isZero();
    }

    @Test
    void madeUpIdsGrowByOne() {
      zmq.connected(DEALER, endpoint).send("1");
      int first = ByteBuffer.wrap(router.recvMessage().bytes(0)).getInt(1);
      zmq.connected(DEALER, endpoint).send("2");
      int second = ByteBuffer.wrap(router.recvMessage().bytes(0)).getInt(1);
      assertThat(second).isEqualTo(first + 1);
    }

    @Test
    void keepsAllFrames() {
      dealer("alice").send(Message.of("", "a", "", "b"));
      assertThat(router.recvMessage()).isEqualTo(Message.of("alice", "", "a", "", "b"));
    }

    @Test
    void mayBeReadFrameByFrame() {
      dealer("alice").send(Message.of("a", "b"));
      assertThat(router.recvString()).isEqualTo("alice");
      assertThat(router.hasMore()).isTrue();
      assertThat(router.recvString()).isEqualTo("a");
      assertThat(router.hasMore()).isTrue();
      assertThat(router.recvString()).isEqualTo("b");
      assertThat(router.hasMore()).isFalse();
    }

    @Test
    void isFairQueued() {
      for (String name : new String[] {"a", "b", "c"}) {
        Socket dealer = dealer(name);
        for (int i = 0; i < 3; i++) {
          dealer.send("x");
        }
      }
      for (int round = 0; round < 3; round++) {
        Set<String> senders = new HashSet<>();
        for (int i = 0; i < 3; i++) {
          senders.add(router.recvMessage().string(0));
        }
        assertThat(senders).hasSize(3);
      }
    }

    @Test
    void fromAReqCarriesItsDelimiter() {
      Socket req = zmq.socket(REQ).set(SocketOptions.ROUTING_ID, utf8("client"));
      req.connect(endpoint);
      req.send("question");
      assertThat(router.recvMessage()).isEqualTo(Message.of("client", "", "question"));
      router.send(Message.of("client", "", "answer"));
      assertThat(req.recvString()).isEqualTo("answer");
    }

    @Test
    void fromARouterCarriesItsRoutingId() {
      Socket other = zmq.socket(ROUTER).set(SocketOptions.ROUTING_ID, utf8("other"));
      String named = Endpoints.inproc();
      Socket here = zmq.socket(ROUTER).set(SocketOptions.ROUTING_ID, utf8("here"));
      here.bind(named);
      other.connect(named);
      other.send(Message.of("here", "a", "b"));
      assertThat(here.recvMessage()).isEqualTo(Message.of("other", "a", "b"));
      here.send(Message.of("other", "c"));
      assertThat(other.recvMessage()).isEqualTo(Message.of("here", "c"));
    }
  }

  @Nested
  class Outgoing {
    @Test
    void goesToThePeerThatItsFirstFrameNames() {
      Socket alice = dealer("alice");
      Socket bob = dealer("bob");
      router.send(Message.of("bob", "to bob"));
      router.send(Message.of("alice", "to", "alice"));
      assertThat(alice.recvMessage()).isEqualTo(Message.of("to", "alice"));
      assertThat(bob.recvMessage()).isEqualTo(Message.of("to bob"));
      assertThat(alice.tryRecv()).isNull();
      assertThat(bob.tryRecv()).isNull();
    }

    @Test
    void mayBeSentFrameByFrame() {
      Socket alice = dealer("alice");
      router.sendMore("alice").sendMore("a").send("b");
      assertThat(alice.recvMessage()).isEqualTo(Message.of("a", "b"));
    }

    @Test
    void isDroppedForAnUnknownPeer() {
      router.send(Message.of("nobody", "x"));
      router.sendMore("nobody").send("x");
      assertThat(router.drops()).containsOnlyKeys(DropReason.NO_ROUTE);
      assertThat(router.drops()).containsEntry(DropReason.NO_ROUTE, 2L);
    }

    @Test
    void isDroppedForAPeerThatIsGone() {
      Socket alice = dealer("alice");
      router.send(Message.of("alice", "x"));
      assertThat(alice.recvString()).isEqualTo("x");
      alice.close();
      Await.until(
          "the route is gone",
          () -> {
            router.send(Message.of("alice", "y"));
            return router.drops().containsKey(DropReason.NO_ROUTE);
          });
    }

    @Test
    void isDroppedForAPeerThatIsFull() {
      String narrow = Endpoints.inproc();
      Socket limited = zmq.limited(ROUTER, 1, 0);
      limited.bind(narrow);
      Socket slow = zmq.limited(DEALER, 0, 1).set(SocketOptions.ROUTING_ID, utf8("slow"));
      slow.connect(narrow);
      Socket fast = zmq.limited(DEALER, 0, 0).set(SocketOptions.ROUTING_ID, utf8("fast"));
      fast.connect(narrow);
      for (int i = 0; i < 5; i++) {
        limited.send(Message.of("slow", "m" + i)); // never waits
        limited.send(Message.of("fast", "m" + i));
      }
      assertThat(limited.drops()).containsEntry(DropReason.HIGH_WATER_MARK, 3L);
      assertThat(slow.recvString()).isEqualTo("m0");
      assertThat(slow.recvString()).isEqualTo("m1");
      assertThat(slow.tryRecv()).isNull();
      for (int i = 0; i < 5; i++) {
        assertThat(fast.recvString()).isEqualTo("m" + i);
      }
    }

    @Test
    void ofOneFrameIsDropped() {
      Socket alice = dealer("alice");
      router.send("alice");
      router.send(Message.of("alice", "x"));
      assertThat(alice.recvString()).isEqualTo("x");
      assertThat(router.drops()).containsEntry(DropReason.MALFORMED, 1L);
    }

    @Test
    void isAlwaysPossibleForAPoller() {
      try (Poller poller = zmq.context().poller()) {
        poller.register(router, Poller.OUT);
        assertThat(poller.pollNow()).isEqualTo(1);
      }
    }
  }

  @Nested
  class Mandatory {
    @BeforeEach
    void set() {
      router.set(SocketOptions.ROUTER_MANDATORY, true);
    }

    @Test
    @ShowsOption("ZMQ_ROUTER_MANDATORY")
    void refusesAnUnknownPeer() {
      assertThatThrownBy(() -> router.send(Message.of("nobody", "x")))
          .isInstanceOfSatisfying(
              ZmqUnroutableException.class,
              e -> assertThat(e.errno()).isEqualTo(Errno.EHOSTUNREACH));
      assertThatThrownBy(() -> router.trySend(Message.of("nobody", "x")))
          .isInstanceOf(ZmqUnroutableException.class);
      assertThat(router.drops()).isEmpty();
    }

    @Test
    void refusesAtTheFrameThatNamesThePeer() {
      Socket alice = dealer("alice");
      assertThatThrownBy(() -> router.sendMore("nobody"))
          .isInstanceOf(ZmqUnroutableException.class);
      router.sendMore("alice").send("the next message begins anew");
      assertThat(alice.recvMessage().strings()).containsExactly("the next message begins anew");
    }

    @Test
    void leavesARefusedMessageToTheCaller() {
      try (Message message = Message.of("nobody", "x")) {
        assertThatThrownBy(() -> router.send(message)).isInstanceOf(ZmqUnroutableException.class);
        assertThat(message.strings()).containsExactly("nobody", "x");
      }
    }

    @Test
    @ShowsOption("ZMQ_ROUTER_MANDATORY")
    void waitsForAFullPeer() {
      String narrow = Endpoints.inproc();
      Socket limited = zmq.limited(ROUTER, 1, 0).set(SocketOptions.ROUTER_MANDATORY, true);
      limited.bind(narrow);
      Socket slow = zmq.limited(DEALER, 0, 1).set(SocketOptions.ROUTING_ID, utf8("slow"));
      slow.connect(narrow);
      limited.send(Message.of("slow", "1"));
      limited.send(Message.of("slow", "2"));
      assertThat(limited.trySend(Message.of("slow", "3"))).isFalse();
      assertThat(limited.send(Message.of("slow", "3"), Duration.ofMillis(10))).isFalse();
      Task<Void> sending = Task.run(() -> limited.send(Message.of("slow", "3"))).untilWaiting();
      assertThat(slow.recvString()).isEqualTo("1");
      assertThat(slow.recvString()).isEqualTo("2");
      sending.result();
      assertThat(slow.recvString()).isEqualTo("3");
      assertThat(limited.drops()).isEmpty();
    }

    @Test
    void tellsAPollerWhetherAnyPeerHasRoom() {
      String narrow = Endpoints.inproc();
      Socket limited = zmq.limited(ROUTER, 1, 0).set(SocketOptions.ROUTER_MANDATORY, true);
      limited.bind(narrow);
      try (Poller poller = zmq.context().poller()) {
        poller.register(limited, Poller.OUT);
        assertThat(poller.pollNow()).isZero();
        Socket slow = zmq.limited(DEALER, 0, 1).set(SocketOptions.ROUTING_ID, utf8("slow"));
        slow.connect(narrow);
        assertThat(poller.poll(Await.LONG)).isEqualTo(1);
        limited.send(Message.of("slow", "1"));
        limited.send(Message.of("slow", "2"));
        assertThat(poller.pollNow()).isZero();
        slow.recv();
        slow.recv();
        assertThat(poller.poll(Await.LONG)).isEqualTo(1);
      }
    }
  }

  @Nested
  class RoutingIds {
    @Test
    void inUseAreNotGivenToANewcomer() {
      Socket tcp = zmq.socket(ROUTER);
      String bound = tcp.bind(Endpoints.TCP);
      try (RawPeer first = RawPeer.connect(bound).handshake(1, RawPeer.ready("DEALER", "twin"));
          RawPeer second = RawPeer.connect(bound)) {
        first.sendMessage("1");
        assertThat(tcp.recvMessage()).isEqualTo(Message.of("twin", "1"));
        second.send(RawPeer.greeting(1));
        second.read(64);
        second.sendAsFarAsPossible(RawPeer.ready("DEALER", "twin"));
        second.readToEnd(); // closed, so that it can find out
        tcp.send(Message.of("twin", "to the first"));
        assertThat(first.readFrame().text()).isEqualTo("to the first");
      }
    }

    @Test
    @ShowsOption("ZMQ_ROUTER_HANDOVER")
    void inUseGoToTheNewcomerWithHandover() {
      Socket tcp = zmq.socket(ROUTER).set(SocketOptions.ROUTER_HANDOVER, true);
      String bound = tcp.bind(Endpoints.TCP);
      try (RawPeer first = RawPeer.connect(bound).handshake(1, RawPeer.ready("DEALER", "twin"))) {
        first.sendMessage("1");
        assertThat(tcp.recvMessage()).isEqualTo(Message.of("twin", "1"));
        try (RawPeer second =
            RawPeer.connect(bound).handshake(1, RawPeer.ready("DEALER", "twin"))) {
          second.sendMessage("2");
          assertThat(tcp.recvMessage()).isEqualTo(Message.of("twin", "2"));
          first.readToEnd();
          tcp.send(Message.of("twin", "to the second"));
          assertThat(second.readFrame().text()).isEqualTo("to the second");
        }
      }
    }

    @Test
    void inUseTakeNoOldMessagesToTheNewcomer() {
      Socket tcp = zmq.socket(ROUTER).set(SocketOptions.ROUTER_HANDOVER, true);
      String bound = tcp.bind(Endpoints.TCP);
      try (RawPeer first = RawPeer.connect(bound).handshake(1, RawPeer.ready("DEALER", "twin"))) {
        first.sendMessage("unread");
        Await.until(
            "it has come",
            () -> tcp.explain().peers().stream().anyMatch(p -> p.in().messages() == 1));
        try (RawPeer second =
            RawPeer.connect(bound).handshake(1, RawPeer.ready("DEALER", "twin"))) {
          first.readToEnd();
          second.sendMessage("2");
          assertThat(tcp.recvMessage()).isEqualTo(Message.of("twin", "2"));
          Await.until("it is counted", () -> !tcp.drops().isEmpty());
          assertThat(tcp.drops()).containsOnly(Map.entry(DropReason.UNREAD_AT_CLOSE, 1L));
        }
      }
    }

    @Test
    void areFreeAgainWhenTheConnectionHasEnded() {
      Socket tcp = zmq.socket(ROUTER);
      Events events = Events.of(tcp);
      String bound = tcp.bind(Endpoints.TCP);
      try (RawPeer first = RawPeer.connect(bound).handshake(1, RawPeer.ready("DEALER", "back"))) {
        first.sendMessage("unread when it left");
      }
      events.await(Type.DISCONNECTED);
      try (RawPeer second = RawPeer.connect(bound).handshake(1, RawPeer.ready("DEALER", "back"))) {
        second.sendMessage("back again");
        Set<Message> both = new HashSet<>();
        both.add(tcp.recvMessage());
        both.add(tcp.recvMessage());
        assertThat(both)
            .containsExactlyInAnyOrder(
                Message.of("back", "unread when it left"), Message.of("back", "back again"));
        tcp.send(Message.of("back", "welcome"));
        assertThat(second.readFrame().text()).isEqualTo("welcome");
      }
    }

    @Test
    void areKeptOverAReconnectOnTheConnectingSide() {
      String here = Endpoints.freeTcp();
      Socket connecting =
          zmq.socket(ROUTER).set(SocketOptions.RECONNECT_IVL, Duration.ofMillis(10));
      connecting.connect(here);
      byte[] id;
      try (RawPeer.Listener listener = RawPeer.listen(Endpoints.port(here))) {
        try (RawPeer first = listener.accept().handshake("DEALER")) {
          first.sendMessage("1");
          id = connecting.recvMessage().bytes(0);
        }
        try (RawPeer second = listener.accept().handshake("DEALER")) {
          second.sendMessage("2");
          assertThat(connecting.recvMessage().bytes(0)).isEqualTo(id);
          connecting.send(Message.of(id).add("answer"));
          assertThat(second.readFrame().text()).isEqualTo("answer");
        }
      }
    }

    @Test
    void mayHave255Octets() {
      String id = "i".repeat(255);
      Socket tcp = zmq.socket(ROUTER);
      String bound = tcp.bind(Endpoints.TCP);
      Socket dealer = zmq.socket(DEALER).set(SocketOptions.ROUTING_ID, utf8(id));
      dealer.connect(bound);
      dealer.send("x");
      assertThat(tcp.recvMessage()).isEqualTo(Message.of(id, "x"));
      tcp.send(Message.of(id, "y"));
      assertThat(dealer.recvString()).isEqualTo("y");
    }

    @Test
    void longerThanAnyPeerCanHaveAreUnknown() {
      router.send(Message.of(new byte[100_000]).add("x"));
      assertThat(router.drops()).containsEntry(DropReason.NO_ROUTE, 1L);
    }
  }

  @Nested
  class Probe {
    @Test
    @ShowsOption("ZMQ_PROBE_ROUTER")
    void isOneEmptyMessageToEachNewPeer() {
      Socket prober = zmq.socket(ROUTER).set(SocketOptions.ROUTING_ID, utf8("prober"));
      prober.set(SocketOptions.PROBE_ROUTER, true);
      prober.connect(endpoint);
      Message probe = router.recvMessage();
      assertThat(probe).isEqualTo(Message.of("prober", ""));
    }
  }
}
