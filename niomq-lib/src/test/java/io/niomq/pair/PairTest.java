package io.niomq.pair;

import static io.niomq.SocketType.PAIR;
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
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

/** RFC 31, The PAIR Socket Type. */
@ExtendWith(NoLeaks.class)
class PairTest {
  @RegisterExtension final Sockets zmq = new Sockets();

  @Nested
  class Messages {
    @Test
    void doNotGoToAPairThatHasAPeerAlready() {
      String taken = Endpoints.inproc();
      Socket connected = zmq.connected(PAIR, Endpoints.inproc()); // nobody is there yet
      connected.connect(taken); // is refused by itself
      Socket bound = zmq.bound(PAIR, taken);
      Socket next = zmq.connected(PAIR, taken);
      bound.send("to the one that is its peer");
      assertThat(next.recvString()).isEqualTo("to the one that is its peer");
      next.send("and back");
      assertThat(bound.recvString()).isEqualTo("and back");
    }

    @Test
    void goBothWays() {
      String endpoint = Endpoints.inproc();
      Socket bound = zmq.bound(PAIR, endpoint);
      Socket connected = zmq.connected(PAIR, endpoint);
      bound.send("to the one that connected");
      connected.send(Message.of("to", "the one that bound"));
      assertThat(connected.recvString()).isEqualTo("to the one that connected");
      assertThat(bound.recvMessage()).isEqualTo(Message.of("to", "the one that bound"));
    }

    @Test
    void mayPassEachOther() {
      String endpoint = Endpoints.inproc();
      Socket bound = zmq.bound(PAIR, endpoint);
      Socket connected = zmq.connected(PAIR, endpoint);
      for (int i = 0; i < 5; i++) {
        bound.send("b" + i);
        connected.send("c" + i);
      }
      for (int i = 0; i < 5; i++) {
        assertThat(bound.recvString()).isEqualTo("c" + i);
        assertThat(connected.recvString()).isEqualTo("b" + i);
      }
    }
  }

  @Nested
  class MuteState {
    @Test
    void waitsWithoutAPeer() {
      String endpoint = Endpoints.inproc();
      Socket pair = zmq.bound(PAIR, endpoint);
      assertThat(pair.trySend("x")).isFalse();
      Task<Void> sending = Task.run(() -> pair.send("x")).untilWaiting();
      Socket other = zmq.connected(PAIR, endpoint);
      sending.result();
      assertThat(other.recvString()).isEqualTo("x");
    }

    @Test
    void waitsAtTheHighWaterMark() {
      String endpoint = Endpoints.inproc();
      Socket pair = zmq.limited(PAIR, 2, 2);
      pair.bind(endpoint);
      Socket other = zmq.limited(PAIR, 3, 3);
      other.connect(endpoint);
      for (int i = 0; i < 5; i++) { // 2 of its own and 3 of its peer's
        assertThat(pair.trySend("m" + i)).isTrue();
        assertThat(other.trySend("m" + i)).isTrue();
      }
      assertThat(pair.trySend("x")).isFalse();
      assertThat(other.trySend("x")).isFalse();
      Task<Void> sending = Task.run(() -> pair.send("x")).untilWaiting();
      for (int i = 0; i < 5; i++) {
        assertThat(other.recvString()).isEqualTo("m" + i);
      }
      sending.result();
      assertThat(other.recvString()).isEqualTo("x");
    }

    @Test
    void isSeenByAPoller() {
      String endpoint = Endpoints.inproc();
      Socket pair = zmq.bound(PAIR, endpoint);
      try (Poller poller = zmq.context().poller()) {
        poller.register(pair, Poller.IN | Poller.OUT);
        assertThat(poller.pollNow()).isZero();
        Socket other = zmq.connected(PAIR, endpoint);
        assertThat(poller.poll(Await.LONG)).isEqualTo(1);
        assertThat(poller.isWritable(pair)).isTrue();
        assertThat(poller.isReadable(pair)).isFalse();
        other.send("x");
        assertThat(poller.poll(Await.LONG)).isEqualTo(1);
        assertThat(poller.isReadable(pair)).isTrue();
      }
    }
  }

  @Nested
  class Exclusive {
    @Test
    void aSecondPeerIsNeitherHeardNorSpokenTo() {
      String endpoint = Endpoints.inproc();
      Socket pair = zmq.bound(PAIR, endpoint);
      Socket first = zmq.connected(PAIR, endpoint);
      Socket second = zmq.connected(PAIR, endpoint);
      second.trySend("intruder");
      first.send("1");
      pair.send("answer");
      assertThat(pair.recvString()).isEqualTo("1");
      assertThat(pair.tryRecv()).isNull();
      assertThat(first.recvString()).isEqualTo("answer");
      assertThat(second.tryRecv()).isNull();
    }

    @Test
    void aSecondConnectionIsClosed() {
      Socket pair = zmq.socket(PAIR);
      String endpoint = pair.bind(Endpoints.TCP);
      try (RawPeer first = RawPeer.connect(endpoint).handshake("PAIR");
          RawPeer second = RawPeer.connect(endpoint)) {
        first.sendMessage("1");
        assertThat(pair.recvString()).isEqualTo("1");
        second.send(RawPeer.greeting(1));
        second.read(64);
        second.sendAsFarAsPossible(RawPeer.ready("PAIR"));
        second.readToEnd();
        pair.send("2");
        assertThat(first.readFrame().text()).isEqualTo("2");
      }
    }

    @Test
    void theNextPeerMayComeWhenTheFirstHasGone() {
      String endpoint = Endpoints.inproc();
      Socket pair = zmq.bound(PAIR, endpoint);
      Socket first = zmq.connected(PAIR, endpoint);
      first.send("last words");
      first.close();
      assertThat(pair.recvString()).isEqualTo("last words");
      assertThat(pair.tryRecv()).isNull(); // now the old pipe is empty
      Socket second = zmq.connected(PAIR, endpoint);
      second.send("hello");
      assertThat(pair.recvString()).isEqualTo("hello");
      pair.send("welcome");
      assertThat(second.recvString()).isEqualTo("welcome");
    }

    @Test
    void theNextPeerMayComeOverTcpWhenTheFirstHasGone() {
      Socket pair = zmq.socket(PAIR);
      Events events = Events.of(pair);
      String endpoint = pair.bind(Endpoints.TCP);
      try (RawPeer first = RawPeer.connect(endpoint).handshake("PAIR")) {
        first.sendMessage("1");
        assertThat(pair.recvString()).isEqualTo("1");
      }
      events.await(Type.DISCONNECTED);
      Await.until("the peer is gone", () -> pair.tryRecv() == null && !pair.trySend("x"));
      try (RawPeer second = RawPeer.connect(endpoint).handshake("PAIR")) {
        second.sendMessage("2");
        assertThat(pair.recvString()).isEqualTo("2");
      }
    }
  }

  @Nested
  class Connecting {
    @Test
    void isRepeatedAfterALoss() {
      String endpoint = Endpoints.freeTcp();
      Socket pair = zmq.socket(PAIR).set(SocketOptions.RECONNECT_IVL, Duration.ofMillis(10));
      pair.connect(endpoint);
      Events events = Events.of(pair);
      Socket first = zmq.bound(PAIR, endpoint);
      pair.send("1");
      assertThat(first.recvString()).isEqualTo("1");
      first.close();
      events.await(Type.DISCONNECTED);
      pair.send("2");
      assertThat(zmq.bound(PAIR, endpoint).recvString()).isEqualTo("2");
    }
  }
}
