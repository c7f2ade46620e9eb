package io.niomq.transport;

import static io.niomq.SocketType.DEALER;
import static io.niomq.SocketType.PAIR;
import static io.niomq.SocketType.PULL;
import static io.niomq.SocketType.PUSH;
import static io.niomq.SocketType.REP;
import static io.niomq.SocketType.REQ;
import static io.niomq.SocketType.SUB;
import static io.niomq.SocketType.XPUB;
import static io.niomq.testing.Octets.hex;
import static io.niomq.testing.Octets.number;
import static io.niomq.testing.Octets.random;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.niomq.Context;
import io.niomq.Errno;
import io.niomq.Message;
import io.niomq.Poller;
import io.niomq.Socket;
import io.niomq.SocketOptions;
import io.niomq.ZmqArgumentException;
import io.niomq.ZmqEndpointException;
import io.niomq.testing.Await;
import io.niomq.testing.NoLeaks;
import io.niomq.testing.Sockets;
import io.niomq.testing.Task;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every transport promises. */
@ExtendWith(NoLeaks.class)
abstract class TransportContract {
  @RegisterExtension final Sockets zmq = new Sockets();

  /** An endpoint to be bound, perhaps with a wildcard. */
  abstract String endpoint();

  /** An endpoint that a peer may connect to before it is bound. */
  abstract String fixedEndpoint();

  @Nested
  class BindAndConnect {
    @Test
    void bindComesFirst() {
      Socket pull = zmq.socket(PULL);
      String bound = pull.bind(endpoint());
      zmq.connected(PUSH, bound).send("hello");
      assertThat(pull.recvString()).isEqualTo("hello");
    }

    @Test
    void connectComesFirst() {
      String endpoint = fixedEndpoint();
      Socket push = zmq.connected(PUSH, endpoint);
      push.send("1");
      push.send("2");
      Socket pull = zmq.bound(PULL, endpoint);
      push.send("3");
      for (int i = 1; i <= 3; i++) {
        assertThat(pull.recvString()).isEqualTo(Integer.toString(i));
      }
    }

    @Test
    void aReceiverThatConnectsFirstIsWaitedFor() {
      String endpoint = fixedEndpoint();
      Socket pull = zmq.connected(PULL, endpoint);
      Task<String> receiving = Task.call(pull::recvString).untilWaiting();
      zmq.bound(PUSH, endpoint).send("hello");
      assertThat(receiving.result()).isEqualTo("hello");
    }

    @Test
    void manyConnectBeforeTheBind() {
      String endpoint = fixedEndpoint();
      for (int i = 0; i < 5; i++) {
        zmq.connected(PUSH, endpoint).send(number(i));
      }
      Socket pull = zmq.bound(PULL, endpoint);
      Set<String> seen = new HashSet<>();
      for (int i = 0; i < 5; i++) {
        seen.add(pull.recvString());
      }
      assertThat(seen).hasSize(5);
    }

    @Test
    void lastEndpointIsWhereTheSocketIs() {
      Socket pull = zmq.socket(PULL);
      assertThat(pull.get(SocketOptions.LAST_ENDPOINT)).isEmpty();
      String first = pull.bind(endpoint());
      assertThat(pull.get(SocketOptions.LAST_ENDPOINT)).isEqualTo(first).doesNotContain("*");
      String second = pull.bind(endpoint());
      assertThat(pull.get(SocketOptions.LAST_ENDPOINT)).isEqualTo(second).isNotEqualTo(first);
      Socket push = zmq.connected(PUSH, first);
      assertThat(push.get(SocketOptions.LAST_ENDPOINT)).isEqualTo(first);
    }

    @Test
    void aSocketMayHaveManyEndpoints() {
      Socket pull = zmq.socket(PULL);
      List<String> bound = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        bound.add(pull.bind(endpoint()));
      }
      String elsewhere = fixedEndpoint();
      pull.connect(elsewhere);
      for (String endpoint : bound) {
        zmq.connected(PUSH, endpoint).send(endpoint);
      }
      zmq.bound(PUSH, elsewhere).send(elsewhere);
      bound.add(elsewhere);
      List<String> seen = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        seen.add(pull.recvString());
      }
      assertThat(seen).containsExactlyInAnyOrderElementsOf(bound);
    }

    @Test
    void aSocketMayConnectToItself() {
      Socket dealer = zmq.socket(DEALER);
      dealer.connect(dealer.bind(endpoint()));
      dealer.send("round trip");
      assertThat(dealer.recvString()).isEqualTo("round trip");
    }

    @Test
    void anEndpointIsBoundOnce() {
      Socket first = zmq.socket(PULL);
      String bound = first.bind(endpoint());
      for (Socket again : new Socket[] {first, zmq.socket(PULL)}) {
        assertThatThrownBy(() -> again.bind(bound))
            .isInstanceOfSatisfying(
                ZmqEndpointException.class,
                e -> {
                  assertThat(e.errno()).isEqualTo(Errno.EADDRINUSE);
                  assertThat(e.endpoint()).isEqualTo(bound);
                });
      }
      zmq.connected(PUSH, bound).send("still here");
      assertThat(first.recvString()).isEqualTo("still here");
    }
  }

  @Nested
  class UnbindAndDisconnect {
    @Test
    void unbindFreesTheEndpoint() {
      Socket first = zmq.socket(PULL);
      String bound = first.bind(endpoint());
      first.unbind(bound);
      Socket second = zmq.bound(PULL, bound);
      zmq.connected(PUSH, bound).send("to the second");
      assertThat(second.recvString()).isEqualTo("to the second");
      assertThat(first.tryRecv()).isNull();
    }

    @Test
    void closeFreesTheEndpoint() {
      for (int i = 0; i < 5; i++) {
        String bound;
        try (Socket first = zmq.context().socket(PULL)) {
          bound = first.bind(endpoint());
        }
        try (Socket second = zmq.context().socket(PULL)) {
          assertThat(second.bind(bound)).isEqualTo(bound);
        }
      }
    }

    @Test
    void unbindOfOneEndpointLeavesTheOthers() {
      Socket pull = zmq.socket(PULL);
      String first = pull.bind(endpoint());
      String second = pull.bind(endpoint());
      pull.unbind(first);
      zmq.connected(PUSH, second).send("hello");
      assertThat(pull.recvString()).isEqualTo("hello");
    }

    @Test
    void unbindKeepsWhatWasReceived() {
      Socket pull = zmq.socket(PULL);
      String bound = pull.bind(endpoint());
      Socket push = zmq.connected(PUSH, bound);
      push.send("1");
      push.send("2");
      assertThat(pull.recvString()).isEqualTo("1");
      awaitReadable(pull);
      pull.unbind(bound);
      assertThat(pull.recvString()).isEqualTo("2");
    }

    @Test
    void disconnectEndsTheConnection() {
      Socket push = zmq.socket(PUSH);
      Socket one = zmq.socket(PULL);
      Socket two = zmq.socket(PULL);
      String toOne = one.bind(endpoint());
      String toTwo = two.bind(endpoint());
      push.connect(toOne);
      push.connect(toTwo);
      push.disconnect(toOne);
      for (int i = 0; i < 6; i++) {
        push.send(number(i));
      }
      for (int i = 0; i < 6; i++) {
        assertThat(two.recv()).isEqualTo(number(i));
      }
      assertThat(one.tryRecv()).isNull();
    }

    @Test
    void disconnectStillSendsWhatIsQueued() {
      Socket pull = zmq.socket(PULL);
      String bound = pull.bind(endpoint());
      Socket push = zmq.connected(PUSH, bound);
      for (int i = 0; i < 100; i++) {
        push.send(number(i));
      }
      push.disconnect(bound);
      for (int i = 0; i < 100; i++) {
        assertThat(pull.recv()).isEqualTo(number(i));
      }
      assertThat(push.trySend("nobody left")).isFalse();
    }

    @Test
    void theSocketMayConnectAgain() {
      Socket pull = zmq.socket(PULL);
      String bound = pull.bind(endpoint());
      Socket push = zmq.socket(PUSH);
      for (int i = 0; i < 5; i++) {
        push.connect(bound);
        push.send(number(i));
        assertThat(pull.recv()).isEqualTo(number(i));
        push.disconnect(bound);
      }
    }

    @Test
    void whatIsNotBoundOrConnectedIsNotFound() {
      Socket socket = zmq.socket(DEALER);
      String bound = socket.bind(endpoint());
      socket.unbind(bound);
      String never = fixedEndpoint();
      for (String endpoint : new String[] {bound, never}) {
        assertThatThrownBy(() -> socket.unbind(endpoint))
            .isInstanceOfSatisfying(
                ZmqEndpointException.class,
                e -> {
                  assertThat(e.errno()).isEqualTo(Errno.ENOENT);
                  assertThat(e.endpoint()).isEqualTo(endpoint);
                });
        assertThatThrownBy(() -> socket.disconnect(endpoint))
            .isInstanceOf(ZmqEndpointException.class);
      }
    }
  }

  @Nested
  class Content {
    @Test
    void tenThousandMessagesArriveInOrder() {
      Socket pull = zmq.socket(PULL);
      String bound = pull.bind(endpoint());
      Socket push = zmq.connected(PUSH, bound);
      Task<Void> sending =
          Task.run(
              () -> {
                for (int i = 0; i < 10_000; i++) {
                  push.send(numbered(i));
                }
              });
      for (int i = 0; i < 10_000; i++) {
        byte[] body = pull.recv();
        if (!Arrays.equals(body, numbered(i))) {
          assertThat(body).as("message " + i).isEqualTo(numbered(i));
        }
      }
      sending.result();
    }

    /** A body whose size and content depend on {@code i}. */
    private byte[] numbered(int i) {
      byte[] body = new byte[4 + i % 300];
      for (int j = 0; j < body.length; j++) {
        body[j] = (byte) (j < 4 ? i >>> 8 * j : i + j);
      }
      return body;
    }

    @ParameterizedTest
    @ValueSource(
        ints = {0, 1, 254, 255, 256, 257, 4095, 8191, 8192, 8193, 65_535, 65_536, 100_000, 1 << 20})
    void framesOfAnySizeArrive(int size) {
      Socket pull = zmq.socket(PULL);
      String bound = pull.bind(endpoint());
      Socket push = zmq.connected(PUSH, bound);
      byte[] body = random(size, size);
      push.send(body);
      push.send(Message.of(new byte[0], body, new byte[0], body));
      push.send("end");
      assertThat(pull.recv()).isEqualTo(body);
      assertThat(pull.hasMore()).isFalse();
      Message message = pull.recvMessage();
      assertThat(message.frameCount()).isEqualTo(4);
      assertThat(message.size(0)).isZero();
      assertThat(message.bytes(1)).isEqualTo(body);
      assertThat(message.size(2)).isZero();
      assertThat(message.bytes(3)).isEqualTo(body);
      message.close();
      assertThat(pull.recvString()).isEqualTo("end");
    }

    @Test
    void largeFramesArriveInBothDirectionsAtOnce() {
      Socket bound = zmq.socket(PAIR);
      Socket connected = zmq.connected(PAIR, bound.bind(endpoint()));
      byte[] body = random(1, 1 << 20);
      for (Socket socket : new Socket[] {bound, connected}) {
        for (int i = 0; i < 20; i++) {
          socket.send(body);
        }
      }
      for (Socket socket : new Socket[] {bound, connected}) {
        for (int i = 0; i < 20; i++) {
          assertThat(socket.recv()).isEqualTo(body);
        }
      }
    }

    @Test
    void aMessageMayHaveAThousandFrames() {
      Socket pull = zmq.socket(PULL);
      String bound = pull.bind(endpoint());
      Socket push = zmq.connected(PUSH, bound);
      Message message = new Message();
      for (int i = 0; i < 1000; i++) {
        message.add(random(i, i));
      }
      push.send(message.copy());
      assertThat(pull.recvMessage()).isEqualTo(message);
    }

    @Test
    void requestsAndRepliesOfAllSizesGoRoundAndRound() {
      Socket echo = zmq.socket(REP);
      String bound = echo.bind(endpoint());
      Task<Void> echoing =
          Task.run(
              () -> {
                for (int i = 0; i < 500; i++) {
                  echo.send(echo.recvMessage());
                }
              });
      Socket req = zmq.connected(REQ, bound);
      for (int i = 0; i < 500; i++) {
        Message sent = Message.of(number(i), random(i, i % 97), random(i, 13 * (i % 1000)));
        req.send(sent.copy());
        Message back = req.recvMessage();
        assertThat(back).isEqualTo(sent);
        back.close();
      }
      echoing.result();
    }
  }

  @Nested
  class Peers {
    @Test
    void manyMayConnectToOne() {
      Socket pull = zmq.socket(PULL);
      String bound = pull.bind(endpoint());
      List<Task<Void>> senders = new ArrayList<>();
      for (int s = 0; s < 8; s++) {
        Socket push = zmq.connected(PUSH, bound);
        int sender = s;
        senders.add(
            Task.run(
                () -> {
                  for (int i = 0; i < 200; i++) {
                    push.send(Message.of(number(sender), number(i)));
                  }
                }));
      }
      int[] next = new int[8];
      for (int i = 0; i < 1600; i++) {
        Message message = pull.recvMessage();
        int sender = Integer.parseInt(message.string(0));
        assertThat(message.string(1)).isEqualTo(Integer.toString(next[sender]++));
      }
      senders.forEach(Task::result);
      assertThat(pull.tryRecv()).isNull();
    }

    @Test
    void aPublisherReachesAllSubscribers() {
      Socket xpub = zmq.socket(XPUB).set(SocketOptions.XPUB_VERBOSE, true);
      String bound = xpub.bind(endpoint());
      List<Socket> subs = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        subs.add(zmq.connected(SUB, bound).subscribe("a"));
      }
      for (int i = 0; i < 5; i++) {
        assertThat(xpub.recv()).isEqualTo(hex("01 61"));
      }
      for (int i = 0; i < 100; i++) {
        xpub.send("a" + i);
        xpub.send("b" + i);
      }
      for (Socket sub : subs) {
        for (int i = 0; i < 100; i++) {
          assertThat(sub.recvString()).isEqualTo("a" + i);
        }
        assertThat(sub.tryRecv()).isNull();
      }
    }
  }

  @Nested
  class Closing {
    @Test
    void deliversAllThatWasSent() {
      Socket pull = zmq.socket(PULL);
      String bound = pull.bind(endpoint());
      Socket push = zmq.connected(PUSH, bound);
      for (int i = 0; i < 900; i++) {
        push.send(number(i));
      }
      push.close();
      for (int i = 0; i < 900; i++) {
        assertThat(pull.recv()).isEqualTo(number(i));
      }
    }

    @Test
    void deliversLargeMessagesToo() {
      Socket pull = zmq.socket(PULL);
      String bound = pull.bind(endpoint());
      Socket push = zmq.connected(PUSH, bound);
      byte[] body = random(7, 1 << 20);
      for (int i = 0; i < 30; i++) {
        push.send(body);
      }
      push.close();
      for (int i = 0; i < 30; i++) {
        assertThat(pull.recv()).isEqualTo(body);
      }
    }

    @Test
    void ofTheContextWaitsForDelivery() {
      Socket pull = zmq.socket(PULL).set(SocketOptions.RCVHWM, 0);
      String bound = pull.bind(endpoint());
      if (bound.startsWith("inproc:")) {
        return; // other contexts cannot be reached
      }
      Task<Void> receiving =
          Task.run(
              () -> {
                for (int i = 0; i < 500; i++) {
                  assertThat(pull.recv()).isEqualTo(number(i));
                }
              });
      try (Context other = Context.create()) {
        Socket push = other.socket(PUSH);
        push.connect(bound);
        for (int i = 0; i < 500; i++) {
          push.send(number(i));
        }
        assertThat(other.close(Await.LONG).dropped()).isZero();
      }
      receiving.result();
    }

    @Test
    void ofAReceiverLeavesTheSenderWaiting() {
      Socket push = zmq.socket(PUSH);
      String bound = push.bind(endpoint());
      Socket pull = zmq.connected(PULL, bound);
      push.send("1");
      assertThat(pull.recvString()).isEqualTo("1");
      pull.close();
      Await.until("the peer is gone", () -> !push.trySend("to one that leaves"));
      Socket next = zmq.connected(PULL, bound);
      push.send("2");
      assertThat(next.recvString()).isEqualTo("2");
    }

    @Test
    void andOpeningMayGoOnForEver() {
      Socket pull = zmq.socket(PULL);
      String bound = pull.bind(endpoint());
      for (int i = 0; i < 50; i++) {
        try (Socket push = zmq.context().socket(PUSH)) {
          push.connect(bound);
          push.send(number(i));
        }
        assertThat(pull.recv()).isEqualTo(number(i));
      }
    }
  }

  @Nested
  class Syntax {
    @Test
    void anEmptyAddressIsRefused() {
      String scheme = endpoint().substring(0, endpoint().indexOf("://") + 3);
      Socket socket = zmq.socket(DEALER);
      assertThatThrownBy(() -> socket.bind(scheme)).isInstanceOf(ZmqArgumentException.class);
      assertThatThrownBy(() -> socket.connect(scheme)).isInstanceOf(ZmqArgumentException.class);
    }
  }

  final void awaitReadable(Socket socket) {
    try (Poller poller = zmq.context().poller()) {
      assertThat(poller.register(socket, Poller.IN).poll(Await.LONG)).isEqualTo(1);
    }
  }

  /** For transports over which a peer may come back. */
  abstract static class WithConnections extends TransportContract {
    @Nested
    class Reconnecting {
      @Test
      void followsWhenTheEndpointIsBoundAgain() {
        String endpoint = fixedEndpoint();
        Socket push = zmq.socket(PUSH).set(SocketOptions.RECONNECT_IVL, Duration.ofMillis(10));
        push.connect(endpoint);
        for (int round = 0; round < 5; round++) {
          Socket pull = zmq.bound(PULL, endpoint);
          String sent = "round " + round;
          Await.until(
              sent,
              () -> {
                push.trySend(sent); // one that is under way when the peer leaves is lost
                return sent.equals(pull.recvString(Duration.ofMillis(50)));
              });
          pull.close();
        }
      }

      @Test
      void followsAfterAnUnbind() {
        String endpoint = fixedEndpoint();
        Socket dealer = zmq.socket(DEALER).set(SocketOptions.RECONNECT_IVL, Duration.ofMillis(10));
        dealer.connect(endpoint);
        Socket first = zmq.bound(DEALER, endpoint);
        first.send("from the first");
        assertThat(dealer.recvString()).isEqualTo("from the first");
        first.unbind(endpoint);
        Socket second = zmq.bound(DEALER, endpoint);
        second.send("from the second");
        assertThat(dealer.recvString()).isEqualTo("from the second");
      }

      @Test
      void tellsSubscriptionsAgain() {
        String endpoint = fixedEndpoint();
        Socket sub = zmq.socket(SUB).set(SocketOptions.RECONNECT_IVL, Duration.ofMillis(10));
        sub.subscribe("a");
        sub.connect(endpoint);
        for (int round = 0; round < 3; round++) {
          Socket xpub = zmq.bound(XPUB, endpoint);
          assertThat(xpub.recv()).isEqualTo(hex("01 61"));
          xpub.send("a" + round);
          assertThat(sub.recvString()).isEqualTo("a" + round);
          xpub.close();
        }
      }
    }
  }
}
