package io.niomq.pipeline;

import static io.niomq.SocketType.PULL;
import static io.niomq.SocketType.PUSH;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.niomq.DropReason;
import io.niomq.Errno;
import io.niomq.Message;
import io.niomq.Socket;
import io.niomq.SocketEvent.Type;
import io.niomq.SocketOptions;
import io.niomq.ZmqUnsupportedException;
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

/** RFC 30, The PULL Socket Type. */
@ExtendWith(NoLeaks.class)
class PullTest {
  @RegisterExtension final Sockets zmq = new Sockets();

  @Nested
  class Incoming {
    @Test
    void isFairQueued() {
      String endpoint = Endpoints.inproc();
      Socket pull = zmq.bound(PULL, endpoint);
      for (String name : new String[] {"a", "b", "c"}) {
        Socket push = zmq.connected(PUSH, endpoint);
        for (int i = 0; i < 4; i++) {
          push.send(name);
        }
      }
      for (int round = 0; round < 4; round++) {
        Set<String> senders = new HashSet<>();
        for (int i = 0; i < 3; i++) {
          senders.add(pull.recvString());
        }
        assertThat(senders).containsExactlyInAnyOrder("a", "b", "c");
      }
      assertThat(pull.tryRecv()).isNull();
    }

    @Test
    void keepsTheOrderOfEachPeer() {
      String endpoint = Endpoints.inproc();
      Socket pull = zmq.bound(PULL, endpoint);
      Socket push = zmq.connected(PUSH, endpoint);
      for (int i = 0; i < 1500; i++) {
        push.send(Integer.toString(i));
      }
      for (int i = 0; i < 1500; i++) {
        assertThat(pull.recvString()).isEqualTo(Integer.toString(i));
      }
    }

    @Test
    void takesTurnsByMessageNotByFrame() {
      String endpoint = Endpoints.inproc();
      Socket pull = zmq.bound(PULL, endpoint);
      for (int i = 0; i < 2; i++) {
        Socket push = zmq.connected(PUSH, endpoint);
        push.send(Message.of("first", "of " + i));
        push.send(Message.of("second", "of " + i));
      }
      for (int i = 0; i < 4; i++) {
        assertThat(pull.recv()).isNotNull();
        assertThat(pull.hasMore()).isTrue();
        assertThat(pull.recvString()).startsWith("of ");
        assertThat(pull.hasMore()).isFalse();
      }
    }

    @Test
    void endsAWait() {
      String endpoint = Endpoints.inproc();
      Socket pull = zmq.bound(PULL, endpoint);
      Task<String> receiving = Task.call(pull::recvString).untilWaiting();
      zmq.connected(PUSH, endpoint).send("x");
      assertThat(receiving.result()).isEqualTo("x");
    }

    @Test
    void ofASilentPeerDoesNotHoldUpOthers() {
      Socket pull = zmq.socket(PULL);
      String endpoint = pull.bind(Endpoints.TCP);
      try (RawPeer halfway = RawPeer.connect(endpoint).handshake("PUSH")) {
        halfway.send("00 05 6162"); // the first two of five octets
        zmq.connected(PUSH, endpoint).send("whole");
        assertThat(pull.recvString()).isEqualTo("whole");
      }
    }
  }

  @Nested
  class Outgoing {
    @Test
    void isNotSupported() {
      Socket pull = zmq.socket(PULL);
      assertThatThrownBy(() -> pull.send("x"))
          .isInstanceOfSatisfying(
              ZmqUnsupportedException.class, e -> assertThat(e.errno()).isEqualTo(Errno.ENOTSUP));
      assertThatThrownBy(() -> pull.trySend("x")).isInstanceOf(ZmqUnsupportedException.class);
      assertThatThrownBy(() -> pull.sendMore("x")).isInstanceOf(ZmqUnsupportedException.class);
      assertThatThrownBy(() -> pull.send(Message.of("x")))
          .isInstanceOf(ZmqUnsupportedException.class);
    }
  }

  @Nested
  class WhenAPeerGoes {
    @Test
    void itsCompleteMessagesCanStillBeRead() {
      Socket pull = zmq.socket(PULL);
      Events events = Events.of(pull);
      String endpoint = pull.bind(Endpoints.TCP);
      try (RawPeer push = RawPeer.connect(endpoint).handshake("PUSH")) {
        push.sendMessage("1").sendMessage("2");
        push.send("01 01 61"); // the first of two frames, never completed
      }
      events.await(Type.DISCONNECTED);
      assertThat(pull.recvString()).isEqualTo("1");
      assertThat(pull.recvString()).isEqualTo("2");
      assertThat(pull.tryRecv()).isNull();
    }

    @Test
    void overInprocTooWhateverItsLinger() {
      String endpoint = Endpoints.inproc();
      Socket pull = zmq.bound(PULL, endpoint);
      Socket push = zmq.connected(PUSH, endpoint);
      push.set(SocketOptions.LINGER, Duration.ZERO);
      push.send("1");
      push.send("2");
      push.close();
      assertThat(pull.recvString()).isEqualTo("1");
      assertThat(pull.recvString()).isEqualTo("2");
      assertThat(pull.tryRecv()).isNull();
    }

    @Test
    void theOthersAreServedAsBefore() {
      String endpoint = Endpoints.inproc();
      Socket pull = zmq.bound(PULL, endpoint);
      Socket leaving = zmq.connected(PUSH, endpoint);
      Socket staying = zmq.connected(PUSH, endpoint);
      leaving.send("farewell");
      leaving.close();
      staying.send("hello");
      assertThat(new String[] {pull.recvString(), pull.recvString()})
          .containsExactlyInAnyOrder("farewell", "hello");
      staying.send("again");
      assertThat(pull.recvString()).isEqualTo("again");
    }
  }

  @Nested
  class WhenItIsClosed {
    @Test
    void whatWasNotReadIsCounted() {
      String endpoint = Endpoints.inproc();
      Socket pull = zmq.bound(PULL, endpoint);
      Socket push = zmq.connected(PUSH, endpoint);
      push.send("1");
      push.send("2");
      pull.close();
      Await.until(
          "two unread messages are counted",
          () -> pull.drops().getOrDefault(DropReason.UNREAD_AT_CLOSE, 0L) == 2);
    }
  }
}
