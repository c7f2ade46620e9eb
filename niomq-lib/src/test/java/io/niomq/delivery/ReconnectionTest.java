package io.niomq.delivery;

import static io.niomq.SocketType.DEALER;
import static io.niomq.SocketType.PULL;
import static io.niomq.SocketType.PUSH;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.niomq.DropReason;
import io.niomq.Errno;
import io.niomq.Socket;
import io.niomq.SocketEvent;
import io.niomq.SocketEvent.Type;
import io.niomq.SocketOptions;
import io.niomq.SocketType;
import io.niomq.ZmqEndpointException;
import io.niomq.explain.EndpointReport;
import io.niomq.testing.Await;
import io.niomq.testing.Endpoints;
import io.niomq.testing.Events;
import io.niomq.testing.NoLeaks;
import io.niomq.testing.RawPeer;
import io.niomq.testing.ShowsOption;
import io.niomq.testing.Sockets;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Connecting, and connecting again. {@code ZMQ_RECONNECT_IVL}, {@code ZMQ_RECONNECT_IVL_MAX}. */
@ExtendWith(NoLeaks.class)
class ReconnectionTest {
  private static final Pattern NUMBER = Pattern.compile("[0-9]+");

  @RegisterExtension final Sockets zmq = new Sockets();

  private Socket push(int intervalMillis, int maxMillis) {
    return zmq.socket(PUSH)
        .set(SocketOptions.RECONNECT_IVL, Duration.ofMillis(intervalMillis))
        .set(SocketOptions.RECONNECT_IVL_MAX, Duration.ofMillis(maxMillis));
  }

  /** The waits that were announced before the next attempt, in milliseconds. */
  private static List<Long> waits(Events events) {
    return events.all().stream()
        .filter(e -> e.type() == Type.CONNECT_RETRIED)
        .map(SocketEvent::detail)
        .map(ReconnectionTest::number)
        .toList();
  }

  private static long number(String text) {
    Matcher m = NUMBER.matcher(text);
    assertThat(m.find()).as(text).isTrue();
    return Long.parseLong(m.group());
  }

  @Nested
  class TheWaitBetweenAttempts {
    @Test
    @ShowsOption("ZMQ_RECONNECT_IVL")
    void isTheIntervalAndARandomPartOfIt() {
      Socket push = push(8, 0);
      Events events = Events.of(push);
      push.connect(Endpoints.freeTcp());
      events.await(Type.CONNECT_RETRIED, 10);
      assertThat(waits(events)).allMatch(wait -> wait >= 8 && wait < 16);
      assertThat(waits(events).stream().distinct().count()).isGreaterThan(1);
    }

    @Test
    @ShowsOption("ZMQ_RECONNECT_IVL_MAX")
    void doublesUpToTheMaximum() {
      Socket push = push(2, 20);
      Events events = Events.of(push);
      push.connect(Endpoints.freeTcp());
      events.await(Type.CONNECT_RETRIED, 6);
      assertThat(waits(events).subList(0, 6)).containsExactly(2L, 4L, 8L, 16L, 20L, 20L);
    }

    @Test
    void isNoLongerThanAMaximumBelowTheInterval() {
      Socket push = push(1000, 5);
      Events events = Events.of(push);
      push.connect(Endpoints.freeTcp());
      events.await(Type.CONNECT_RETRIED, 3);
      assertThat(waits(events)).allMatch(wait -> wait == 5);
    }

    @Test
    void beginsAnewAfterEachConnection() {
      String endpoint = Endpoints.freeTcp();
      Socket push = push(2, 10_000);
      Events events = Events.of(push);
      push.connect(endpoint);
      events.await(Type.CONNECT_RETRIED, 4);
      int before;
      try (Socket pull = zmq.context().socket(PULL)) {
        pull.bind(endpoint);
        events.await(Type.HANDSHAKE_SUCCEEDED);
        before = waits(events).size();
      }
      events.await(Type.CONNECT_RETRIED, before + 1);
      assertThat(waits(events).get(before)).isEqualTo(2L);
    }
  }

  static Stream<Duration> never() {
    return Stream.of(Duration.ZERO, SocketOptions.FOREVER);
  }

  @Nested
  class WithoutReconnecting {
    @ParameterizedTest
    @MethodSource("io.niomq.delivery.ReconnectionTest#never")
    void aFailureIsTheEndOfAttempts(Duration interval) {
      Socket push = zmq.socket(PUSH).set(SocketOptions.RECONNECT_IVL, interval);
      Events events = Events.of(push);
      push.connect(Endpoints.freeTcp());
      events.await(Type.CLOSED);
      Await.until(
          "the endpoint says so",
          () -> push.explain().endpoints().get(0).state() == EndpointReport.State.FAILED);
      assertThat(events.types()).doesNotContain(Type.CONNECT_RETRIED);
    }

    @ParameterizedTest
    @MethodSource("io.niomq.delivery.ReconnectionTest#never")
    void aCloseAfterAFailureWaitsForNothing(Duration interval) {
      Socket push =
          zmq.socket(PUSH)
              .set(SocketOptions.RECONNECT_IVL, interval)
              .set(SocketOptions.LINGER, SocketOptions.FOREVER);
      push.connect(Endpoints.freeTcp());
      push.send("to nobody");
      Await.until(
          "the endpoint has failed",
          () -> push.explain().endpoints().get(0).state() == EndpointReport.State.FAILED);
      push.close();
      assertThat(zmq.context().close(Await.LONG).complete()).isTrue();
      assertThat(push.drops()).containsExactly(Map.entry(DropReason.CONNECTION_LOST, 1L));
    }

    /** The attempt that is under way at the close is the last one. */
    @ParameterizedTest
    @MethodSource("io.niomq.delivery.ReconnectionTest#never")
    void aFailureAfterTheCloseIsTheEndOfTheLinger(Duration interval) {
      Socket push =
          zmq.socket(PUSH)
              .set(SocketOptions.RECONNECT_IVL, interval)
              .set(SocketOptions.LINGER, SocketOptions.FOREVER);
      try (RawPeer.Listener proxy = RawPeer.listen()) {
        push.set(SocketOptions.SOCKS_PROXY, proxy.endpoint().substring("tcp://".length()));
        push.connect("tcp://127.0.0.1:1");
        push.send("to nobody");
        try (RawPeer silent = proxy.accept()) {
          silent.read(3); // what it is asked first
          push.close();
        }
        assertThat(zmq.context().close(Await.LONG).complete()).isTrue();
      }
      assertThat(push.drops()).containsExactly(Map.entry(DropReason.CONNECTION_LOST, 1L));
    }

    @ParameterizedTest
    @MethodSource("io.niomq.delivery.ReconnectionTest#never")
    void aLossIsTheEndOfTheEndpoint(Duration interval) {
      Socket dealer = zmq.socket(DEALER).set(SocketOptions.RECONNECT_IVL, interval);
      Events events = Events.of(dealer);
      try (RawPeer.Listener listener = RawPeer.listen()) {
        String endpoint = listener.endpoint();
        dealer.connect(endpoint);
        try (RawPeer peer = listener.accept().handshake("DEALER")) {
          peer.sendMessage("last words");
          assertThat(dealer.recvString()).isEqualTo("last words");
        }
        events.await(Type.DISCONNECTED);
        assertThat(listener.isConnectedTo(200)).isFalse();
        assertThat(events.count(Type.CONNECT_RETRIED)).isZero();
        Await.until("nobody is left", () -> !dealer.trySend("x"));
        assertThatThrownBy(() -> dealer.disconnect(endpoint))
            .isInstanceOfSatisfying(
                ZmqEndpointException.class, e -> assertThat(e.errno()).isEqualTo(Errno.ENOENT));
        dealer.connect(endpoint);
        try (RawPeer peer = listener.accept().handshake("DEALER")) {
          peer.sendMessage("back");
          assertThat(dealer.recvString()).isEqualTo("back");
        }
      }
    }
  }

  @Nested
  class AnAttempt {
    @Test
    @ShowsOption("ZMQ_CONNECT_TIMEOUT")
    void isGivenUpAfterTheTimeout() throws IOException {
      InetAddress loopback = InetAddress.getLoopbackAddress();
      List<SocketChannel> queued = new ArrayList<>();
      try (ServerSocket full = new ServerSocket(0, 1, loopback)) {
        for (int i = 0;
            i < 8;
            i++) { // more than wait to be accepted: further ones are not answered
          SocketChannel channel = SocketChannel.open();
          channel.configureBlocking(false);
          channel.connect(full.getLocalSocketAddress());
          queued.add(channel);
        }
        Socket push = push(1000, 0).set(SocketOptions.CONNECT_TIMEOUT, Duration.ofMillis(50));
        Events events = Events.of(push);
        push.connect("tcp://127.0.0.1:" + full.getLocalPort());
        SocketEvent closed = events.await(Type.CLOSED);
        assertThat(closed.errno()).isEqualTo(Errno.ETIMEDOUT);
        assertThat(closed.detail()).contains("50 ms", "ZMQ_CONNECT_TIMEOUT");
        events.await(Type.CONNECT_RETRIED);
      } finally {
        for (SocketChannel channel : queued) {
          channel.close();
        }
      }
    }

    @Test
    void hasNoTimeoutOnceItIsConnected() {
      Socket push = push(600_000, 0).set(SocketOptions.CONNECT_TIMEOUT, Duration.ofMillis(50));
      Events events = Events.of(push);
      try (RawPeer.Listener listener = RawPeer.listen();
          RawPeer.Listener silent = RawPeer.listen()) {
        push.connect(listener.endpoint());
        listener.accept().close();
        events.await(Type.CONNECT_RETRIED);
        // A later attempt that runs into its timeout: the earlier one would be over, too.
        push.set(SocketOptions.SOCKS_PROXY, silent.endpoint().substring("tcp://".length()));
        push.connect("tcp://127.0.0.1:1");
        events.await(Type.CONNECT_RETRIED, 2);
        assertThat(events.await(Type.CLOSED).endpoint()).isEqualTo("tcp://127.0.0.1:1");
        assertThat(events.count(Type.CLOSED)).isEqualTo(1);
      }
    }
  }

  /** From a source port that is the target's: what chance does with ephemeral ports, too. */
  @Nested
  class AConnectionToItself {
    @Test
    void countsAsRefused() {
      String port = Endpoints.freeTcp().substring("tcp://".length());
      Socket push = push(600_000, 0);
      Events events = Events.of(push);
      push.connect("tcp://" + port + ";" + port);
      events.await(Type.CONNECT_RETRIED);
      SocketEvent closed = events.await(Type.CLOSED);
      assertThat(closed.errno()).isEqualTo(Errno.ECONNREFUSED);
      assertThat(closed.detail()).contains("connected to itself");
      assertThat(events.types())
          .containsExactly(Type.CONNECT_DELAYED, Type.CLOSED, Type.CONNECT_RETRIED);
    }
  }

  @Nested
  class IsGivenUp {
    private Socket stopping(int reasons) {
      return push(1, 0).set(SocketOptions.RECONNECT_STOP, reasons);
    }

    private void assertGivenUp(Socket push, Events events, String endpoint) {
      Await.until(
          "the endpoint is gone",
          () -> {
            try {
              push.disconnect(endpoint);
              return false;
            } catch (ZmqEndpointException gone) {
              return gone.errno() == Errno.ENOENT;
            }
          });
      assertThat(events.types()).doesNotContain(Type.CONNECT_RETRIED);
    }

    @Test
    @ShowsOption("ZMQ_RECONNECT_STOP")
    void whenTheConnectionIsRefused() {
      Socket push = stopping(1);
      Events events = Events.of(push);
      push.connect(Endpoints.freeTcp());
      assertThat(events.await(Type.CLOSED).errno()).isEqualTo(Errno.ECONNREFUSED);
      Await.until("nobody is left to send to", () -> !push.trySend("x"));
      assertThat(events.types()).doesNotContain(Type.CONNECT_RETRIED);
    }

    @Test
    void whenTheHandshakeFails() {
      Socket push = stopping(2);
      Events events = Events.of(push);
      try (RawPeer.Listener listener = RawPeer.listen()) {
        push.connect(listener.endpoint());
        listener.accept().close();
        events.await(Type.DISCONNECTED);
        assertThat(listener.isConnectedTo(100)).isFalse();
        assertGivenUp(push, events, listener.endpoint());
      }
    }

    @Test
    void butNotWhenALaterConnectionIsLost() {
      Socket push = stopping(3);
      try (RawPeer.Listener listener = RawPeer.listen()) {
        push.connect(listener.endpoint());
        listener.accept().handshake("PULL").close();
        try (RawPeer again = listener.accept()) {
          again.handshake("PULL");
        }
      }
    }

    @Test
    void whenTheConnectionIsLostAfterADisconnect() {
      Socket push = stopping(4).set(SocketOptions.LINGER, SocketOptions.FOREVER);
      try (RawPeer.Listener listener = RawPeer.listen()) {
        push.connect(listener.endpoint());
        RawPeer stuck = listener.accept().handshake("PULL");
        push.send(new byte[32 << 20]);
        push.send("unsent");
        assertThat(stuck.read(1000)).hasSize(1000);
        push.disconnect(listener.endpoint());
        stuck.reset();
        Await.until(
            "the message was given up",
            () -> push.drops().getOrDefault(DropReason.CONNECTION_LOST, 0L) == 1);
        assertThat(listener.isConnectedTo(50)).isFalse();
      }
    }

    @Test
    void afterADisconnectWithMessagesUnsent() {
      Socket push = stopping(4).set(SocketOptions.LINGER, SocketOptions.FOREVER);
      Events events = Events.of(push);
      String endpoint = Endpoints.freeTcp();
      push.connect(endpoint);
      push.send("unsent");
      events.await(Type.CONNECT_RETRIED);
      push.disconnect(endpoint);
      Await.until(
          "the message was given up",
          () -> push.drops().getOrDefault(DropReason.LINGER_EXPIRED, 0L) == 1);
    }
  }

  @Nested
  class ConnectingTwiceToTheSameEndpoint {
    /** How many connections two connects make. */
    private long connections(SocketType type) {
      SocketType peer = type.peers().iterator().next();
      try (RawPeer.Listener listener = RawPeer.listen()) {
        Socket socket = zmq.socket(type);
        socket.connect(listener.endpoint());
        socket.connect(listener.endpoint());
        try (RawPeer first = listener.accept()) {
          first.handshake(peer.name());
          return listener.isConnectedTo(200) ? 2 : 1;
        }
      }
    }

    @ParameterizedTest
    @EnumSource(names = {"DEALER", "REQ", "SUB", "PUB"})
    void isOnce(SocketType type) {
      assertThat(connections(type)).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(names = {"PUSH", "PULL", "ROUTER", "XPUB", "XSUB", "REP"})
    void isTwice(SocketType type) {
      assertThat(connections(type)).isEqualTo(2);
    }
  }
}
