package io.niomq.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.niomq.Errno;
import io.niomq.Socket;
import io.niomq.SocketEvent;
import io.niomq.SocketOption;
import io.niomq.SocketOptions;
import io.niomq.SocketType;
import io.niomq.ZmqError;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The same wrong call fails with the same error number in NioMQ and in libzmq. */
@ExtendWith({NioMq.class, Libzmq.class})
class ErrorTableTest {

  /** A call that may fail. */
  private interface Call {
    void run();
  }

  private static int errno(Call call) {
    try {
      call.run();
      return 0;
    } catch (RuntimeException e) {
      assertThat(e).isInstanceOf(ZmqError.class);
      return ((ZmqError) e).errno().number();
    }
  }

  /** Both endpoints that are wrong for everybody, and those that are only not there. */
  private static final List<String> ENDPOINTS =
      List.of(
          "",
          "tcp",
          "tcp:",
          "tcp:/127.0.0.1:5555",
          "://",
          "://127.0.0.1:5555",
          "tcp://",
          "ipc://",
          "inproc://",
          "foo://x",
          "TCP://127.0.0.1:5555",
          "udp://127.0.0.1:5555",
          "tcp://127.0.0.1",
          "tcp://127.0.0.1:",
          "tcp://127.0.0.1:http",
          "ipc:///" + "x".repeat(200),
          "ipc:///no-such-directory/x");

  static Stream<Arguments> endpoints() {
    return Stream.of("bind", "connect", "unbind", "disconnect", "monitor")
        .flatMap(call -> ENDPOINTS.stream().map(endpoint -> Arguments.of(call, endpoint)));
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("endpoints")
  void ofEndpoints(String call, String endpoint, NioSockets sockets, LibzmqPeer libzmq) {
    Socket socket = sockets.open(SocketType.DEALER);
    int ours =
        errno(
            () -> {
              switch (call) {
                case "bind" -> socket.bind(endpoint);
                case "connect" -> socket.connect(endpoint);
                case "unbind" -> socket.unbind(endpoint);
                case "disconnect" -> socket.disconnect(endpoint);
                default -> socket.monitor(endpoint, SocketEvent.ALL_V1);
              }
            });
    LibzmqSocket theirs = libzmq.socket(SocketType.DEALER);
    int expected =
        call.equals("monitor")
            ? theirs.errno(call, endpoint, "65535")
            : theirs.errno(call, endpoint);
    assertThat(ours).isEqualTo(expected);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "REQ, recv, EFSM",
    "REP, send, EFSM",
    "REP, recv, EAGAIN",
    "REQ, send, EAGAIN",
    "DEALER, send, EAGAIN",
    "DEALER, recv, EAGAIN",
    "PUSH, send, EAGAIN",
    "PUSH, recv, ENOTSUP",
    "PULL, send, ENOTSUP",
    "PULL, recv, EAGAIN",
    "SUB, send, ENOTSUP",
    "SUB, recv, EAGAIN",
    "PUB, recv, ENOTSUP",
    "XPUB, recv, EAGAIN",
    "XSUB, recv, EAGAIN",
    "PAIR, send, EAGAIN",
    "PAIR, recv, EAGAIN",
    "ROUTER, recv, EAGAIN"
  })
  void ofSendingAndReceivingWithoutPeers(
      SocketType type, String call, Errno errno, NioSockets sockets, LibzmqPeer libzmq) {
    Socket socket = sockets.open(type);
    LibzmqSocket theirs = libzmq.socket(type);
    int expected = call.equals("send") ? theirs.errno("send", "text") : theirs.errno("recv");
    assertThat(expected).isEqualTo(errno.number());
    int ours =
        errno(
            () -> {
              boolean done =
                  call.equals("send") ? socket.trySend("text") : socket.tryRecv() != null;
              assertThat(done).isFalse();
            });
    // NioMQ tells "not now" by the result of calls that do not wait
    assertThat(ours).isEqualTo(errno == Errno.EAGAIN ? 0 : errno.number());
  }

  @Test
  void ofAnUnknownPeer(NioSockets sockets, LibzmqPeer libzmq) {
    LibzmqSocket theirs = libzmq.socket(SocketType.ROUTER);
    theirs.mandatory();
    Socket router = sockets.open(SocketType.ROUTER).set(SocketOptions.ROUTER_MANDATORY, true);
    int ours = errno(() -> router.sendMore("nobody"));
    assertThat(ours).isEqualTo(theirs.errno("send-more", "nobody")).isEqualTo(113);
  }

  @Test
  void ofAnEndpointThatIsTaken(NioSockets sockets, LibzmqPeer libzmq) {
    LibzmqSocket theirs = libzmq.socket(SocketType.PULL);
    String taken = theirs.bind("tcp://127.0.0.1:*");
    int expected = libzmq.socket(SocketType.PULL).errno("bind", taken);
    assertThat(errno(() -> sockets.open(SocketType.PULL).bind(taken)))
        .isEqualTo(expected)
        .isEqualTo(Errno.EADDRINUSE.number());
    theirs.bind("inproc://taken");
    sockets.open(SocketType.PULL).bind("inproc://taken");
    assertThat(errno(() -> sockets.open(SocketType.PULL).bind("inproc://taken")))
        .isEqualTo(libzmq.socket(SocketType.PULL).errno("bind", "inproc://taken"));
  }

  @ParameterizedTest
  @CsvSource({"tcp://192.0.2.1:5555, EADDRNOTAVAIL", "tcp://nosuchnic0:5555, ENODEV"})
  void ofAnAddressOfAnotherHost(
      String endpoint, Errno errno, NioSockets sockets, LibzmqPeer libzmq) {
    assertThat(errno(() -> sockets.open(SocketType.PULL).bind(endpoint)))
        .isEqualTo(libzmq.socket(SocketType.PULL).errno("bind", endpoint))
        .isEqualTo(errno.number());
  }

  @Test
  void ofAnAffinityWithoutThread(NioSockets sockets, LibzmqPeer libzmq) {
    LibzmqSocket theirs = libzmq.socket(SocketType.PULL);
    assertThat(theirs.errno("set-long", "4", "8")).isZero();
    Socket pull = sockets.open(SocketType.PULL).set(SocketOptions.AFFINITY, 8L);
    assertThat(errno(() -> pull.bind("tcp://127.0.0.1:*")))
        .isEqualTo(theirs.errno("bind", "tcp://127.0.0.1:*"))
        .isEqualTo(Errno.EMTHREAD.number());
  }

  /** Integers that libzmq refuses, too; and some that it takes. */
  static Stream<Arguments> values() {
    return Stream.of(
        Arguments.of(SocketOptions.SNDHWM, -1),
        Arguments.of(SocketOptions.RCVHWM, -1),
        Arguments.of(SocketOptions.SNDHWM, 0),
        Arguments.of(SocketOptions.SNDBUF, -2),
        Arguments.of(SocketOptions.RCVBUF, -2),
        Arguments.of(SocketOptions.TCP_KEEPALIVE, 2),
        Arguments.of(SocketOptions.TCP_KEEPALIVE, -2),
        Arguments.of(SocketOptions.TCP_KEEPALIVE, 1),
        Arguments.of(SocketOptions.TOS, -1),
        Arguments.of(SocketOptions.BACKLOG, 1));
  }

  @ParameterizedTest
  @MethodSource("values")
  void ofOptionValues(
      SocketOption<Integer> option, int value, NioSockets sockets, LibzmqPeer libzmq) {
    int expected =
        libzmq
            .socket(SocketType.DEALER)
            .errno("set", Integer.toString(option.number()), Integer.toString(value));
    assertThat(errno(() -> sockets.open(SocketType.DEALER).set(option, value))).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({"PUSH, 33", "PULL, 52", "REQ, 40", "DEALER, 6"})
  void ofOptionsOfOtherTypes(SocketType type, int number, NioSockets sockets, LibzmqPeer libzmq) {
    String call = number == 6 ? "set-octets" : "set";
    int expected = libzmq.socket(type).errno(call, Integer.toString(number), "1");
    assertThat(expected).isEqualTo(Errno.EINVAL.number());
    Socket socket = sockets.open(type);
    int ours =
        errno(
            () -> {
              switch (number) {
                case 33 -> socket.set(SocketOptions.ROUTER_MANDATORY, true);
                case 52 -> socket.set(SocketOptions.REQ_CORRELATE, true);
                case 40 -> socket.set(SocketOptions.XPUB_VERBOSE, true);
                default -> socket.subscribe("x");
              }
            });
    assertThat(ours).isEqualTo(expected);
  }

  @Test
  void ofARoutingIdOutOfRange(NioSockets sockets, LibzmqPeer libzmq) {
    for (int size : new int[] {0, 256}) {
      int expected = libzmq.socket(SocketType.DEALER).errno("set-octets", "5", "x".repeat(size));
      int ours =
          errno(
              () ->
                  sockets
                      .open(SocketType.DEALER)
                      .set(SocketOptions.ROUTING_ID, "x".repeat(size).getBytes()));
      assertThat(ours).isEqualTo(expected).isEqualTo(Errno.EINVAL.number());
    }
  }
}
