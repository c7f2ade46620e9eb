package io.niomq.transport;

import static io.niomq.SocketType.PUSH;
import static io.niomq.testing.Octets.hex;
import static io.niomq.testing.Octets.join;
import static io.niomq.testing.Octets.text;
import static io.niomq.testing.Octets.utf8;
import static org.assertj.core.api.Assertions.assertThat;

import io.niomq.Errno;
import io.niomq.Socket;
import io.niomq.SocketEvent;
import io.niomq.SocketEvent.Type;
import io.niomq.SocketOption;
import io.niomq.SocketOptions;
import io.niomq.testing.Await;
import io.niomq.testing.Events;
import io.niomq.testing.NoLeaks;
import io.niomq.testing.RawPeer;
import io.niomq.testing.Sockets;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What is said to a SOCKS5 proxy, octet by octet, and what its answers mean. RFC 1928, RFC 1929.
 */
@ExtendWith(NoLeaks.class)
class SocksWireTest {
  private static final String TARGET = "tcp://127.0.0.1:49320"; // C0A8
  private static final String REQUEST = "05010001" + "7F000001" + "C0A8";
  private static final String OPENED = "05000001" + "7F000001" + "1234";

  @RegisterExtension final Sockets zmq = new Sockets();

  private RawPeer.Listener listener;

  @BeforeEach
  void begin() {
    listener = RawPeer.listen();
  }

  @AfterEach
  void end() {
    listener.close();
  }

  private Socket push() {
    return zmq.socket(PUSH)
        .set(SocketOptions.SOCKS_PROXY, listener.endpoint().substring("tcp://".length()))
        .set(SocketOptions.RECONNECT_IVL, Duration.ofMillis(1));
  }

  private Socket pushOf(String user, String password) {
    return push()
        .set(SocketOptions.SOCKS_USERNAME, user)
        .set(SocketOptions.SOCKS_PASSWORD, password);
  }

  private static void says(RawPeer proxy, String octets) {
    assertThat(text(proxy.read(octets.length() / 2))).isEqualTo(octets);
  }

  /** What is behind the proxy is there: goes on as that peer. */
  private static void assertReached(Socket push, RawPeer proxy) {
    proxy.handshake("PULL");
    push.send("through the proxy");
    assertThat(proxy.readMessageFrame().text()).isEqualTo("through the proxy");
  }

  @Nested
  class ADialogue {
    @Test
    void withoutAName() {
      Socket push = push();
      push.connect(TARGET);
      try (RawPeer proxy = listener.accept()) {
        says(proxy, "050100");
        assertThat(proxy.isSilent(20)).isTrue();
        says(proxy.send("0500"), REQUEST);
        assertThat(proxy.isSilent(20)).isTrue();
        assertReached(push, proxy.send(OPENED));
      }
    }

    @Test
    void withANameAndAPassword() {
      Socket push = pushOf("me", "p\u00E4ss");
      push.connect(TARGET);
      try (RawPeer proxy = listener.accept()) {
        says(proxy, "050102");
        says(proxy.send("0502"), "01" + "026D65" + "0570C3A47373");
        says(proxy.send("0100"), REQUEST);
        assertReached(push, proxy.send(OPENED));
      }
    }

    @Test
    void withTheLongestNameAndPassword() {
      Socket push = pushOf("n".repeat(255), "p".repeat(255));
      push.connect(TARGET);
      try (RawPeer proxy = listener.accept()) {
        says(proxy, "050102");
        says(proxy.send("0502"), "01" + "FF" + "6E".repeat(255) + "FF" + "70".repeat(255));
        says(proxy.send("0100"), REQUEST);
      }
    }

    @Test
    void keepsTheNameToItselfWhenTheProxyWantsNone() {
      Socket push = pushOf("me", "secret");
      push.connect(TARGET);
      try (RawPeer proxy = listener.accept()) {
        says(proxy, "050102");
        says(proxy.send("0500"), REQUEST); // as libzmq does
        assertReached(push, proxy.send(OPENED));
      }
    }

    /** The address that a proxy answers with may be of any type, and is of no interest. */
    @ParameterizedTest
    @ValueSource(
        strings = {
          "01 7F000001 1234",
          "04 20010DB8000000000000000000000007 1234",
          "03 04 686F7374 1234",
          "03 00 1234"
        })
    void leavesWhatFollowsTheAnswerToThePeer(String address) {
      assertPeerFollows(hex(address));
    }

    @Test
    void leavesWhatFollowsALongNameToThePeer() {
      assertPeerFollows(join(hex("03 FF"), new byte[255], hex("1234")));
    }

    private void assertPeerFollows(byte[] address) {
      Socket push = push();
      push.connect(TARGET);
      try (RawPeer proxy = listener.accept()) {
        says(proxy, "050100");
        says(proxy.send("0500"), REQUEST);
        proxy.send(
            join(hex("050000"), address, RawPeer.greeting(1), RawPeer.ready("PULL"))); // at once
        proxy.read(64);
        assertThat(proxy.readFrame().isCommand()).isTrue();
        push.send("through the proxy");
        assertThat(proxy.readMessageFrame().text()).isEqualTo("through the proxy");
      }
    }
  }

  /** The last answer of the proxy, after others that were right; returns how the attempt ended. */
  private SocketEvent lastAnswer(boolean named, String... answers) {
    Socket push = named ? pushOf("me", "secret") : push();
    push.set(SocketOptions.RECONNECT_IVL, Duration.ofMinutes(10));
    Events events = Events.of(push);
    push.connect(TARGET);
    try (RawPeer proxy = listener.accept()) {
      proxy.read(3);
      for (int i = 0; i < answers.length - 1; i++) {
        proxy.send(answers[i]);
        proxy.read(named && i == 0 ? 11 : 10);
      }
      proxy.send(answers[answers.length - 1]);
      assertThat(proxy.readToEnd()).isEmpty(); // the connection is closed, and nothing more is said
    }
    events.await(Type.CONNECT_RETRIED);
    assertThat(events.types())
        .containsExactly(Type.CONNECT_DELAYED, Type.CLOSED, Type.CONNECT_RETRIED);
    return events.await(Type.CLOSED);
  }

  @Nested
  class AnAnswer {
    @ParameterizedTest
    @CsvSource({
      "1, EIO, general failure",
      "2, EIO, not allowed by its rules",
      "3, EHOSTUNREACH, network unreachable",
      "4, EHOSTUNREACH, host unreachable",
      "5, ECONNREFUSED, connection refused",
      "6, EIO, time to live expired",
      "7, EIO, command not supported",
      "8, EIO, address type not supported",
      "9, EIO, reply 9",
      "255, EIO, reply 255"
    })
    void refusesTheRequest(int code, Errno errno, String why) {
      String reply = "05" + text(new byte[] {(byte) code}) + "00 01 00000000 0000";
      SocketEvent closed = lastAnswer(false, "0500", reply);
      assertThat(closed.detail()).isEqualTo("the SOCKS proxy could not connect: " + why);
      assertThat(closed.errno()).isEqualTo(errno);
    }

    @ParameterizedTest
    @CsvSource({
      "05FF, does not take connections without a name",
      "0502, does not take connections without a name", // not offered
      "0501, does not take connections without a name",
      "0400, no SOCKS5 proxy: its answer begins with 4 instead of 5",
      "4854, no SOCKS5 proxy: its answer begins with 72 instead of 5" // "HTTP"
    })
    void mayNotBeAMethodThatWasNotOffered(String method, String why) {
      assertThat(lastAnswer(false, method).detail()).contains(why);
    }

    @ParameterizedTest
    @CsvSource({
      "05FF, does not take a name and password",
      "0501, does not take a name and password",
      "0402, its answer begins with 4 instead of 5"
    })
    void mayNotBeAMethodThatWasNotOfferedWithAName(String method, String why) {
      assertThat(lastAnswer(true, method).detail()).contains(why);
    }

    @ParameterizedTest
    @CsvSource({
      "0101, refused the name or the password",
      "01FF, refused the name or the password",
      "0500, its answer begins with 5 instead of 1"
    })
    void refusesTheName(String admission, String why) {
      assertThat(lastAnswer(true, "0502", admission).detail()).contains(why);
    }

    @ParameterizedTest
    @CsvSource({
      "04000001 7F000001 1234, its answer begins with 4 instead of 5",
      "05000002 7F000001 1234, unknown address type",
      "05000000 7F000001 1234, unknown address type",
      "05000005 7F000001 1234, unknown address type"
    })
    void mustBeOfThisProtocol(String reply, String why) {
      assertThat(lastAnswer(false, "0500", reply).detail()).contains(why);
    }

    /** Wherever the proxy goes away. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void mayEndAnywhere(boolean named) {
      byte[] answers = hex(named ? "0502 0100" : "0500", OPENED);
      Socket push = named ? pushOf("me", "secret") : push();
      Events events = Events.of(push);
      push.connect(TARGET);
      for (int size = 0; size < answers.length; size++) {
        try (RawPeer proxy = listener.accept()) {
          proxy.send(Arrays.copyOf(answers, size)).shutdownOutput();
          proxy.readToEnd();
        }
        assertThat(events.await(Type.CLOSED, size + 1).detail())
            .as("after %d octets", size)
            .isEqualTo("the SOCKS proxy closed the connection");
      }
      assertThat(events.types()).doesNotContain(Type.CONNECTED);
    }

    @Test
    void mayBeAReset() {
      Socket push = push();
      Events events = Events.of(push);
      push.connect(TARGET);
      RawPeer proxy = listener.accept();
      proxy.read(3);
      proxy.reset();
      assertThat(events.await(Type.CLOSED).errno()).isEqualTo(Errno.ECONNRESET);
    }
  }

  static SocketOption<?>[] limits() {
    return new SocketOption<?>[] {SocketOptions.CONNECT_TIMEOUT, SocketOptions.HANDSHAKE_IVL};
  }

  @Nested
  class TheTime {
    /** It is for the whole dialogue: each octet is in time, and all of them are not. */
    @ParameterizedTest
    @MethodSource("io.niomq.transport.SocksWireTest#limits")
    void isUpWhenTheProxyAnswersWithoutEnd(SocketOption<Duration> limit) {
      Socket push =
          push()
              .set(limit, Duration.ofMillis(100))
              .set(SocketOptions.RECONNECT_IVL, Duration.ofMinutes(10));
      Events events = Events.of(push);
      push.connect(TARGET);
      try (RawPeer proxy = listener.accept()) {
        proxy.send("0500 05000003 FF");
        Await.until(
            "the attempt is given up",
            () -> {
              proxy.sendAsFarAsPossible(utf8("x"));
              proxy.isSilent(10);
              return events.count(Type.CLOSED) == 1;
            });
      }
      SocketEvent closed = events.await(Type.CLOSED);
      assertThat(closed.errno()).isEqualTo(Errno.ETIMEDOUT);
      assertThat(closed.detail()).contains("100 ms", limit.name());
      events.await(Type.CONNECT_RETRIED);
      assertThat(events.types())
          .containsExactly(Type.CONNECT_DELAYED, Type.CLOSED, Type.CONNECT_RETRIED);
    }

    @Test
    void toConnectIsTheLimitWhenBothAreSet() {
      Socket push =
          push()
              .set(SocketOptions.CONNECT_TIMEOUT, Duration.ofMillis(60))
              .set(SocketOptions.HANDSHAKE_IVL, Duration.ofMillis(20));
      Events events = Events.of(push);
      push.connect(TARGET);
      try (RawPeer proxy = listener.accept()) {
        proxy.readToEnd();
      }
      assertThat(events.await(Type.CLOSED).detail()).contains("60 ms", "ZMQ_CONNECT_TIMEOUT");
    }

    @Test
    void mayBeWithoutLimit() throws Exception {
      Socket push = push().set(SocketOptions.HANDSHAKE_IVL, Duration.ZERO);
      push.connect(TARGET);
      try (RawPeer proxy = listener.accept()) {
        says(proxy, "050100");
        assertThat(proxy.isSilent(50)).isTrue();
        says(proxy.send("0500"), REQUEST);
        assertReached(push, proxy.send(OPENED));
      }
    }

    /** Once the proxy has answered, the peer has its own time for the handshake. */
    @Test
    void beginsAnewForTheHandshake() {
      Socket push =
          push()
              .set(SocketOptions.CONNECT_TIMEOUT, Duration.ofMinutes(1))
              .set(SocketOptions.HANDSHAKE_IVL, Duration.ofMillis(100));
      Events events = Events.of(push);
      push.connect(TARGET);
      try (RawPeer proxy = listener.accept()) {
        proxy.send("0500", OPENED);
        proxy.readToEnd();
      }
      assertThat(events.await(Type.HANDSHAKE_FAILED_NO_DETAIL).detail())
          .contains("100 ms", "ZMQ_HANDSHAKE_IVL");
      assertThat(events.types()).startsWith(Type.CONNECT_DELAYED, Type.CONNECTED);
    }
  }

  @Nested
  class ASocketThatIsClosed {
    @Test
    void endsTheDialogue() {
      Socket push = push();
      push.connect(TARGET);
      try (RawPeer proxy = listener.accept()) {
        says(proxy, "050100");
        push.close();
        assertThat(proxy.readToEnd()).isEmpty();
      }
    }

    @Test
    void goesOnForWhatIsUnsent() {
      Socket push = push().set(SocketOptions.LINGER, SocketOptions.FOREVER);
      push.connect(TARGET);
      push.send("last words");
      try (RawPeer proxy = listener.accept()) {
        says(proxy, "050100");
        push.close();
        says(proxy.send("0500"), REQUEST);
        proxy.send(OPENED).handshake("PULL");
        assertThat(proxy.readMessageFrame().text()).isEqualTo("last words");
        assertThat(proxy.readToEnd()).isEmpty();
      }
    }
  }
}
