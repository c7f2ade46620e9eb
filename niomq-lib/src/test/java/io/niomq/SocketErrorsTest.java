package io.niomq;

import static io.niomq.SocketType.DEALER;
import static io.niomq.SocketType.PAIR;
import static io.niomq.SocketType.PUB;
import static io.niomq.SocketType.PULL;
import static io.niomq.SocketType.PUSH;
import static io.niomq.SocketType.REP;
import static io.niomq.SocketType.REQ;
import static io.niomq.SocketType.ROUTER;
import static io.niomq.SocketType.SUB;
import static io.niomq.SocketType.XPUB;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.niomq.testing.Endpoints;
import io.niomq.testing.NoLeaks;
import io.niomq.testing.Sockets;
import java.time.Duration;
import java.util.Arrays;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The errors that depend on a socket's type and options, with libzmq's codes: the rows of
 * zmq_setsockopt, zmq_getsockopt, zmq_send and zmq_recv.
 */
@ExtendWith(NoLeaks.class)
class SocketErrorsTest {
  @RegisterExtension final Sockets zmq = new Sockets();

  private static void assertFails(
      ThrowingCallable call, Class<? extends RuntimeException> type, Errno errno) {
    assertThatThrownBy(call)
        .isInstanceOf(type)
        .satisfies(e -> assertThat(((ZmqError) e).errno()).isEqualTo(errno));
  }

  @Nested
  class OfAnOption {
    static Stream<SocketOption<?>> all() {
      return SocketOptions.all().stream();
    }

    @ParameterizedTest
    @MethodSource("all")
    <T> void thatTheTypeDoesNotHave(SocketOption<T> option) {
      T value = option.defaultValue(option.socketTypes().iterator().next());
      for (SocketType type : SocketType.values()) {
        if (!option.socketTypes().contains(type)) {
          Socket socket = zmq.socket(type);
          assertFails(() -> socket.get(option), ZmqArgumentException.class, Errno.EINVAL);
          assertFails(() -> socket.set(option, value), ZmqArgumentException.class, Errno.EINVAL);
          assertThatThrownBy(() -> socket.set(option, value)).hasMessageContaining(option.name());
          socket.close();
        }
      }
    }

    @ParameterizedTest
    @MethodSource("all")
    <T> void thatIsNotToBeSetOrNotToBeRead(SocketOption<T> option) {
      SocketType type = option.socketTypes().iterator().next();
      Socket socket = zmq.socket(type);
      if (!option.supported()) {
        assertFails(() -> socket.get(option), ZmqUnsupportedException.class, Errno.ENOTSUP);
        assertThatThrownBy(() -> socket.get(option))
            .hasMessageContaining(option.unsupportedBecause());
        return;
      }
      if (!option.readable()) {
        assertFails(() -> socket.get(option), ZmqArgumentException.class, Errno.EINVAL);
      }
      if (!option.writable()) {
        assertFails(
            () -> socket.set(option, option.defaultValue(type)),
            ZmqArgumentException.class,
            Errno.EINVAL);
      }
      assertThat(option.readable() || option.writable()).isTrue();
    }

    @Test
    void ofASocketThatHasEndedWhateverTheValue() {
      Socket closed = zmq.socket(DEALER);
      closed.close();
      assertFails(
          () -> closed.set(SocketOptions.SNDHWM, -1), ZmqClosedException.class, Errno.ENOTSOCK);
      assertFails(
          () -> closed.set(SocketOptions.ROUTER_MANDATORY, true),
          ZmqClosedException.class,
          Errno.ENOTSOCK);
      Socket terminated = zmq.socket(DEALER);
      zmq.context().shutdown();
      assertFails(
          () -> terminated.set(SocketOptions.SNDHWM, -1),
          ZmqTerminatedException.class,
          Errno.ETERM);
      assertFails(
          () -> terminated.get(SocketOptions.ROUTER_NOTIFY),
          ZmqTerminatedException.class,
          Errno.ETERM);
    }

    @Test
    void thatLibzmqGivesARepWhichItCannotHonour() {
      Socket rep = zmq.socket(REP); // with it libzmq ends the process when a requester is gone
      assertFails(
          () -> rep.set(SocketOptions.ROUTER_MANDATORY, true),
          ZmqArgumentException.class,
          Errno.EINVAL);
    }

    @ParameterizedTest
    @EnumSource(names = "SUB", mode = EnumSource.Mode.EXCLUDE)
    void subscribingOfATypeThatDoesNot(SocketType type) {
      Socket socket = zmq.socket(type);
      assertFails(() -> socket.subscribe("x"), ZmqArgumentException.class, Errno.EINVAL);
      assertFails(() -> socket.unsubscribe("x"), ZmqArgumentException.class, Errno.EINVAL);
    }
  }

  @Nested
  class OfSending {
    @ParameterizedTest
    @EnumSource(names = {"PAIR", "PUSH", "DEALER", "REQ"})
    void withoutAPeer(SocketType type) {
      Socket socket = zmq.bound(type, Endpoints.inproc());
      assertThat(socket.trySend("x")).isFalse();
      assertThat(socket.send("x", Duration.ofMillis(1))).isFalse();
      for (Duration timeout : new Duration[] {Duration.ZERO, Duration.ofMillis(1)}) {
        socket.set(SocketOptions.SNDTIMEO, timeout);
        assertFails(() -> socket.send("x"), ZmqTimeoutException.class, Errno.EAGAIN);
        assertFails(() -> socket.send(Message.of("x")), ZmqTimeoutException.class, Errno.EAGAIN);
      }
    }

    @ParameterizedTest
    @EnumSource(names = {"PUSH", "DEALER", "REQ"})
    void toAPeerThatIsFull(SocketType type) {
      Socket socket = zmq.limited(type, 1, 0);
      if (type == REQ) {
        socket.set(SocketOptions.REQ_RELAXED, true);
      }
      socket.connect(Endpoints.inproc()); // not bound: only our own mark counts
      socket.send("x");
      socket.set(SocketOptions.SNDTIMEO, Duration.ZERO);
      assertFails(() -> socket.send("y"), ZmqTimeoutException.class, Errno.EAGAIN);
    }

    @ParameterizedTest
    @EnumSource(names = {"PUB", "XPUB"})
    void toASubscriberThatIsFullWithNodrop(SocketType type) {
      Socket pub = zmq.limited(type, 1, 0).set(SocketOptions.XPUB_NODROP, true);
      Socket sub = zmq.limited(SUB, 0, 1).subscribe("");
      sub.connect(pub.bind(Endpoints.inproc()));
      assertThat(pub.awaitSubscribers(1, Duration.ofSeconds(10))).isTrue();
      pub.send("1");
      pub.send("2");
      for (Duration timeout : new Duration[] {Duration.ZERO, Duration.ofMillis(1)}) {
        pub.set(SocketOptions.SNDTIMEO, timeout);
        assertFails(() -> pub.send("3"), ZmqTimeoutException.class, Errno.EAGAIN);
      }
    }

    @Test
    void inTheWrongState() {
      Socket req = zmq.socket(REQ);
      Socket rep = zmq.bound(REP, Endpoints.inproc());
      req.connect(rep.get(SocketOptions.LAST_ENDPOINT));
      assertFails(() -> rep.send("x"), ZmqStateException.class, Errno.EFSM);
      assertFails(() -> rep.sendMore("x"), ZmqStateException.class, Errno.EFSM);
      assertFails(() -> rep.trySend("x"), ZmqStateException.class, Errno.EFSM);
      req.send("1");
      assertFails(() -> req.send("2"), ZmqStateException.class, Errno.EFSM);
      assertFails(() -> req.sendMore("2"), ZmqStateException.class, Errno.EFSM);
      assertThat(rep.recvString()).isEqualTo("1");
      rep.send("one");
      assertFails(() -> rep.send("two"), ZmqStateException.class, Errno.EFSM);
      assertThat(req.recvString()).isEqualTo("one");
    }

    @Test
    void endedComesBeforeNotSupported() {
      Socket sub = zmq.socket(SUB);
      Socket pull = zmq.socket(PULL);
      pull.close();
      zmq.context().shutdown();
      assertFails(() -> sub.send("x"), ZmqTerminatedException.class, Errno.ETERM);
      assertFails(() -> pull.send("x"), ZmqClosedException.class, Errno.ENOTSOCK);
    }

    @Test
    void isNoneWhereTheTypeDrops() {
      for (SocketType type : new SocketType[] {PUB, XPUB, SocketType.XSUB, ROUTER}) {
        Socket socket = zmq.bound(type, Endpoints.inproc());
        socket.set(SocketOptions.SNDTIMEO, Duration.ZERO);
        socket.send(Message.of("nobody", "x"));
        assertThat(socket.drops().values().stream().mapToLong(n -> n).sum())
            .as(type.toString())
            .isEqualTo(1);
      }
    }
  }

  @Nested
  class OfReceiving {
    @ParameterizedTest
    @EnumSource(
        names = {"PUB", "PUSH", "REQ"},
        mode = EnumSource.Mode.EXCLUDE)
    void whenNothingComes(SocketType type) {
      Socket socket = zmq.bound(type, Endpoints.TCP);
      assertThat(socket.tryRecv()).isNull();
      assertThat(socket.recv(Duration.ofMillis(1))).isNull();
      for (Duration timeout : new Duration[] {Duration.ZERO, Duration.ofMillis(1)}) {
        socket.set(SocketOptions.RCVTIMEO, timeout);
        assertFails(socket::recv, ZmqTimeoutException.class, Errno.EAGAIN);
        assertFails(socket::recvMessage, ZmqTimeoutException.class, Errno.EAGAIN);
      }
    }

    @Test
    void inTheWrongState() {
      Socket req = zmq.socket(REQ);
      Socket rep = zmq.bound(REP, Endpoints.inproc());
      req.connect(rep.get(SocketOptions.LAST_ENDPOINT));
      assertFails(req::recv, ZmqStateException.class, Errno.EFSM);
      assertFails(req::tryRecv, ZmqStateException.class, Errno.EFSM);
      req.sendMore("1");
      assertFails(req::recv, ZmqStateException.class, Errno.EFSM);
      req.send("2");
      assertThat(rep.recvMessage()).isEqualTo(Message.of("1", "2"));
      assertFails(rep::recv, ZmqStateException.class, Errno.EFSM);
      assertFails(rep::tryRecv, ZmqStateException.class, Errno.EFSM);
      rep.send("3");
      assertThat(req.recvString()).isEqualTo("3");
      assertFails(req::recv, ZmqStateException.class, Errno.EFSM);
    }

    @Test
    void endedComesBeforeNotSupported() {
      Socket pub = zmq.socket(PUB);
      Socket push = zmq.socket(PUSH);
      push.close();
      zmq.context().shutdown();
      assertFails(pub::recv, ZmqTerminatedException.class, Errno.ETERM);
      assertFails(push::recv, ZmqClosedException.class, Errno.ENOTSOCK);
    }
  }

  @Nested
  class OfWaitingForPeers {
    @Test
    void byATypeThatHasNoSubscribers() {
      Arrays.stream(SocketType.values())
          .filter(type -> type != PUB && type != XPUB)
          .forEach(
              type -> {
                Socket socket = zmq.socket(type);
                assertFails(
                    () -> socket.awaitSubscribers(0, Duration.ZERO),
                    ZmqUnsupportedException.class,
                    Errno.ENOTSUP);
                assertFails(
                    () -> socket.onSubscription(null),
                    ZmqUnsupportedException.class,
                    Errno.ENOTSUP);
              });
      assertThat(zmq.socket(PAIR).awaitConnected(0, Duration.ZERO)).isTrue();
    }
  }
}
