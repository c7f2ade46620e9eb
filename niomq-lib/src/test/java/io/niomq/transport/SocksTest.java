package io.niomq.transport;

import static io.niomq.SocketType.PULL;
import static io.niomq.SocketType.PUSH;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.niomq.Errno;
import io.niomq.Socket;
import io.niomq.SocketEvent;
import io.niomq.SocketEvent.Type;
import io.niomq.SocketOptions;
import io.niomq.ZmqArgumentException;
import io.niomq.testing.Await;
import io.niomq.testing.Endpoints;
import io.niomq.testing.Events;
import io.niomq.testing.NoLeaks;
import io.niomq.testing.ShowsOption;
import io.niomq.testing.Sockets;
import io.niomq.testing.SocksServer;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** tcp through a proxy. RFC 1928, RFC 1929; {@code ZMQ_SOCKS_PROXY} and its companions. */
@ExtendWith(NoLeaks.class)
class SocksTest {
  @RegisterExtension final Sockets zmq = new Sockets();

  private SocksServer proxy;
  private Socket pull;
  private int port;

  @BeforeEach
  void begin() {
    proxy = new SocksServer();
    pull = zmq.socket(PULL);
    port = Endpoints.port(pull.bind(Endpoints.TCP));
  }

  @AfterEach
  void end() {
    proxy.close();
  }

  private Socket push() {
    return zmq.socket(PUSH)
        .set(SocketOptions.SOCKS_PROXY, proxy.address())
        .set(SocketOptions.RECONNECT_IVL, Duration.ofMillis(5));
  }

  private void exchange(Socket push) {
    push.send("through the proxy");
    assertThat(pull.recvString()).isEqualTo("through the proxy");
  }

  @Nested
  class AConnection {
    @Test
    @ShowsOption("ZMQ_SOCKS_PROXY")
    void goesThroughTheProxy() {
      Socket push = push();
      push.connect("tcp://127.0.0.1:" + port);
      exchange(push);
      assertThat(proxy.requests()).containsExactly("1 127.0.0.1:" + port);
    }

    @Test
    void leavesNamesToTheProxy() {
      proxy.leadingTo(port);
      Socket push = push();
      push.connect("tcp://no.such.host.invalid:5555");
      exchange(push);
      assertThat(proxy.requests()).containsExactly("3 no.such.host.invalid:5555");
    }

    @Test
    void mayGoToAnIpv6Address() {
      proxy.leadingTo(port);
      Socket push = push();
      push.connect("tcp://[2001:db8::7]:5555");
      exchange(push);
      assertThat(proxy.requests()).containsExactly("4 2001:db8:0:0:0:0:0:7:5555");
    }

    @Test
    void isMadeFromAnswersInPieces() {
      proxy.slow().asking("me:secret");
      Socket push =
          push()
              .set(SocketOptions.SOCKS_USERNAME, "me")
              .set(SocketOptions.SOCKS_PASSWORD, "secret");
      push.connect("tcp://127.0.0.1:" + port);
      exchange(push);
    }

    @Test
    void isMadeAgainAfterALoss() {
      Socket push = push();
      Events events = Events.of(push);
      push.connect("tcp://127.0.0.1:" + port);
      exchange(push);
      pull.close();
      events.await(Type.DISCONNECTED);
      pull = zmq.bound(PULL, "tcp://127.0.0.1:" + port);
      exchange(push);
    }
  }

  @Nested
  class Credentials {
    @Test
    @ShowsOption("ZMQ_SOCKS_USERNAME")
    @ShowsOption("ZMQ_SOCKS_PASSWORD")
    void areTold() {
      proxy.asking("me:pässword");
      Socket push =
          push()
              .set(SocketOptions.SOCKS_USERNAME, "me")
              .set(SocketOptions.SOCKS_PASSWORD, "pässword");
      push.connect("tcp://127.0.0.1:" + port);
      exchange(push);
    }

    @Test
    void thatAreWrongAreReported() {
      proxy.asking("me:secret");
      Socket push = push().set(SocketOptions.SOCKS_USERNAME, "me");
      Events events = Events.of(push);
      push.connect("tcp://127.0.0.1:" + port);
      assertThat(events.await(Type.CLOSED).detail()).contains("refused the name or the password");
      events.await(Type.CONNECT_RETRIED);
    }

    @Test
    void thatAreMissingAreReported() {
      proxy.asking("me:secret");
      Socket push = push();
      Events events = Events.of(push);
      push.connect("tcp://127.0.0.1:" + port);
      assertThat(events.await(Type.CLOSED).detail()).contains("ZMQ_SOCKS_USERNAME");
    }
  }

  static Stream<Arguments> refusals() {
    return Stream.of(
        Arguments.of(1, Errno.EIO, "general failure"),
        Arguments.of(4, Errno.EHOSTUNREACH, "host unreachable"),
        Arguments.of(5, Errno.ECONNREFUSED, "connection refused"),
        Arguments.of(99, Errno.EIO, "reply 99"));
  }

  @Nested
  class AFailure {
    @ParameterizedTest
    @MethodSource("io.niomq.transport.SocksTest#refusals")
    void isReportedAndTheAttemptRepeated(int code, Errno errno, String text) {
      proxy.replying(code);
      Socket push = push();
      Events events = Events.of(push);
      push.connect("tcp://127.0.0.1:" + port);
      SocketEvent closed = events.await(Type.CLOSED);
      assertThat(closed.detail()).contains(text);
      assertThat(closed.errno()).isEqualTo(errno);
      proxy.replying(0);
      exchange(push);
      assertThat(events.types()).doesNotContain(Type.DISCONNECTED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ZMQ_CONNECT_TIMEOUT", "ZMQ_HANDSHAKE_IVL"})
    void canBeThatNothingIsSaid(String limit) {
      proxy.silent();
      Socket push =
          push()
              .set(
                  limit.equals("ZMQ_CONNECT_TIMEOUT")
                      ? SocketOptions.CONNECT_TIMEOUT
                      : SocketOptions.HANDSHAKE_IVL,
                  Duration.ofMillis(50));
      Events events = Events.of(push);
      push.connect("tcp://127.0.0.1:" + port);
      SocketEvent closed = events.await(Type.CLOSED);
      assertThat(closed.detail()).contains("50 ms", limit);
      assertThat(closed.errno()).isEqualTo(Errno.ETIMEDOUT);
    }

    @Test
    void canBeThatNothingIsSaidToALaterAttempt() {
      proxy.replying(1);
      Socket push = push().set(SocketOptions.HANDSHAKE_IVL, Duration.ofMillis(50));
      Events events = Events.of(push);
      push.connect("tcp://127.0.0.1:" + port);
      events.await(Type.CONNECT_RETRIED);
      proxy.silent();
      Await.until(
          "the silence is noticed",
          () -> events.all().stream().anyMatch(e -> e.detail().contains("ZMQ_HANDSHAKE_IVL")));
    }

    @Test
    void isANameThatIsTooLong() {
      Socket push = push();
      Events events = Events.of(push);
      push.connect("tcp://" + "host.".repeat(60) + "invalid:5555");
      assertThat(events.await(Type.CLOSED).detail()).contains("307 characters", "255");
      assertThat(proxy.requests()).isEmpty();
    }
  }

  @Nested
  class TheOption {
    @ParameterizedTest
    @ValueSource(
        strings = {
          "host",
          "host:",
          ":1080",
          "host:port",
          "host name:1080",
          "host:0",
          "127.0.0.1:70000",
          "010.0.0.1:1080",
          "[::ffff:010.0.0.1]:1080",
          "[1:2]:1080",
          "[host]:1080",
          "[::1%]:1080"
        })
    void mustBeHostAndPort(String value) {
      Socket push = zmq.socket(PUSH);
      assertThatThrownBy(() -> push.set(SocketOptions.SOCKS_PROXY, value))
          .isInstanceOf(ZmqArgumentException.class)
          .hasMessageContaining("host:port");
    }

    @ParameterizedTest
    @ValueSource(
        strings = {"a-host.example:65535", "127.0.0.1:1", "[::1]:1080", "[fe80::1%eth-0.1]:1080"})
    void mayBe(String value) {
      Socket push = zmq.socket(PUSH).set(SocketOptions.SOCKS_PROXY, value);
      assertThat(push.get(SocketOptions.SOCKS_PROXY)).isEqualTo(value);
    }

    @Test
    void canBeTakenBack() {
      Socket push = push().set(SocketOptions.SOCKS_PROXY, "");
      push.connect("tcp://127.0.0.1:" + port);
      exchange(push);
      assertThat(proxy.requests()).isEmpty();
    }
  }
}
