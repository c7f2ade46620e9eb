package io.niomq;

import static io.niomq.SocketType.DEALER;
import static io.niomq.SocketType.PUB;
import static io.niomq.SocketType.PULL;
import static io.niomq.SocketType.PUSH;
import static io.niomq.SocketType.REP;
import static io.niomq.SocketType.REQ;
import static io.niomq.SocketType.ROUTER;
import static io.niomq.SocketType.SUB;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.niomq.testing.Endpoints;
import io.niomq.testing.NoLeaks;
import io.niomq.testing.Sockets;
import io.niomq.testing.Task;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which call fails in which way: the exception, and libzmq's name and number of the error. */
@ExtendWith(NoLeaks.class)
class ErrorsTest {
  @RegisterExtension final Sockets zmq = new Sockets();

  private static void assertFails(
      ThrowingCallable call, Class<? extends RuntimeException> type, Errno errno) {
    assertThatThrownBy(call)
        .isInstanceOf(type)
        .hasMessageContaining(errno.name())
        .hasMessageContaining(errno.text())
        .satisfies(e -> assertThat(((ZmqError) e).errno()).isEqualTo(errno));
  }

  private static void assertEndpointFails(ThrowingCallable call, String endpoint, Errno errno) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            ZmqEndpointException.class,
            e -> {
              assertThat(e.errno()).isEqualTo(errno);
              assertThat(e.endpoint()).isEqualTo(endpoint);
            })
        .hasMessageContaining(endpoint)
        .hasMessageContaining(errno.name());
  }

  /** An EINVAL that names the endpoint. */
  private static void assertMalformed(ThrowingCallable call, String endpoint) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            ZmqArgumentException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EINVAL))
        .hasMessageContaining(endpoint);
  }

  @Nested
  class Codes {
    @ParameterizedTest
    @CsvSource({
      "EPERM, 1",
      "ENOENT, 2",
      "EINTR, 4",
      "EAGAIN, 11",
      "EACCES, 13",
      "EFAULT, 14",
      "ENODEV, 19",
      "EINVAL, 22",
      "EMFILE, 24",
      "ENAMETOOLONG, 36",
      "ENOTSOCK, 88",
      "EPROTONOSUPPORT, 93",
      "ENOTSUP, 95",
      "EAFNOSUPPORT, 97",
      "EADDRINUSE, 98",
      "EADDRNOTAVAIL, 99",
      "EHOSTUNREACH, 113",
      "EFSM, 156384763",
      "ENOCOMPATPROTO, 156384764",
      "ETERM, 156384765",
      "EMTHREAD, 156384766"
    })
    void haveTheNumbersOfLibzmq(Errno errno, int number) {
      assertThat(errno.number()).isEqualTo(number);
    }

    @Test
    void haveTheTextsOfLibzmq() {
      assertThat(Errno.ETERM.text()).isEqualTo("Context was terminated");
      assertThat(Errno.EFSM.text()).isEqualTo("Operation cannot be accomplished in current state");
      assertThat(Errno.ENOCOMPATPROTO.text())
          .isEqualTo("The protocol is not compatible with the socket type");
      assertThat(Errno.EMTHREAD.text()).isEqualTo("No thread available");
    }

    @Test
    void ofTwoErrorsDiffer() {
      assertThat(Stream.of(Errno.values()).map(Errno::number)).doesNotHaveDuplicates();
    }
  }

  @Nested
  class Exceptions {
    @Test
    void areThoseThatJavaHasForIt() {
      assertThat(new ZmqArgumentException("x")).isInstanceOf(IllegalArgumentException.class);
      assertThat(new ZmqUnsupportedException("x"))
          .isInstanceOf(UnsupportedOperationException.class);
      assertThat(new ZmqStateException("x")).isInstanceOf(ZmqException.class);
    }
  }

  @Nested
  class OfAContext {
    @Test
    void socketAfterShutdown() {
      zmq.context().shutdown();
      assertFails(() -> zmq.context().socket(PUSH), ZmqTerminatedException.class, Errno.ETERM);
    }

    @Test
    void socketAfterClose() {
      Context context = Context.create();
      context.close();
      assertFails(() -> context.socket(PUSH), ZmqTerminatedException.class, Errno.ETERM);
    }

    @Test
    void tooManySockets() {
      try (Context small = Context.builder().maxSockets(2).build();
          Socket first = small.socket(PUSH);
          Socket second = small.socket(PULL)) {
        assertThat(first.isClosed() || second.isClosed()).isFalse();
        assertFails(() -> small.socket(PUSH), ZmqResourceException.class, Errno.EMFILE);
        assertThatThrownBy(() -> small.socket(PUSH)).hasMessageContaining("2");
      }
    }

    @Test
    void noThreads() {
      try (Context context = Context.builder().ioThreads(0).build();
          Socket pull = context.socket(PULL)) {
        for (String endpoint : new String[] {Endpoints.TCP, Endpoints.ipc()}) {
          assertFails(() -> pull.bind(endpoint), ZmqNoIoThreadException.class, Errno.EMTHREAD);
        }
        for (String endpoint : new String[] {"tcp://127.0.0.1:5555", Endpoints.ipc()}) {
          assertFails(() -> pull.connect(endpoint), ZmqNoIoThreadException.class, Errno.EMTHREAD);
        }
        pull.bind(Endpoints.inproc());
      }
    }

    @Test
    void badSettings() {
      Context.Builder builder = Context.builder();
      assertFails(() -> builder.ioThreads(-1), ZmqArgumentException.class, Errno.EINVAL);
      assertFails(() -> builder.ioThreads(129), ZmqArgumentException.class, Errno.EINVAL);
      assertFails(() -> builder.maxSockets(0), ZmqArgumentException.class, Errno.EINVAL);
      assertFails(
          () -> builder.spinLimit(Duration.ofNanos(-1)), ZmqArgumentException.class, Errno.EINVAL);
      assertFails(
          () -> builder.spinLimit(Duration.ofMillis(2)), ZmqArgumentException.class, Errno.EINVAL);
      assertThatThrownBy(() -> builder.ioThreads(-1)).hasMessageContaining("-1");
    }
  }

  @Nested
  class OfAnEndpoint {
    @ParameterizedTest
    @ValueSource(
        strings = {
          "",
          "tcp",
          "tcp:",
          "tcp:/127.0.0.1:5555",
          "://",
          "://127.0.0.1:5555",
          "tcp://",
          "ipc://",
          "inproc://"
        })
    void withoutSchemeOrAddress(String endpoint) {
      Socket socket = zmq.socket(DEALER);
      assertMalformed(() -> socket.bind(endpoint), endpoint);
      assertMalformed(() -> socket.connect(endpoint), endpoint);
      assertMalformed(() -> socket.unbind(endpoint), endpoint);
      assertMalformed(() -> socket.disconnect(endpoint), endpoint);
    }

    @ParameterizedTest
    @ValueSource(strings = {"foo://x", "TCP://127.0.0.1:*", "pgm://x", "http://127.0.0.1:80"})
    void ofAnUnknownScheme(String endpoint) {
      Socket socket = zmq.socket(DEALER);
      Errno errno = Errno.EPROTONOSUPPORT;
      assertEndpointFails(() -> socket.bind(endpoint), endpoint, errno);
      assertEndpointFails(() -> socket.connect(endpoint), endpoint, errno);
      assertEndpointFails(() -> socket.unbind(endpoint), endpoint, errno);
      assertEndpointFails(() -> socket.disconnect(endpoint), endpoint, errno);
    }

    @Test
    void ofATransportForOtherSocketTypes() {
      Socket socket = zmq.socket(DEALER);
      String endpoint = "udp://127.0.0.1:5555";
      Class<ZmqIncompatibleProtocolException> type = ZmqIncompatibleProtocolException.class;
      assertFails(() -> socket.bind(endpoint), type, Errno.ENOCOMPATPROTO);
      assertFails(() -> socket.connect(endpoint), type, Errno.ENOCOMPATPROTO);
      assertFails(() -> socket.unbind(endpoint), type, Errno.ENOCOMPATPROTO);
      assertFails(() -> socket.monitor(endpoint, 1), type, Errno.ENOCOMPATPROTO);
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "tcp://127.0.0.1",
          "tcp://127.0.0.1:",
          "tcp://127.0.0.1:http",
          "tcp://127.0.0.1:9x",
          "tcp://127.0.0.1:-1",
          "tcp://127.0.0.1:65536",
          "tcp://127.0.0.1:70000",
          "tcp://127.0.0.1:*/res",
          "tcp://:5555"
        })
    void toBindThatIsMalformed(String endpoint) {
      assertMalformed(() -> zmq.socket(PULL).bind(endpoint), endpoint);
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "tcp://127.0.0.1",
          "tcp://127.0.0.1:",
          "tcp://127.0.0.1:http",
          "tcp://127.0.0.1:70000",
          "tcp://127.0.0.1:*",
          "tcp://*:5555",
          "tcp://127.0.0.1:5555/res",
          "tcp://:5555"
        })
    void toConnectThatIsMalformed(String endpoint) {
      assertMalformed(() -> zmq.socket(PUSH).connect(endpoint), endpoint);
    }

    @Test
    void thatIsNull() {
      Socket socket = zmq.socket(DEALER);
      assertThatThrownBy(() -> socket.bind(null)).isInstanceOf(NullPointerException.class);
      assertThatThrownBy(() -> socket.connect(null)).isInstanceOf(NullPointerException.class);
    }

    @Test
    void ofAnUnknownInterface() {
      String endpoint = "tcp://nosuchnic0:*";
      assertEndpointFails(() -> zmq.socket(PULL).bind(endpoint), endpoint, Errno.ENODEV);
    }

    @Test
    void ofAnotherHost() {
      String endpoint = "tcp://192.0.2.1:5555"; // reserved for documentation
      assertEndpointFails(() -> zmq.socket(PULL).bind(endpoint), endpoint, Errno.EADDRNOTAVAIL);
    }

    @Test
    void ofIpv6WithoutTheOption() {
      String endpoint = "tcp://[::1]:*";
      assertEndpointFails(() -> zmq.socket(PULL).bind(endpoint), endpoint, Errno.ENODEV);
    }

    @Test
    void inUse() {
      for (String endpoint : new String[] {Endpoints.TCP, Endpoints.inproc(), Endpoints.ipc()}) {
        String bound = zmq.socket(PULL).bind(endpoint);
        assertEndpointFails(() -> zmq.socket(PULL).bind(bound), bound, Errno.EADDRINUSE);
      }
    }

    @Test
    void toUnbindThatIsNotBound() {
      Socket socket = zmq.socket(PULL);
      for (String endpoint :
          new String[] {"tcp://127.0.0.1:5555", "ipc:///nowhere", "inproc://nowhere"}) {
        assertEndpointFails(() -> socket.unbind(endpoint), endpoint, Errno.ENOENT);
        assertEndpointFails(() -> socket.disconnect(endpoint), endpoint, Errno.ENOENT);
      }
    }

    @Test
    void toUnbindWithAWildcard() {
      Socket socket = zmq.socket(PULL);
      socket.bind(Endpoints.TCP);
      assertEndpointFails(() -> socket.unbind(Endpoints.TCP), Endpoints.TCP, Errno.ENOENT);
    }
  }

  /** The calls that a closed socket, or one of a context that has ended, refuses. */
  static Stream<Arguments> calls() {
    return Stream.of(
        call("bind", s -> s.bind("inproc://errors")),
        call("connect", s -> s.connect("inproc://errors")),
        call("unbind", s -> s.unbind("inproc://errors")),
        call("disconnect", s -> s.disconnect("inproc://errors")),
        call("bind nonsense", s -> s.bind("nonsense")),
        call("connect nonsense", s -> s.connect("nonsense")),
        call("unbind nonsense", s -> s.unbind("nonsense")),
        call("monitor", s -> s.monitor("inproc://errors", 1)),
        call("monitor nonsense", s -> s.monitor("nonsense", 1)),
        call("onEvent", s -> s.onEvent(null)),
        call("set out of range", s -> s.set(SocketOptions.SNDHWM, -1)),
        call("set", s -> s.set(SocketOptions.SNDHWM, 1)),
        call("get", s -> s.get(SocketOptions.SNDHWM)),
        call("send octets", s -> s.send(new byte[1])),
        call("send text", s -> s.send("x")),
        call("send buffer", s -> s.send(ByteBuffer.allocate(1))),
        call("send message", s -> s.send(Message.of("x"))),
        call("send in time", s -> s.send("x", Duration.ofMillis(1))),
        call("sendMore", s -> s.sendMore("x")),
        call("trySend", s -> s.trySend("x")),
        call("recv", Socket::recv),
        call("recv in time", s -> s.recv(Duration.ofMillis(1))),
        call("recv buffer", s -> s.recv(ByteBuffer.allocate(1))),
        call("recvMessage", Socket::recvMessage),
        call("tryRecv", Socket::tryRecv));
  }

  /** One call of a socket. */
  interface Call {
    void on(Socket socket);
  }

  private static Arguments call(String name, Call call) {
    return Arguments.of(name, call);
  }

  @Nested
  class OfASocketThatHasEnded {
    @ParameterizedTest(name = "{0}")
    @MethodSource("io.niomq.ErrorsTest#calls")
    void closed(String name, Call call) {
      Socket socket = zmq.socket(DEALER);
      socket.close();
      assertFails(() -> call.on(socket), ZmqClosedException.class, Errno.ENOTSOCK);
      assertThat(socket.isClosed()).isTrue();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("io.niomq.ErrorsTest#calls")
    void ofAContextThatWasShutDown(String name, Call call) {
      Socket socket = zmq.socket(DEALER);
      zmq.context().shutdown();
      assertFails(() -> call.on(socket), ZmqTerminatedException.class, Errno.ETERM);
    }

    @Test
    void subscribing() {
      Socket sub = zmq.socket(SUB);
      sub.close();
      assertFails(() -> sub.subscribe("x"), ZmqClosedException.class, Errno.ENOTSOCK);
      assertFails(() -> sub.unsubscribe("x"), ZmqClosedException.class, Errno.ENOTSOCK);
    }

    @Test
    void closedComesBeforeShutDown() {
      Socket socket = zmq.socket(DEALER);
      socket.close();
      zmq.context().shutdown();
      assertFails(socket::recv, ZmqClosedException.class, Errno.ENOTSOCK);
    }

    @Test
    void closingTwiceIsNoError() {
      Socket socket = zmq.socket(DEALER);
      socket.close();
      socket.close();
    }

    @Test
    void closingAfterShutdownIsNoError() {
      Socket socket = zmq.socket(DEALER);
      zmq.context().shutdown();
      socket.close();
      assertThat(socket.isClosed()).isTrue();
    }

    @Test
    void closedWhileAnotherThreadWaits() {
      Socket socket = zmq.bound(DEALER, Endpoints.inproc());
      Task<byte[]> receiving = Task.call(socket::recv).untilWaiting();
      Task<Void> sending = Task.run(() -> socket.send("x")).untilWaiting();
      socket.close();
      assertThat(receiving.failure())
          .isInstanceOfSatisfying(
              ZmqClosedException.class, e -> assertThat(e.errno()).isEqualTo(Errno.ENOTSOCK));
      assertThat(sending.failure()).isInstanceOf(ZmqClosedException.class);
    }
  }

  @Nested
  class OfSendingAndReceiving {
    @Test
    void notSupported() {
      Errno errno = Errno.ENOTSUP;
      assertFails(() -> zmq.socket(SUB).send("x"), ZmqUnsupportedException.class, errno);
      assertFails(() -> zmq.socket(PULL).send("x"), ZmqUnsupportedException.class, errno);
      assertFails(() -> zmq.socket(PUB).recv(), ZmqUnsupportedException.class, errno);
      assertFails(() -> zmq.socket(PUSH).recv(), ZmqUnsupportedException.class, errno);
    }

    @Test
    void inTheWrongState() {
      Errno errno = Errno.EFSM;
      assertFails(() -> zmq.socket(REQ).recv(), ZmqStateException.class, errno);
      assertFails(() -> zmq.socket(REP).send("x"), ZmqStateException.class, errno);
    }

    @Test
    void timedOut() {
      Socket socket = zmq.bound(DEALER, Endpoints.inproc());
      socket.set(SocketOptions.RCVTIMEO, Duration.ofMillis(1));
      socket.set(SocketOptions.SNDTIMEO, Duration.ofMillis(1));
      assertFails(socket::recv, ZmqTimeoutException.class, Errno.EAGAIN);
      assertFails(() -> socket.send("x"), ZmqTimeoutException.class, Errno.EAGAIN);
    }

    @Test
    void unroutable() {
      Socket router = zmq.socket(ROUTER).set(SocketOptions.ROUTER_MANDATORY, true);
      assertFails(
          () -> router.send(Message.of("nobody", "x")),
          ZmqUnroutableException.class,
          Errno.EHOSTUNREACH);
      assertThatThrownBy(() -> router.send(Message.of("nobody", "x")))
          .hasMessageContaining("6e6f626f6479"); // the routing id
    }

    @Test
    void withoutFrames() {
      Socket socket = zmq.socket(DEALER);
      assertFails(() -> socket.send(new Message()), ZmqArgumentException.class, Errno.EINVAL);
      assertFails(() -> socket.trySend(new Message()), ZmqArgumentException.class, Errno.EINVAL);
    }

    @Test
    void outsideOfTheArray() {
      Socket socket = zmq.socket(DEALER);
      assertThatThrownBy(() -> socket.send(new byte[3], 2, 2))
          .isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void terminated() {
      Socket socket = zmq.bound(DEALER, Endpoints.inproc());
      Task<byte[]> receiving = Task.call(socket::recv).untilWaiting();
      Task<Void> sending = Task.run(() -> socket.send("x")).untilWaiting();
      zmq.context().shutdown();
      assertThat(receiving.failure())
          .isInstanceOfSatisfying(
              ZmqTerminatedException.class, e -> assertThat(e.errno()).isEqualTo(Errno.ETERM));
      assertThat(sending.failure()).isInstanceOf(ZmqTerminatedException.class);
    }
  }
}
