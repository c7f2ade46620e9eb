package io.niomq.delivery;

import static io.niomq.SocketType.DEALER;
import static io.niomq.SocketType.PULL;
import static io.niomq.SocketType.PUSH;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.niomq.CloseReport;
import io.niomq.Context;
import io.niomq.DropReason;
import io.niomq.Socket;
import io.niomq.SocketOptions;
import io.niomq.SocketType;
import io.niomq.ZmqInterruptedException;
import io.niomq.testing.Await;
import io.niomq.testing.Endpoints;
import io.niomq.testing.NoLeaks;
import io.niomq.testing.RawPeer;
import io.niomq.testing.ShowsOption;
import io.niomq.testing.Sockets;
import io.niomq.testing.Task;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code ZMQ_LINGER}: how long a closed socket still sends. */
@ExtendWith(NoLeaks.class)
class LingerTest {
  @RegisterExtension final Sockets zmq = new Sockets();

  /** A PUSH with three messages for a peer that does not exist. */
  private Socket pushWithThree(Context context, String endpoint) {
    Socket push = context.socket(PUSH);
    push.connect(endpoint);
    for (int i = 0; i < 3; i++) {
      push.send("m" + i);
    }
    return push;
  }

  @Nested
  class Default {
    @ParameterizedTest
    @EnumSource(
        value = SocketType.class,
        mode = EnumSource.Mode.EXCLUDE,
        names = {"SUB", "XSUB"})
    void isThirtySeconds(SocketType type) {
      try (Socket socket = zmq.context().socket(type)) {
        assertThat(socket.get(SocketOptions.LINGER)).isEqualTo(Duration.ofSeconds(30));
      }
    }

    @ParameterizedTest
    @EnumSource(
        value = SocketType.class,
        names = {"SUB", "XSUB"})
    void isNoneForSubscribers(SocketType type) {
      try (Socket socket = zmq.context().socket(type)) {
        assertThat(socket.get(SocketOptions.LINGER)).isZero();
      }
    }

    @Test
    void deliversToAPeerThatComesLater() {
      String endpoint = Endpoints.freeTcp();
      pushWithThree(zmq.context(), endpoint).close();
      Socket pull = zmq.bound(PULL, endpoint);
      for (int i = 0; i < 3; i++) {
        assertThat(pull.recvString()).isEqualTo("m" + i);
      }
    }
  }

  @Nested
  class Zero {
    @Test
    void dropsAtOnceAndCounts() {
      Socket push;
      try (Context context = Context.create()) {
        push = pushWithThree(context, Endpoints.freeTcp());
        push.set(SocketOptions.LINGER, Duration.ZERO);
        push.close();
        Await.until(
            "three messages are counted",
            () -> push.drops().getOrDefault(DropReason.LINGER_EXPIRED, 0L) == 3);
      }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void mayBeGivenToTheCloseItself(boolean afterShutdown) {
      Context context = Context.create();
      Socket push = pushWithThree(context, Endpoints.freeTcp());
      push.set(SocketOptions.LINGER, SocketOptions.FOREVER);
      if (afterShutdown) {
        context.shutdown();
      }
      push.close(Duration.ZERO);
      push.close(SocketOptions.FOREVER); // nothing
      assertThat(context.close(Await.LONG).complete()).isTrue();
      assertThat(push.drops()).containsEntry(DropReason.LINGER_EXPIRED, 3L);
    }

    @Test
    void letsTheContextEndAtOnce() {
      Context context = Context.create();
      pushWithThree(context, Endpoints.freeTcp()).set(SocketOptions.LINGER, Duration.ZERO).close();
      assertThat(context.close(Await.LONG).complete()).isTrue();
    }
  }

  @Nested
  class ADuration {
    @Test
    @ShowsOption("ZMQ_LINGER")
    void isWaitedByTheContextThenTheRestIsDropped() {
      Socket push;
      try (Context context = Context.create()) {
        push = pushWithThree(context, Endpoints.freeTcp());
        push.set(SocketOptions.LINGER, Duration.ofMillis(50));
        push.close();
      }
      assertThat(push.drops()).containsEntry(DropReason.LINGER_EXPIRED, 3L);
    }

    @Test
    void isReadWhenTheSocketIsClosed() {
      Context context = Context.create();
      Socket push = context.socket(PUSH).set(SocketOptions.LINGER, SocketOptions.FOREVER);
      push.connect(Endpoints.freeTcp());
      push.send("x");
      push.set(SocketOptions.LINGER, Duration.ofMillis(1));
      push.close();
      context.close(); // ends
      assertThat(push.drops()).containsEntry(DropReason.LINGER_EXPIRED, 1L);
    }

    @Test
    void holdsForAnEndpointThatIsDisconnected() {
      String endpoint = Endpoints.freeTcp();
      Socket push = zmq.keep(pushWithThree(zmq.context(), endpoint));
      push.disconnect(endpoint);
      assertThat(push.trySend("nobody")).isFalse();
      Socket pull = zmq.bound(PULL, endpoint);
      for (int i = 0; i < 3; i++) {
        assertThat(pull.recvString()).isEqualTo("m" + i);
      }
    }

    @Test
    void ofNoneDropsWhatADisconnectedEndpointHasQueued() {
      String endpoint = Endpoints.freeTcp();
      Socket push = zmq.keep(pushWithThree(zmq.context(), endpoint));
      push.set(SocketOptions.LINGER, Duration.ZERO);
      push.disconnect(endpoint);
      Await.until(
          "three messages are counted",
          () -> push.drops().getOrDefault(DropReason.LINGER_EXPIRED, 0L) == 3);
      Await.until("the peer is told of", () -> push.explain().gonePeers().size() == 1);
    }
  }

  @Nested
  class ForEver {
    @Test
    void isBoundedByTheContext() {
      Context context = Context.create();
      Socket push = pushWithThree(context, Endpoints.freeTcp());
      push.set(SocketOptions.LINGER, SocketOptions.FOREVER);
      push.close();
      CloseReport report = context.close(Duration.ofMillis(50));
      assertThat(report.complete()).isFalse();
      assertThat(report.dropped()).isEqualTo(3);
    }

    @Test
    void makesTheContextWait() {
      Context context = Context.create();
      String endpoint = Endpoints.freeTcp();
      Socket push = pushWithThree(context, endpoint);
      push.set(SocketOptions.LINGER, SocketOptions.FOREVER);
      push.close();
      Task<Void> closing = Task.run(context::close).untilWaiting();
      Socket pull = zmq.bound(PULL, endpoint);
      for (int i = 0; i < 3; i++) {
        assertThat(pull.recvString()).isEqualTo("m" + i);
      }
      closing.result();
    }

    @Test
    void canBeInterruptedAndWaitedForAgain() {
      Context context = Context.create();
      Socket push = pushWithThree(context, Endpoints.freeTcp());
      push.set(SocketOptions.LINGER, SocketOptions.FOREVER);
      push.close();
      Task<Boolean> closing =
          Task.call(
              () -> {
                assertThatThrownBy(context::close).isInstanceOf(ZmqInterruptedException.class);
                return Thread.currentThread().isInterrupted();
              });
      closing.untilWaiting().interrupt();
      assertThat(closing.result()).isTrue();
      assertThat(context.close(Duration.ofMillis(10)).dropped()).isEqualTo(3);
    }
  }

  @Nested
  class Peers {
    @Test
    void canStillReadWhatWasDelivered() {
      String endpoint = Endpoints.inproc();
      Socket one = zmq.bound(DEALER, endpoint);
      Socket two = zmq.connected(DEALER, endpoint).set(SocketOptions.LINGER, Duration.ZERO);
      two.send("delivered");
      two.close();
      assertThat(one.recvString()).isEqualTo("delivered");
    }

    @Test
    void areConnectedAgainForWhatIsStillUnsent() {
      Socket push = zmq.socket(PUSH).set(SocketOptions.RECONNECT_IVL, Duration.ofMillis(1));
      try (RawPeer.Listener listener = RawPeer.listen()) {
        push.connect(listener.endpoint());
        RawPeer stuck = listener.accept().handshake("PULL");
        push.send(new byte[32 << 20]); // partly sent, and so lost with the connection
        push.send("last words");
        assertThat(stuck.read(1000)).hasSize(1000);
        push.close();
        stuck.reset();
        try (RawPeer again = listener.accept().handshake("PULL")) {
          assertThat(again.readMessageFrame().text()).isEqualTo("last words");
          again.readToEnd();
        }
      }
    }

    @Test
    void areNotConnectedAgainWhenNothingIsUnsent() {
      Socket push =
          zmq.socket(PUSH)
              .set(SocketOptions.RECONNECT_IVL, Duration.ofMillis(1))
              .set(SocketOptions.LINGER, SocketOptions.FOREVER);
      try (RawPeer.Listener listener = RawPeer.listen()) {
        push.connect(listener.endpoint());
        RawPeer stuck = listener.accept().handshake("PULL");
        push.send(new byte[32 << 20]); // partly sent, and so lost with the connection
        assertThat(stuck.read(1000)).hasSize(1000);
        push.close();
        stuck.reset();
        assertThat(zmq.context().close(Await.LONG).complete()).isTrue();
        assertThat(listener.isConnectedTo(1)).isFalse();
      }
      assertThat(push.drops()).containsEntry(DropReason.PARTLY_SENT, 1L);
    }

    /** A PING that waits behind it concerns the connection only. */
    @Test
    void areNotConnectedAgainForAHeartbeat() {
      Socket push =
          zmq.socket(PUSH)
              .set(SocketOptions.RECONNECT_IVL, Duration.ofMillis(1))
              .set(SocketOptions.LINGER, SocketOptions.FOREVER)
              .set(SocketOptions.HEARTBEAT_IVL, Duration.ofMillis(1))
              .set(SocketOptions.HEARTBEAT_TIMEOUT, Duration.ZERO);
      int size = 32 << 20;
      try (RawPeer.Listener listener = RawPeer.listen()) {
        push.connect(listener.endpoint());
        RawPeer stuck = listener.accept().handshake("PULL");
        push.send(new byte[size]); // partly sent, and so lost with the connection
        assertThat(stuck.read(1000)).hasSize(1000);
        Await.until(
            "more than the message and its header is queued",
            () -> push.explain().peers().get(0).out().octets() > size + 9);
        push.close();
        stuck.reset();
        assertThat(zmq.context().close(Await.LONG).complete()).isTrue();
        assertThat(listener.isConnectedTo(1)).isFalse();
      }
      assertThat(push.drops()).containsEntry(DropReason.PARTLY_SENT, 1L);
    }

    /** The close comes while they are connected and the handshake is under way. */
    @ParameterizedTest
    @ValueSource(ints = {-1, 60_000})
    void areWaitedForInTheirHandshake(int lingerMillis) {
      Duration linger = lingerMillis < 0 ? SocketOptions.FOREVER : Duration.ofMillis(lingerMillis);
      Socket push = zmq.socket(PUSH).set(SocketOptions.LINGER, linger);
      try (RawPeer.Listener listener = RawPeer.listen()) {
        push.connect(listener.endpoint());
        push.send(new byte[32 << 20]); // more than the system takes at once
        push.send("last words");
        try (RawPeer pull = listener.accept()) {
          pull.read(10);
          push.close();
          pull.handshakeRest("PULL");
          assertThat(pull.readMessageFrame().body()).hasSize(32 << 20);
          assertThat(pull.readMessageFrame().text()).isEqualTo("last words");
          assertThat(pull.readToEnd()).isEmpty();
        }
      }
    }

    @Test
    void areNotWaitedForInTheirHandshakeWhenTheLingerIsOver() {
      Socket push = zmq.socket(PUSH).set(SocketOptions.LINGER, Duration.ofMillis(50));
      try (RawPeer.Listener listener = RawPeer.listen()) {
        push.connect(listener.endpoint());
        push.send("unsent");
        try (RawPeer pull = listener.accept()) {
          pull.read(10);
          push.close();
          pull.readToEnd();
        }
        assertThat(zmq.context().close(Await.LONG).complete()).isTrue();
        assertThat(listener.isConnectedTo(1)).isFalse();
      }
      assertThat(push.drops()).containsExactly(Map.entry(DropReason.LINGER_EXPIRED, 1L));
    }
  }
}
