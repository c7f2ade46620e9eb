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
import static io.niomq.SocketType.XSUB;
import static io.niomq.testing.Octets.number;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.niomq.testing.Await;
import io.niomq.testing.Endpoints;
import io.niomq.testing.NoLeaks;
import io.niomq.testing.Sockets;
import io.niomq.testing.Task;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code zmq_proxy}: whole messages both ways between two sockets. */
@ExtendWith(NoLeaks.class)
class ProxyTest {
  @RegisterExtension final Sockets zmq = new Sockets();

  private static String endpoint(String transport) {
    return switch (transport) {
      case "tcp" -> Endpoints.TCP;
      case "ipc" -> Endpoints.ipc();
      default -> Endpoints.inproc();
    };
  }

  @Nested
  class Broker {
    @ParameterizedTest
    @ValueSource(strings = {"inproc", "tcp", "ipc"})
    void carriesRequestsAndReplies(String transport) {
      Socket frontend = zmq.socket(ROUTER);
      Socket backend = zmq.socket(DEALER);
      String front = frontend.bind(endpoint(transport));
      String back = backend.bind(endpoint(transport));
      List<Task<Void>> workers = new ArrayList<>();
      for (int w = 0; w < 3; w++) {
        Socket rep = zmq.connected(REP, back);
        workers.add(
            Task.run(
                () -> {
                  for (String q = rep.recvString(); !q.equals("end"); q = rep.recvString()) {
                    rep.send(Message.of("answer to", q));
                  }
                  rep.send("ended");
                }));
      }
      try (Proxy proxy = Proxy.between(frontend, backend).start()) {
        List<Task<Void>> clients = new ArrayList<>();
        for (int c = 0; c < 3; c++) {
          Socket req = zmq.connected(REQ, front);
          String name = "client " + c + " ";
          clients.add(
              Task.run(
                  () -> {
                    for (int i = 0; i < 50; i++) {
                      req.send(name + i);
                      assertThat(req.recvMessage()).isEqualTo(Message.of("answer to", name + i));
                    }
                  }));
        }
        clients.forEach(Task::result);
        Socket ender = zmq.connected(REQ, front);
        for (int i = 0; i < 3; i++) {
          ender.send("end");
          assertThat(ender.recvString()).isEqualTo("ended");
        }
        workers.forEach(Task::result);
        assertThat(proxy.isRunning()).isTrue();
      }
    }
  }

  @Nested
  class Relay {
    @ParameterizedTest
    @ValueSource(ints = {64, 9000, 100_000})
    void ofRequestsLeavesTheirEnvelopesBehind(int size) {
      Socket frontend = zmq.bound(REP, Endpoints.TCP);
      Socket backend = zmq.bound(REQ, Endpoints.TCP);
      Socket req = zmq.connected(REQ, frontend.get(SocketOptions.LAST_ENDPOINT));
      Socket rep = zmq.connected(REP, backend.get(SocketOptions.LAST_ENDPOINT));
      try (Proxy proxy = Proxy.between(frontend, backend).start()) {
        for (int i = 0; i < 3; i++) {
          Message asked = Message.of(number(i), new byte[size]);
          req.send(asked.copy());
          assertThat(rep.recvMessage()).isEqualTo(asked);
          rep.send(Message.of(new byte[size], number(i)));
          assertThat(req.recvMessage()).isEqualTo(Message.of(new byte[size], number(i)));
        }
        assertThat(proxy.isRunning()).isTrue();
      }
    }
  }

  /** An XPUB with {@code ZMQ_XPUB_NODROP} whose only reader reads nothing. */
  private Socket stuck(Socket[] subscriber) {
    Socket xpub = zmq.socket(XPUB).set(SocketOptions.XPUB_NODROP, true);
    xpub.set(SocketOptions.SNDHWM, 1);
    String endpoint = xpub.bind(Endpoints.inproc());
    Socket sub = zmq.socket(SUB).set(SocketOptions.RCVHWM, 1).subscribe("");
    sub.connect(endpoint);
    xpub.recv();
    subscriber[0] = sub;
    return xpub;
  }

  @Nested
  class Forwarder {
    @ParameterizedTest
    @ValueSource(strings = {"inproc", "tcp"})
    void carriesSubscriptionsUpAndMessagesDown(String transport) {
      Socket xsub = zmq.socket(XSUB);
      Socket xpub = zmq.socket(XPUB);
      String up = xsub.bind(endpoint(transport));
      String down = xpub.bind(endpoint(transport));
      Socket pub = zmq.connected(PUB, up);
      Socket sub = zmq.connected(SUB, down).subscribe("a");
      try (Proxy proxy = Proxy.between(xsub, xpub).start()) {
        Await.until(
            "a message comes through",
            () -> {
              pub.send("a joined?");
              return sub.recv(Duration.ofMillis(20)) != null;
            });
        for (int i = 0; i < 100; i++) {
          pub.send("b " + i);
          pub.send("a " + i);
        }
        String next = sub.recvString();
        while (next.equals("a joined?")) {
          next = sub.recvString();
        }
        for (int i = 0; i < 100; i++) {
          assertThat(next).isEqualTo("a " + i);
          next = i < 99 ? sub.recvString() : null;
        }
        assertThat(proxy.isRunning()).isTrue();
      }
    }
  }

  @Nested
  class Streamer {
    @Test
    void carriesMessagesOneWay() {
      Socket pull = zmq.socket(PULL);
      Socket push = zmq.socket(PUSH);
      Socket source = zmq.connected(PUSH, pull.bind(Endpoints.TCP));
      Socket sink = zmq.connected(PULL, push.bind(Endpoints.TCP));
      try (Proxy proxy = Proxy.between(pull, push).start()) {
        Task<Void> sending =
            Task.run(
                () -> {
                  for (int i = 0; i < 5000; i++) {
                    source.send(number(i));
                  }
                });
        for (int i = 0; i < 5000; i++) {
          assertThat(sink.recv()).isEqualTo(number(i));
        }
        sending.result();
        assertThat(proxy.isRunning()).isTrue();
      }
    }

    @Test
    void takesNothingThatItCannotPassOn() {
      Socket pull = zmq.bound(PULL, Endpoints.inproc());
      Socket push = zmq.bound(PUSH, Endpoints.inproc());
      Socket source = zmq.connected(PUSH, pull.get(SocketOptions.LAST_ENDPOINT));
      try (Proxy proxy = Proxy.between(pull, push).start()) {
        source.send("waits");
        assertThat(proxy.isRunning()).isTrue();
      }
      assertThat(pull.recvString()).isEqualTo("waits");
    }

    @Test
    void takesNoMoreThanItCanPassOn() {
      Socket pull = zmq.bound(PULL, Endpoints.inproc());
      Socket push = zmq.socket(PUSH).set(SocketOptions.SNDHWM, 2);
      push.bind(Endpoints.inproc());
      Socket source = zmq.connected(PUSH, pull.get(SocketOptions.LAST_ENDPOINT));
      Socket sink = zmq.socket(PULL).set(SocketOptions.RCVHWM, 1);
      sink.connect(push.get(SocketOptions.LAST_ENDPOINT));
      Proxy proxy = Proxy.between(pull, push).start();
      for (int i = 0; i < 50; i++) {
        source.send("message " + i);
      }
      for (int i = 0; i < 10; i++) {
        assertThat(sink.recvString()).isEqualTo("message " + i);
      }
      Await.until("there is no room", () -> !push.core().canSendNow());
      proxy.close();
      long passed = proxy.statistics().backend().messagesSent();
      assertThat(passed).isBetween(11L, 13L);
      for (int i = 10; i < 50; i++) {
        assertThat((i < passed ? sink : pull).recvString()).isEqualTo("message " + i);
      }
      assertThat(push.drops()).isEmpty();
    }

    @Test
    void carriesMessagesOfAllSizes() {
      Socket pull = zmq.bound(PULL, Endpoints.TCP);
      Socket push = zmq.bound(PUSH, Endpoints.TCP);
      Socket source = zmq.connected(PUSH, pull.get(SocketOptions.LAST_ENDPOINT));
      Socket sink = zmq.connected(PULL, push.get(SocketOptions.LAST_ENDPOINT));
      int[] sizes = {0, 64, 255, 300, 8192, 8193, 20_000, 70_000};
      int messages = 64 * 30;
      AtomicLong octets = new AtomicLong();
      try (Proxy proxy = Proxy.between(pull, push).start()) {
        Task<Void> sending =
            Task.run(
                () -> {
                  for (int i = 0; i < messages; i++) {
                    Message message =
                        Message.of(number(i), new byte[sizes[i % 8]], new byte[sizes[i / 8 % 8]]);
                    octets.addAndGet(message.totalSize());
                    source.send(message);
                  }
                });
        for (int i = 0; i < messages; i++) {
          Message message = sink.recvMessage();
          assertThat(message.bytes(0)).isEqualTo(number(i));
          assertThat(message.size(1)).isEqualTo(sizes[i % 8]);
          assertThat(message.size(2)).isEqualTo(sizes[i / 8 % 8]);
          message.close();
        }
        sending.result();
        Await.until(
            "all are counted", () -> proxy.statistics().backend().messagesSent() == messages);
        assertThat(proxy.statistics().backend().octetsSent()).isEqualTo(octets.get());
      }
    }

    @Test
    void worksWhicheverSideIsTheFrontend() {
      Socket pull = zmq.bound(PULL, Endpoints.inproc());
      Socket push = zmq.bound(PUSH, Endpoints.inproc());
      Socket source = zmq.connected(PUSH, pull.get(SocketOptions.LAST_ENDPOINT));
      Socket sink = zmq.connected(PULL, push.get(SocketOptions.LAST_ENDPOINT));
      try (Proxy proxy = Proxy.between(push, pull).start()) {
        source.send(Message.of("a", "b"));
        assertThat(sink.recvMessage()).isEqualTo(Message.of("a", "b"));
        assertThat(proxy.isRunning()).isTrue();
      }
    }
  }

  @Nested
  class Types {
    @Test
    void betweenWhichNothingCanPassAreRefused() {
      for (SocketType type : new SocketType[] {PULL, PUSH, PUB, SUB}) {
        assertThatThrownBy(() -> Proxy.between(zmq.socket(type), zmq.socket(type)))
            .isInstanceOf(ZmqUnsupportedException.class)
            .hasMessageContaining(type.toString());
      }
    }
  }

  @Nested
  class OneSocket {
    @Test
    void getsItsOwnMessagesBack() {
      Socket dealer = zmq.bound(DEALER, Endpoints.inproc());
      Socket peer = zmq.connected(DEALER, dealer.get(SocketOptions.LAST_ENDPOINT));
      try (Proxy proxy = Proxy.between(dealer, dealer).start()) {
        for (int i = 0; i < 100; i++) {
          peer.send(Message.of(number(i)).add("x"));
          assertThat(peer.recvMessage()).isEqualTo(Message.of(number(i)).add("x"));
        }
        assertThat(proxy.isRunning()).isTrue();
      }
    }
  }

  @Nested
  class Capture {
    @Test
    void getsACopyOfEachMessageInBothDirections() {
      Socket frontend = zmq.bound(ROUTER, Endpoints.inproc());
      Socket backend = zmq.bound(DEALER, Endpoints.inproc());
      Socket tap = zmq.bound(PAIR, Endpoints.inproc());
      Socket watcher = zmq.connected(PAIR, tap.get(SocketOptions.LAST_ENDPOINT));
      Socket req = zmq.connected(REQ, frontend.get(SocketOptions.LAST_ENDPOINT));
      Socket rep = zmq.connected(REP, backend.get(SocketOptions.LAST_ENDPOINT));
      try (Proxy proxy = Proxy.between(frontend, backend).capture(tap).start()) {
        req.send("question");
        assertThat(rep.recvString()).isEqualTo("question");
        rep.send("answer");
        assertThat(req.recvString()).isEqualTo("answer");
        Message asked = watcher.recvMessage();
        Message answered = watcher.recvMessage();
        assertThat(asked.strings().subList(1, 3)).containsExactly("", "question");
        assertThat(answered.strings().subList(1, 3)).containsExactly("", "answer");
        assertThat(answered.bytes(0)).isEqualTo(asked.bytes(0));
        assertThat(proxy.isRunning()).isTrue();
      }
    }

    @Test
    void holdsMessagesBackThatItCannotGet() {
      Socket pull = zmq.bound(PULL, Endpoints.inproc());
      Socket push = zmq.bound(PUSH, Endpoints.inproc());
      Socket tap = zmq.bound(PUSH, Endpoints.inproc()); // nobody takes the copy
      Socket source = zmq.connected(PUSH, pull.get(SocketOptions.LAST_ENDPOINT));
      Socket sink = zmq.connected(PULL, push.get(SocketOptions.LAST_ENDPOINT));
      try (Proxy proxy = Proxy.between(pull, push).capture(tap).start()) {
        source.send("x");
        proxy.pause(); // does not wait for anything
        assertThat(pull.core().canRecvNow()).isTrue();
        proxy.resume();
        Socket watcher = zmq.connected(PULL, tap.get(SocketOptions.LAST_ENDPOINT));
        assertThat(watcher.recvString()).isEqualTo("x");
        assertThat(sink.recvString()).isEqualTo("x");
        proxy.pause(); // it may have seen the watcher a moment ago
        watcher.close();
        Await.until("nobody takes the copy", () -> !tap.core().canSendNow());
        source.send("y");
        proxy.resume();
      } // ends
      assertThat(pull.recvString()).isEqualTo("y");
    }

    @Test
    void thatTakesNoMoreLosesCopiesOnlyWhenTheProxyEnds() {
      Socket pull = zmq.bound(PULL, Endpoints.inproc());
      Socket push = zmq.bound(PUSH, Endpoints.inproc());
      Socket[] watcher = new Socket[1];
      Socket tap = stuck(watcher);
      Socket source = zmq.connected(PUSH, pull.get(SocketOptions.LAST_ENDPOINT));
      Socket sink = zmq.connected(PULL, push.get(SocketOptions.LAST_ENDPOINT));
      Proxy proxy = Proxy.between(pull, push).capture(tap).start();
      for (int i = 0; i < 10; i++) {
        source.send("message " + i);
      }
      assertThat(sink.recvString()).isEqualTo("message 0");
      assertThat(sink.recvString()).isEqualTo("message 1");
      Await.until("the third waits for the tap", () -> tap.explain().sending() > 0);
      proxy.close();
      assertThat(sink.recvString()).isEqualTo("message 2");
      for (int i = 3; i < 10; i++) {
        assertThat(pull.recvString()).isEqualTo("message " + i);
      }
      assertThat(tap.drops()).containsEntry(DropReason.HIGH_WATER_MARK, 1L);
      assertThat(push.drops()).isEmpty();
      assertThat(proxy.statistics().backend().messagesSent()).isEqualTo(3);
    }

    @Test
    void isForTypesThatCanSend() {
      Proxy proxy = Proxy.between(zmq.socket(PULL), zmq.socket(PUSH)).capture(null).control(null);
      assertThatThrownBy(() -> proxy.capture(zmq.socket(SUB)))
          .isInstanceOf(ZmqUnsupportedException.class)
          .hasMessageContaining("SUB");
    }

    @Test
    void mayBeAPublisher() {
      Socket pull = zmq.bound(PULL, Endpoints.inproc());
      Socket push = zmq.bound(PUSH, Endpoints.inproc());
      Socket xpub = zmq.bound(XPUB, Endpoints.inproc());
      Socket sub = zmq.connected(SUB, xpub.get(SocketOptions.LAST_ENDPOINT)).subscribe("");
      xpub.recv();
      Socket source = zmq.connected(PUSH, pull.get(SocketOptions.LAST_ENDPOINT));
      Socket sink = zmq.connected(PULL, push.get(SocketOptions.LAST_ENDPOINT));
      try (Proxy proxy = Proxy.between(pull, push).capture(xpub).start()) {
        source.send(Message.of("a", "b"));
        assertThat(sink.recvMessage()).isEqualTo(Message.of("a", "b"));
        assertThat(sub.recvMessage()).isEqualTo(Message.of("a", "b"));
        assertThat(proxy.isRunning()).isTrue();
      }
    }
  }

  @Nested
  class End {
    private Proxy proxy() {
      return Proxy.between(
          zmq.bound(ROUTER, Endpoints.inproc()), zmq.bound(DEALER, Endpoints.inproc()));
    }

    @Test
    void byClose() {
      Proxy proxy = proxy().start();
      assertThat(proxy.isRunning()).isTrue();
      assertThat(proxy.await(Duration.ofMillis(10))).isFalse();
      proxy.close();
      assertThat(proxy.isRunning()).isFalse();
      assertThat(proxy.await(Duration.ZERO)).isTrue();
      proxy.close();
    }

    @Test
    void byASocketWhoseTimeIsOver() {
      Socket pull = zmq.bound(PULL, Endpoints.inproc());
      Socket[] subscriber = new Socket[1];
      Socket xpub = stuck(subscriber).set(SocketOptions.SNDTIMEO, Duration.ofMillis(10));
      Socket source = zmq.connected(PUSH, pull.get(SocketOptions.LAST_ENDPOINT));
      Proxy proxy = Proxy.between(pull, xpub);
      for (int i = 0; i < 10; i++) {
        source.send("message " + i);
      }
      assertThatThrownBy(proxy::run).isInstanceOf(ZmqTimeoutException.class);
      assertThat(pull.drops()).containsEntry(DropReason.UNREAD_AT_CLOSE, 1L);
      assertThat(proxy.statistics().backend().messagesSent()).isEqualTo(2);
      assertThat(subscriber[0].recvString()).isEqualTo("message 0");
      assertThat(subscriber[0].recvString()).isEqualTo("message 1");
      assertThat(pull.recvString()).isEqualTo("message 3"); // the third is lost, and counted
    }

    @Test
    void byCloseBeforeTheBeginning() {
      Proxy proxy = proxy();
      proxy.close();
      proxy.run(); // ends at once
    }

    @Test
    void byCloseOfARunInTheCallersThread() {
      Proxy proxy = proxy();
      Task<Void> running = Task.run(proxy::run).untilWaiting();
      proxy.close();
      running.result();
    }

    @Test
    void byTheContext() {
      Proxy proxy = proxy();
      Task<Void> running = Task.run(proxy::run).untilWaiting();
      zmq.context().shutdown();
      assertThat(running.failure())
          .isInstanceOfSatisfying(
              ZmqTerminatedException.class, e -> assertThat(e.errno()).isEqualTo(Errno.ETERM));
    }

    @Test
    void byTheContextIsNoFailureOfAStartedOne() {
      Proxy proxy = proxy().start();
      zmq.context().shutdown();
      assertThat(proxy.await(Await.LONG)).isTrue();
    }

    @Test
    void byASocket() {
      Socket frontend = zmq.bound(ROUTER, Endpoints.inproc());
      Proxy proxy = Proxy.between(frontend, zmq.bound(DEALER, Endpoints.inproc())).start();
      frontend.close();
      assertThat(proxy.await(Await.LONG)).isTrue();
    }

    @Test
    void byAnInterrupt() {
      Proxy proxy = proxy();
      Task<Boolean> running =
          Task.call(
              () -> {
                assertThatThrownBy(proxy::run).isInstanceOf(ZmqInterruptedException.class);
                return Thread.interrupted();
              });
      running.untilWaiting().interrupt();
      assertThat(running.result()).isTrue();
    }

    @Test
    void leavesTheSocketsOpen() {
      Socket dealer = zmq.bound(DEALER, Endpoints.inproc());
      Socket other = zmq.bound(DEALER, Endpoints.inproc());
      try (Proxy proxy = Proxy.between(dealer, other).start()) {
        assertThat(proxy.isRunning()).isTrue();
      }
      Socket peer = zmq.connected(DEALER, dealer.get(SocketOptions.LAST_ENDPOINT));
      peer.send("x");
      assertThat(dealer.recvString()).isEqualTo("x");
    }

    @Test
    void isToldWithItsReason() {
      Socket pull = zmq.bound(PULL, Endpoints.inproc());
      Socket router = zmq.socket(ROUTER).set(SocketOptions.ROUTER_MANDATORY, true);
      router.bind(Endpoints.inproc());
      Socket dealer = zmq.connected(DEALER, router.get(SocketOptions.LAST_ENDPOINT));
      zmq.connected(PUSH, pull.get(SocketOptions.LAST_ENDPOINT)).send(Message.of("nobody", "x"));
      Proxy proxy = Proxy.between(pull, router).start();
      assertThatThrownBy(() -> proxy.await(Duration.ofNanos(Long.MAX_VALUE)))
          .isInstanceOf(ZmqUnroutableException.class);
      assertThat(dealer.isClosed()).isFalse();
    }

    @Test
    void ofAPauseThatIsCalledOff() {
      Stuck stuck = new Stuck();
      Task<Void> pausing = Task.run(stuck.proxy::pause);
      Await.until("it waits", () -> pausing.thread().getState() == Thread.State.WAITING);
      stuck.proxy.resume();
      pausing.result();
      Task.run(stuck.proxy::close).result();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void doesNotWaitForRoom(boolean inAThreadOfItsOwn) {
      Stuck stuck = new Stuck(inAThreadOfItsOwn);
      Task.run(stuck.proxy::close).result();
      if (!inAThreadOfItsOwn) {
        assertThat(stuck.running.result()).isFalse(); // it keeps no interrupt
      }
      assertThat(stuck.proxy.isRunning()).isFalse();
      assertThat(stuck.proxy.await(Duration.ZERO)).isTrue();
      assertThat(stuck.xpub.drops()).containsEntry(DropReason.HIGH_WATER_MARK, 1L);
    }

    /** A proxy in a send that waits: whether an XPUB has room shows only when it sends. */
    private final class Stuck {
      final Socket pull = zmq.bound(PULL, Endpoints.inproc());
      final Socket xpub = zmq.limited(XPUB, 1, 1).set(SocketOptions.XPUB_NODROP, true);
      final Proxy proxy = Proxy.between(pull, xpub);
      final Task<Boolean> running;

      Stuck() {
        this(true);
      }

      Stuck(boolean inAThreadOfItsOwn) {
        xpub.bind(Endpoints.inproc());
        Socket sub = zmq.limited(SUB, 1, 1).subscribe("");
        sub.connect(xpub.get(SocketOptions.LAST_ENDPOINT));
        assertThat(xpub.awaitSubscribers(1, Await.LONG)).isTrue();
        while (xpub.trySend("x")) {
          continue;
        }
        if (inAThreadOfItsOwn) {
          running = null;
          proxy.start();
        } else {
          running =
              Task.call(
                  () -> {
                    proxy.run();
                    return Thread.interrupted();
                  });
        }
        zmq.connected(PUSH, pull.get(SocketOptions.LAST_ENDPOINT)).send("y");
        Await.until("it sends", () -> xpub.explain().sending() == 1);
      }
    }

    @Test
    void isAwaitedBeforeASecondStart() {
      try (Proxy proxy = proxy().start()) {
        assertThatThrownBy(proxy::start).isInstanceOf(ZmqStateException.class);
        assertThatThrownBy(proxy::run).isInstanceOf(ZmqStateException.class);
        assertThatThrownBy(() -> proxy.capture(null)).isInstanceOf(ZmqStateException.class);
      }
      Proxy proxy = proxy();
      Task<Void> running = Task.run(proxy::run).untilWaiting();
      assertThatThrownBy(proxy::run).isInstanceOf(ZmqStateException.class);
      assertThatThrownBy(proxy::start).isInstanceOf(ZmqStateException.class);
      assertThatThrownBy(() -> proxy.control(null)).isInstanceOf(ZmqStateException.class);
      proxy.close();
      running.result();
    }
  }
}
