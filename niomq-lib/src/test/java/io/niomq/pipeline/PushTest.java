package io.niomq.pipeline;

import static io.niomq.SocketType.PULL;
import static io.niomq.SocketType.PUSH;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.niomq.DropReason;
import io.niomq.Errno;
import io.niomq.Message;
import io.niomq.Poller;
import io.niomq.Socket;
import io.niomq.SocketEvent.Type;
import io.niomq.SocketOptions;
import io.niomq.ZmqTimeoutException;
import io.niomq.ZmqUnsupportedException;
import io.niomq.testing.Await;
import io.niomq.testing.Endpoints;
import io.niomq.testing.Events;
import io.niomq.testing.NoLeaks;
import io.niomq.testing.RawPeer;
import io.niomq.testing.Sockets;
import io.niomq.testing.Task;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

/** RFC 30, The PUSH Socket Type. */
@ExtendWith(NoLeaks.class)
class PushTest {
  @RegisterExtension final Sockets zmq = new Sockets();

  @Nested
  class Outgoing {
    @Test
    void goesRoundRobinToAllPeers() {
      String endpoint = Endpoints.inproc();
      Socket push = zmq.bound(PUSH, endpoint);
      List<Socket> pulls = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        pulls.add(zmq.connected(PULL, endpoint));
      }
      for (int i = 0; i < 9; i++) {
        push.send(Integer.toString(i));
      }
      for (Socket pull : pulls) {
        int first = Integer.parseInt(pull.recvString());
        assertThat(pull.recvString()).isEqualTo(Integer.toString(first + 3));
        assertThat(pull.recvString()).isEqualTo(Integer.toString(first + 6));
        assertThat(pull.tryRecv()).isNull();
      }
    }

    @Test
    void leavesOutPeersAtTheirHighWaterMark() {
      String endpoint = Endpoints.inproc();
      Socket push = zmq.limited(PUSH, 1, 0);
      push.bind(endpoint);
      Socket narrow = zmq.limited(PULL, 0, 1);
      narrow.connect(endpoint); // takes 1 + 1
      Socket wide = zmq.limited(PULL, 0, 5);
      wide.connect(endpoint); // takes 1 + 5
      for (int i = 0; i < 8; i++) {
        assertThat(push.trySend("m" + i)).isTrue();
      }
      assertThat(push.trySend("one too many")).isFalse();
      assertThat(received(narrow)).hasSize(2);
      assertThat(received(wide)).hasSize(6);
    }

    @Test
    void isWholeOrNothing() {
      String endpoint = Endpoints.inproc();
      Socket push = zmq.bound(PUSH, endpoint);
      Socket pull = zmq.connected(PULL, endpoint);
      push.sendMore("a").sendMore("");
      assertThat(pull.tryRecv()).isNull();
      push.send("c");
      assertThat(pull.recvMessage()).isEqualTo(Message.of("a", "", "c"));
    }

    @Test
    void mayBeginBeforeThePeerExists() {
      String endpoint = Endpoints.inproc();
      Socket push = zmq.connected(PUSH, endpoint);
      push.send("early");
      assertThat(zmq.bound(PULL, endpoint).recvString()).isEqualTo("early");
    }

    @Test
    void givesItsShareToAConnectionThatIsNotMadeYet() {
      String here = Endpoints.inproc();
      Socket pull = zmq.bound(PULL, here);
      Socket push = zmq.connected(PUSH, here);
      push.connect(Endpoints.inproc());
      for (int i = 0; i < 4; i++) {
        push.send("m" + i);
      }
      assertThat(received(pull)).hasSize(2);
    }
  }

  @Nested
  class MuteState {
    @Test
    void waitsWhileThereIsNoPeer() {
      Socket push = zmq.bound(PUSH, Endpoints.inproc());
      assertThat(push.trySend("x")).isFalse();
      assertThat(push.send("x", Duration.ofMillis(20))).isFalse();
      push.set(SocketOptions.SNDTIMEO, Duration.ofMillis(20));
      assertThatThrownBy(() -> push.send("x"))
          .isInstanceOfSatisfying(
              ZmqTimeoutException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EAGAIN));
      assertThat(push.drops()).isEmpty();
    }

    @Test
    void endsWithTheFirstPeer() {
      String endpoint = Endpoints.inproc();
      Socket push = zmq.bound(PUSH, endpoint);
      Task<Void> sending = Task.run(() -> push.send("x")).untilWaiting();
      Socket pull = zmq.connected(PULL, endpoint);
      sending.result();
      assertThat(pull.recvString()).isEqualTo("x");
    }

    @Test
    void endsWithTheFirstPeerOverTcp() {
      Socket push = zmq.socket(PUSH);
      String endpoint = push.bind(Endpoints.TCP);
      Task<Void> sending = Task.run(() -> push.send("x")).untilWaiting();
      Socket pull = zmq.connected(PULL, endpoint);
      sending.result();
      assertThat(pull.recvString()).isEqualTo("x");
    }

    @Test
    void endsWhenAPeerHasRead() {
      String endpoint = Endpoints.inproc();
      Socket push = zmq.limited(PUSH, 1, 0);
      push.bind(endpoint);
      Socket pull = zmq.limited(PULL, 0, 1);
      pull.connect(endpoint);
      push.send("1");
      push.send("2");
      Task<Void> sending = Task.run(() -> push.send("3")).untilWaiting();
      assertThat(pull.recvString()).isEqualTo("1");
      assertThat(pull.recvString()).isEqualTo("2");
      sending.result();
      assertThat(pull.recvString()).isEqualTo("3");
    }

    @Test
    void isSeenByAPoller() {
      String endpoint = Endpoints.inproc();
      Socket push = zmq.limited(PUSH, 1, 0);
      push.bind(endpoint);
      try (Poller poller = zmq.context().poller()) {
        poller.register(push, Poller.OUT | Poller.IN);
        assertThat(poller.pollNow()).isZero();
        Socket pull = zmq.limited(PULL, 0, 1);
        pull.connect(endpoint);
        assertThat(poller.poll(Await.LONG)).isEqualTo(1);
        assertThat(poller.isWritable(push)).isTrue();
        assertThat(poller.isReadable(push)).isFalse();
        push.send("1");
        push.send("2");
        assertThat(poller.pollNow()).isZero();
        assertThat(received(pull)).hasSize(2);
        assertThat(poller.poll(Await.LONG)).isEqualTo(1);
      }
    }
  }

  @Nested
  class Incoming {
    @Test
    void isNotSupported() {
      Socket push = zmq.socket(PUSH);
      assertThatThrownBy(push::recv)
          .isInstanceOfSatisfying(
              ZmqUnsupportedException.class, e -> assertThat(e.errno()).isEqualTo(Errno.ENOTSUP));
      assertThatThrownBy(push::tryRecv).isInstanceOf(ZmqUnsupportedException.class);
      assertThatThrownBy(push::recvMessage).isInstanceOf(ZmqUnsupportedException.class);
    }

    @Test
    void isDiscardedAndCounted() {
      Socket push = zmq.socket(PUSH);
      String endpoint = push.bind(Endpoints.TCP);
      try (RawPeer pull = RawPeer.connect(endpoint).handshake("PULL")) {
        pull.sendMessage("a PULL does not say this");
        Await.until(
            "the message is counted", () -> push.drops().containsKey(DropReason.NOT_RECEIVING));
        push.send("still here");
        assertThat(pull.readFrame().text()).isEqualTo("still here");
      }
      assertThat(push.drops()).containsEntry(DropReason.NOT_RECEIVING, 1L);
    }
  }

  @Nested
  class WhenAPeerGoes {
    @Test
    void whatWasQueuedForAnAcceptedPeerIsDroppedAndCountedNotRerouted() {
      Socket push = zmq.limited(PUSH, 10, 0);
      push.set(SocketOptions.SNDBUF, 8192);
      String endpoint = push.bind(Endpoints.TCP);
      Events events = Events.of(push);
      try (RawPeer mute = RawPeer.connect(endpoint).withSmallWindow().handshake("PULL")) {
        events.await(Type.HANDSHAKE_SUCCEEDED);
        byte[] large = new byte[1 << 20];
        fill(push, large);
        mute.reset();
      }
      events.await(Type.DISCONNECTED);
      Await.until(
          "the queue is counted",
          () -> push.drops().getOrDefault(DropReason.CONNECTION_LOST, 0L) >= 5);
      assertThat(push.trySend("x")).isFalse();
      Socket pull = zmq.connected(PULL, endpoint);
      push.send("fresh");
      assertThat(pull.recvString()).isEqualTo("fresh");
    }

    @Test
    void whatWasQueuedForAConnectedEndpointIsKept() {
      String endpoint = Endpoints.freeTcp();
      Socket push = zmq.socket(PUSH).set(SocketOptions.RECONNECT_IVL, Duration.ofMillis(10));
      Events events = Events.of(push);
      push.connect(endpoint);
      push.send("1");
      push.send("2");
      Socket first = zmq.bound(PULL, endpoint);
      assertThat(first.recvString()).isEqualTo("1");
      assertThat(first.recvString()).isEqualTo("2");
      first.close();
      events.await(Type.DISCONNECTED);
      push.send("3");
      push.send("4");
      Socket second = zmq.bound(PULL, endpoint);
      assertThat(second.recvString()).isEqualTo("3");
      assertThat(second.recvString()).isEqualTo("4");
      assertThat(push.drops()).isEmpty();
    }

    @Test
    void anInprocPeerIsForgottenAtOnce() {
      String endpoint = Endpoints.inproc();
      Socket push = zmq.bound(PUSH, endpoint);
      Socket pull = zmq.connected(PULL, endpoint);
      push.send("unread");
      pull.close();
      Await.until("no peer is left", () -> !push.trySend("x"));
      assertThat(zmq.connected(PULL, endpoint).tryRecv()).isNull();
    }

    @Test
    void itsTurnGoesToTheOthers() {
      String endpoint = Endpoints.inproc();
      Socket push = zmq.bound(PUSH, endpoint);
      Socket leaving = zmq.connected(PULL, endpoint);
      Socket staying = zmq.connected(PULL, endpoint);
      leaving.close();
      for (int i = 0; i < 10; i++) {
        push.send("m" + i);
      }
      assertThat(received(staying)).hasSize(10);
    }
  }

  private static void fill(Socket push, byte[] body) {
    while (push.send(body, Duration.ofMillis(200))) {
      assertThat(push.drops()).isEmpty();
    }
  }

  private static List<String> received(Socket pull) {
    List<String> all = new ArrayList<>();
    for (String s = pull.tryRecvString(); s != null; s = pull.tryRecvString()) {
      all.add(s);
    }
    return all;
  }
}
