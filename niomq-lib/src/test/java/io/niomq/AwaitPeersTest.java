package io.niomq;

import static io.niomq.SocketType.DEALER;
import static io.niomq.SocketType.PAIR;
import static io.niomq.SocketType.PUB;
import static io.niomq.SocketType.PULL;
import static io.niomq.SocketType.PUSH;
import static io.niomq.SocketType.ROUTER;
import static io.niomq.SocketType.SUB;
import static io.niomq.SocketType.XPUB;
import static io.niomq.testing.Octets.utf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.niomq.testing.Await;
import io.niomq.testing.Endpoints;
import io.niomq.testing.NoLeaks;
import io.niomq.testing.RawPeer;
import io.niomq.testing.Sockets;
import io.niomq.testing.Task;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Waiting for peers, so that nobody has to sleep: awaitConnected and awaitSubscribers. */
@ExtendWith(NoLeaks.class)
class AwaitPeersTest {
  @RegisterExtension final Sockets zmq = new Sockets();

  @Nested
  class Connected {
    @ParameterizedTest
    @ValueSource(strings = {"tcp", "ipc", "inproc"})
    void waitsForTheLastHandshake(String transport) {
      Socket pull = zmq.socket(PULL);
      String endpoint =
          pull.bind(
              switch (transport) {
                case "tcp" -> Endpoints.TCP;
                case "ipc" -> Endpoints.ipc();
                default -> Endpoints.inproc();
              });
      Task<Boolean> waiting = Task.call(() -> pull.awaitConnected(2, Await.LONG)).untilWaiting();
      Socket one = zmq.connected(PUSH, endpoint);
      assertThat(one.awaitConnected(1, Await.LONG)).isTrue();
      assertThat(pull.awaitConnected(1, Await.LONG)).isTrue();
      assertThat(pull.awaitConnected(2, Duration.ZERO)).isFalse();
      Socket two = zmq.connected(PUSH, endpoint);
      assertThat(waiting.result()).isTrue();
      assertThat(two.awaitConnected(1, Await.LONG)).isTrue();
    }

    @Test
    void doesNotCountAPeerThatHasNotCompletedItsHandshake() {
      Socket pull = zmq.socket(PULL);
      String endpoint = pull.bind(Endpoints.TCP);
      try (RawPeer peer = RawPeer.connect(endpoint)) {
        peer.send(RawPeer.greeting(1));
        peer.read(64);
        assertThat(pull.awaitConnected(1, Duration.ofMillis(20))).isFalse();
        peer.send(RawPeer.ready("PUSH"));
        assertThat(pull.awaitConnected(1, Await.LONG)).isTrue();
      }
    }

    @Test
    void doesNotCountAConnectThatNobodyHasAnsweredYet() {
      String endpoint = Endpoints.inproc();
      Socket push = zmq.connected(PUSH, endpoint);
      assertThat(push.awaitConnected(1, Duration.ZERO)).isFalse();
      zmq.bound(PULL, endpoint);
      assertThat(push.awaitConnected(1, Await.LONG)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"tcp", "inproc"})
    void noLongerCountsAPeerThatIsGone(String transport) {
      Socket pull = zmq.socket(PULL);
      String endpoint = pull.bind(transport.equals("tcp") ? Endpoints.TCP : Endpoints.inproc());
      Socket push = zmq.connected(PUSH, endpoint);
      push.send("unread");
      assertThat(pull.awaitConnected(1, Await.LONG)).isTrue();
      push.close();
      Await.until("it is gone", () -> !pull.awaitConnected(1, Duration.ZERO));
    }

    @Test
    void countsAConnectingSocketsPeerWhileItIsThere() {
      String endpoint = Endpoints.freeTcp();
      Socket push = zmq.socket(PUSH).set(SocketOptions.RECONNECT_IVL, Duration.ofMillis(10));
      push.connect(endpoint);
      for (int i = 0; i < 2; i++) {
        assertThat(push.awaitConnected(1, Duration.ZERO)).isFalse();
        Socket pull = zmq.bound(PULL, endpoint);
        assertThat(push.awaitConnected(1, Await.LONG)).isTrue();
        pull.close();
        Await.until("it is gone", () -> !push.awaitConnected(1, Duration.ZERO));
      }
    }

    @Test
    void doesNotCountAPeerThatWasRefused() {
      Socket router = zmq.socket(ROUTER);
      String endpoint = router.bind(Endpoints.TCP);
      try (RawPeer first = RawPeer.connect(endpoint).handshake(1, RawPeer.ready("DEALER", "twin"));
          RawPeer second = RawPeer.connect(endpoint)) {
        assertThat(router.awaitConnected(1, Await.LONG)).isTrue();
        second.send(RawPeer.greeting(1));
        second.read(64);
        second.sendAsFarAsPossible(RawPeer.ready("DEALER", "twin"));
        second.readToEnd();
        assertThat(router.awaitConnected(2, Duration.ZERO)).isFalse();
        first.sendMessage("still there");
        assertThat(router.recvMessage()).isEqualTo(Message.of("twin", "still there"));
      }
      String inproc = Endpoints.inproc();
      Socket pair = zmq.bound(PAIR, inproc);
      zmq.connected(PAIR, inproc);
      zmq.connected(PAIR, inproc);
      assertThat(pair.awaitConnected(1, Await.LONG)).isTrue();
      assertThat(pair.awaitConnected(2, Duration.ZERO)).isFalse();
    }
  }

  @Nested
  class Subscribers {
    @ParameterizedTest
    @ValueSource(strings = {"tcp", "ipc", "inproc"})
    void waitsForTheLastSubscription(String transport) {
      Socket pub = zmq.socket(PUB);
      String endpoint =
          pub.bind(
              switch (transport) {
                case "tcp" -> Endpoints.TCP;
                case "ipc" -> Endpoints.ipc();
                default -> Endpoints.inproc();
              });
      Task<Boolean> waiting = Task.call(() -> pub.awaitSubscribers(2, Await.LONG)).untilWaiting();
      Socket one = zmq.connected(SUB, endpoint).subscribe("A").subscribe("B");
      Socket two = zmq.connected(SUB, endpoint);
      assertThat(pub.awaitConnected(2, Await.LONG)).isTrue();
      assertThat(pub.awaitSubscribers(1, Await.LONG)).isTrue();
      assertThat(pub.awaitSubscribers(2, Duration.ZERO)).isFalse(); // connected is not subscribed
      two.subscribe("A");
      assertThat(waiting.result()).isTrue();
      pub.send("A, the first message is not lost");
      assertThat(one.recvString()).isEqualTo("A, the first message is not lost");
      assertThat(two.recvString()).isEqualTo("A, the first message is not lost");
    }

    @Test
    void canBeThoseOfATopic() {
      String endpoint = Endpoints.inproc();
      Socket pub = zmq.bound(PUB, endpoint);
      Task<Boolean> waiting =
          Task.call(() -> pub.awaitSubscribers("news.sport", 2, Await.LONG)).untilWaiting();
      Socket all = zmq.connected(SUB, endpoint).subscribe("");
      Socket politics = zmq.connected(SUB, endpoint).subscribe("news.politics");
      assertThat(pub.awaitSubscribers(2, Await.LONG)).isTrue();
      assertThat(pub.awaitSubscribers("news.sport", 1, Duration.ZERO)).isTrue();
      assertThat(pub.awaitSubscribers("news.sport", 2, Duration.ZERO)).isFalse();
      politics.subscribe("news");
      assertThat(waiting.result()).isTrue();
      assertThat(pub.awaitSubscribers(utf8("news.politics.x"), 2, Duration.ZERO)).isTrue();
      pub.send("news.sport");
      assertThat(all.recvString()).isEqualTo("news.sport");
      assertThat(politics.recvString()).isEqualTo("news.sport");
    }

    @Test
    void goWithTheirSubscriptionsAndConnections() {
      Socket pub = zmq.socket(PUB);
      String endpoint = pub.bind(Endpoints.TCP);
      Socket sub = zmq.connected(SUB, endpoint).subscribe("A");
      assertThat(pub.awaitSubscribers(1, Await.LONG)).isTrue();
      sub.unsubscribe("A");
      Await.until("it has cancelled", () -> !pub.awaitSubscribers(1, Duration.ZERO));
      sub.subscribe("B");
      assertThat(pub.awaitSubscribers(1, Await.LONG)).isTrue();
      sub.close();
      Await.until("it is gone", () -> !pub.awaitSubscribers(1, Duration.ZERO));
    }

    @Test
    void ofAConnectingPublisherAreThoseThatAreThere() {
      String endpoint = Endpoints.freeTcp();
      Socket pub = zmq.socket(PUB).set(SocketOptions.RECONNECT_IVL, Duration.ofMillis(10));
      pub.connect(endpoint);
      for (int i = 0; i < 2; i++) {
        Socket sub = zmq.bound(SUB, endpoint).subscribe("A");
        assertThat(pub.awaitSubscribers("A", 1, Await.LONG)).isTrue();
        pub.send("A1");
        assertThat(sub.recvString()).isEqualTo("A1");
        sub.close();
        Await.until("it is gone", () -> !pub.awaitSubscribers(1, Duration.ZERO));
        assertThat(pub.awaitSubscribers("A", 1, Duration.ZERO)).isFalse();
      }
    }

    @Test
    void areThoseThatAManualXpubHasConfirmed() {
      String endpoint = Endpoints.inproc();
      Socket xpub = zmq.bound(XPUB, endpoint).set(SocketOptions.XPUB_MANUAL, true);
      Task<Boolean> waiting = Task.call(() -> xpub.awaitSubscribers(1, Await.LONG)).untilWaiting();
      zmq.connected(SUB, endpoint).subscribe("A");
      xpub.recv();
      assertThat(xpub.awaitSubscribers(1, Duration.ZERO)).isFalse();
      xpub.subscribe("A");
      assertThat(waiting.result()).isTrue();
    }

    @Test
    void mayBeAwaitedWhileAnotherThreadReceives() {
      Socket xpub = zmq.socket(XPUB);
      String endpoint = xpub.bind(Endpoints.TCP);
      Task<byte[]> receiving = Task.call(() -> xpub.recv()).untilWaiting();
      Task<Boolean> waiting = Task.call(() -> xpub.awaitSubscribers(1, Await.LONG)).untilWaiting();
      zmq.connected(SUB, endpoint).subscribe("A");
      assertThat(waiting.result()).isTrue();
      assertThat(receiving.result()).containsExactly(1, 'A');
    }

    /** To count ten thousand peers at each one's coming would take as long as all else. */
    @Test
    void areNotCountedBeforeThereAreEnough() {
      String endpoint = Endpoints.inproc();
      Socket pub = zmq.bound(PUB, endpoint);
      Task<Boolean> waiting = Task.call(() -> pub.awaitSubscribers(50, Await.LONG)).untilWaiting();
      long waits = waits(waiting);
      for (int i = 0; i < 49; i++) {
        zmq.connected(SUB, endpoint).subscribe("A");
        waiting.untilWaiting();
      }
      assertThat(waits(waiting)).isEqualTo(waits);
      zmq.connected(SUB, endpoint).subscribe("A");
      assertThat(waiting.result()).isTrue();
    }

    /** How often a thread has begun to wait. */
    private long waits(Task<?> task) {
      long id = task.thread().getId();
      return ManagementFactory.getThreadMXBean().getThreadInfo(id).getWaitedCount();
    }

    @Test
    void areForPublishersOnly() {
      for (SocketType type : new SocketType[] {SUB, PUSH, DEALER}) {
        assertThatThrownBy(() -> zmq.socket(type).awaitSubscribers(1, Await.LONG))
            .isInstanceOfSatisfying(
                ZmqUnsupportedException.class, e -> assertThat(e.errno()).isEqualTo(Errno.ENOTSUP))
            .hasMessageContaining(type.toString());
      }
    }
  }

  static Stream<Arguments> waits() {
    Predicate<Socket> connected = s -> s.awaitConnected(1, SocketOptions.FOREVER);
    Predicate<Socket> subscribers = s -> s.awaitSubscribers(1, SocketOptions.FOREVER);
    Predicate<Socket> subscribersOf = s -> s.awaitSubscribers("A", 1, Await.LONG);
    return Stream.of(
        Arguments.of("awaitConnected", connected),
        Arguments.of("awaitSubscribers", subscribers),
        Arguments.of("awaitSubscribers of a topic", subscribersOf));
  }

  @Nested
  class EachWait {
    @ParameterizedTest(name = "{0}")
    @MethodSource("io.niomq.AwaitPeersTest#waits")
    void isEndedByClose(String name, Predicate<Socket> wait) {
      Socket pub = zmq.bound(PUB, Endpoints.inproc());
      Task<Boolean> waiting = Task.call(() -> wait.test(pub)).untilWaiting();
      pub.close();
      assertThat(waiting.failure()).isInstanceOf(ZmqClosedException.class);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("io.niomq.AwaitPeersTest#waits")
    void isEndedByTermination(String name, Predicate<Socket> wait) {
      Socket pub = zmq.bound(PUB, Endpoints.inproc());
      Task<Boolean> waiting = Task.call(() -> wait.test(pub)).untilWaiting();
      zmq.context().shutdown();
      assertThat(waiting.failure()).isInstanceOf(ZmqTerminatedException.class);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("io.niomq.AwaitPeersTest#waits")
    void isEndedByAnInterruptWhichHarmsNothing(String name, Predicate<Socket> wait) {
      String endpoint = Endpoints.inproc();
      Socket pub = zmq.bound(PUB, endpoint);
      Task<Boolean> interrupted =
          Task.call(
              () -> {
                Thread.currentThread().interrupt();
                try {
                  return wait.test(pub);
                } finally {
                  assertThat(Thread.interrupted()).isTrue();
                }
              });
      assertThat(interrupted.failure()).isInstanceOf(ZmqInterruptedException.class);
      zmq.connected(SUB, endpoint).subscribe("");
      assertThat(wait.test(pub)).isTrue();
    }

    @Test
    void isEndedByItsTimeout() {
      Socket pub = zmq.bound(PUB, Endpoints.inproc());
      long start = System.nanoTime();
      assertThat(pub.awaitConnected(1, Duration.ofMillis(30))).isFalse();
      assertThat(pub.awaitSubscribers(1, Duration.ofMillis(30))).isFalse();
      assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(60_000_000);
    }

    @Test
    void takesNoNoticeOfAnInterruptWhenItNeedNotWait() {
      Socket pub = zmq.bound(PUB, Endpoints.inproc());
      Thread.currentThread().interrupt();
      try {
        assertThat(pub.awaitConnected(0, Await.LONG)).isTrue();
        assertThat(pub.awaitSubscribers(0, Await.LONG)).isTrue();
        assertThat(pub.awaitSubscribers(1, Duration.ZERO)).isFalse();
      } finally {
        assertThat(Thread.interrupted()).isTrue();
      }
    }

    @Test
    void refusesANegativeNumber() {
      Socket pub = zmq.bound(PUB, Endpoints.inproc());
      assertThatThrownBy(() -> pub.awaitConnected(-1, Await.LONG))
          .isInstanceOfSatisfying(
              ZmqArgumentException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EINVAL))
          .hasMessageContaining("-1");
      assertThatThrownBy(() -> pub.awaitSubscribers(-2, Await.LONG))
          .isInstanceOf(ZmqArgumentException.class)
          .hasMessageContaining("-2");
    }

    @Test
    void refusesAClosedSocket() {
      Socket pub = zmq.socket(PUB);
      pub.close();
      assertThatThrownBy(() -> pub.awaitConnected(0, Await.LONG))
          .isInstanceOf(ZmqClosedException.class);
      assertThatThrownBy(() -> pub.awaitConnected(-1, Await.LONG)) // before the argument, as libzmq
          .isInstanceOf(ZmqClosedException.class);
      assertThatThrownBy(() -> pub.awaitSubscribers(0, Await.LONG))
          .isInstanceOf(ZmqClosedException.class);
    }
  }
}
