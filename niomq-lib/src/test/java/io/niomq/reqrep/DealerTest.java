package io.niomq.reqrep;

import static io.niomq.SocketType.DEALER;
import static io.niomq.SocketType.REP;
import static io.niomq.SocketType.ROUTER;
import static org.assertj.core.api.Assertions.assertThat;

import io.niomq.Message;
import io.niomq.Poller;
import io.niomq.Socket;
import io.niomq.SocketEvent.Type;
import io.niomq.SocketOptions;
import io.niomq.testing.Await;
import io.niomq.testing.Endpoints;
import io.niomq.testing.Events;
import io.niomq.testing.NoLeaks;
import io.niomq.testing.RawPeer;
import io.niomq.testing.Sockets;
import io.niomq.testing.Task;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

/** RFC 28, The DEALER Socket Type. */
@ExtendWith(NoLeaks.class)
class DealerTest {
  @RegisterExtension final Sockets zmq = new Sockets();

  @Nested
  class Outgoing {
    @Test
    void goesRoundRobinAsItIs() {
      String endpoint = Endpoints.inproc();
      Socket dealer = zmq.bound(DEALER, endpoint);
      Socket one = zmq.connected(DEALER, endpoint);
      Socket two = zmq.connected(DEALER, endpoint);
      for (int i = 0; i < 4; i++) {
        dealer.send(Message.of("frame " + i, "", "end"));
      }
      for (Socket peer : new Socket[] {one, two}) {
        Message first = peer.recvMessage();
        Message second = peer.recvMessage();
        assertThat(first.strings().subList(1, 3)).containsExactly("", "end");
        int number = first.string(0).charAt(6) - '0';
        assertThat(second.string(0)).isEqualTo("frame " + (number + 2));
        assertThat(peer.tryRecvMessage()).isNull();
      }
    }

    @Test
    void toARepNeedsADelimiter() {
      String endpoint = Endpoints.inproc();
      Socket rep = zmq.bound(REP, endpoint);
      Socket dealer = zmq.connected(DEALER, endpoint);
      dealer.send(Message.of("", "question"));
      assertThat(rep.recvString()).isEqualTo("question");
      rep.send("answer");
      assertThat(dealer.recvMessage()).isEqualTo(Message.of("", "answer"));
    }

    @Test
    void neverNeedsATurn() {
      String endpoint = Endpoints.inproc();
      Socket router = zmq.bound(ROUTER, endpoint);
      Socket dealer = zmq.connected(DEALER, endpoint);
      for (int i = 0; i < 10; i++) {
        dealer.send("q" + i);
      }
      for (int i = 0; i < 10; i++) {
        router.send(router.recvMessage());
      }
      for (int i = 0; i < 10; i++) {
        assertThat(dealer.recvString()).isEqualTo("q" + i);
      }
    }
  }

  @Nested
  class MuteState {
    @Test
    void waitsWithoutAPeer() {
      String endpoint = Endpoints.inproc();
      Socket dealer = zmq.bound(DEALER, endpoint);
      assertThat(dealer.trySend("x")).isFalse();
      Task<Void> sending = Task.run(() -> dealer.send("x")).untilWaiting();
      Socket peer = zmq.connected(DEALER, endpoint);
      sending.result();
      assertThat(peer.recvString()).isEqualTo("x");
    }

    @Test
    void waitsWhenAllPeersAreFull() {
      String endpoint = Endpoints.inproc();
      Socket dealer = zmq.limited(DEALER, 1, 0);
      dealer.bind(endpoint);
      Socket one = zmq.limited(DEALER, 0, 1);
      one.connect(endpoint);
      Socket two = zmq.limited(DEALER, 0, 1);
      two.connect(endpoint);
      for (int i = 0; i < 4; i++) {
        assertThat(dealer.trySend("m" + i)).isTrue();
      }
      assertThat(dealer.trySend("x")).isFalse();
      Task<Void> sending = Task.run(() -> dealer.send("x")).untilWaiting();
      one.recv();
      one.recv();
      sending.result();
      assertThat(one.recvString()).isEqualTo("x");
    }

    @Test
    void isSeenByAPoller() {
      String endpoint = Endpoints.inproc();
      Socket dealer = zmq.bound(DEALER, endpoint);
      try (Poller poller = zmq.context().poller()) {
        poller.register(dealer, Poller.IN | Poller.OUT);
        assertThat(poller.pollNow()).isZero();
        Socket peer = zmq.connected(DEALER, endpoint);
        assertThat(poller.poll(Await.LONG)).isEqualTo(1);
        assertThat(poller.isWritable(dealer)).isTrue();
        assertThat(poller.isReadable(dealer)).isFalse();
        peer.send("x");
        assertThat(poller.poll(Await.LONG)).isEqualTo(1);
        assertThat(poller.isReadable(dealer)).isTrue();
      }
    }
  }

  @Nested
  class Incoming {
    @Test
    void isFairQueued() {
      String endpoint = Endpoints.inproc();
      Socket dealer = zmq.bound(DEALER, endpoint);
      for (String name : new String[] {"a", "b", "c"}) {
        Socket peer = zmq.connected(DEALER, endpoint);
        for (int i = 0; i < 3; i++) {
          peer.send(name);
        }
      }
      for (int round = 0; round < 3; round++) {
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < 3; i++) {
          seen.add(dealer.recvString());
        }
        assertThat(seen).hasSize(3);
      }
    }
  }

  @Nested
  class Connecting {
    @Test
    void twiceToTheSameEndpointIsOnce() {
      Socket router = zmq.socket(ROUTER);
      String endpoint = router.bind(Endpoints.TCP);
      Socket dealer = zmq.connected(DEALER, endpoint);
      dealer.connect(endpoint);
      dealer.send("1");
      dealer.send("2");
      byte[] id = router.recvMessage().bytes(0);
      assertThat(router.recvMessage().bytes(0)).isEqualTo(id);
    }

    @Test
    void keepsWhatIsQueuedOverALoss() {
      String endpoint = Endpoints.freeTcp();
      Socket dealer = zmq.socket(DEALER).set(SocketOptions.RECONNECT_IVL, Duration.ofMillis(10));
      Events events = Events.of(dealer);
      dealer.connect(endpoint);
      Socket first = zmq.bound(DEALER, endpoint);
      dealer.send("1");
      assertThat(first.recvString()).isEqualTo("1");
      first.send("unread");
      Await.until("the message has come", () -> readable(dealer));
      first.close();
      events.await(Type.DISCONNECTED);
      dealer.send("2");
      assertThat(dealer.recvString()).isEqualTo("unread");
      assertThat(zmq.bound(DEALER, endpoint).recvString()).isEqualTo("2");
    }

    private boolean readable(Socket socket) {
      try (Poller poller = zmq.context().poller()) {
        return poller.register(socket, Poller.IN).pollNow() == 1;
      }
    }
  }

  @Nested
  class Probe {
    @Test
    void isOneEmptyMessageToEachNewPeer() {
      String endpoint = Endpoints.inproc();
      Socket router = zmq.bound(ROUTER, endpoint);
      Socket dealer = zmq.socket(DEALER).set(SocketOptions.PROBE_ROUTER, true);
      dealer.connect(endpoint);
      Message probe = router.recvMessage();
      assertThat(probe.frameCount()).isEqualTo(2);
      assertThat(probe.size(1)).isZero();
    }

    /** Section 6 of the captured exchanges: 00 00 after READY. */
    @Test
    void isSentToAPeerThatConnects() {
      Socket dealer = zmq.socket(DEALER).set(SocketOptions.PROBE_ROUTER, true);
      String endpoint = dealer.bind(Endpoints.TCP);
      try (RawPeer router = RawPeer.connect(endpoint).handshake("ROUTER")) {
        assertThat(router.readFrame().hex()).isEqualTo("00 ");
      }
    }
  }
}
