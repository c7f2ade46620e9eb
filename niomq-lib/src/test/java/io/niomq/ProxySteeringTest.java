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

import io.niomq.Proxy.Traffic;
import io.niomq.testing.Await;
import io.niomq.testing.Endpoints;
import io.niomq.testing.NoLeaks;
import io.niomq.testing.Sockets;
import io.niomq.testing.Task;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

/** {@code zmq_proxy_steerable}: a proxy that is paused, resumed, asked and ended. */
@ExtendWith(NoLeaks.class)
class ProxySteeringTest {
  @RegisterExtension final Sockets zmq = new Sockets();

  private Socket pull;
  private Socket push;
  private Socket source;
  private Socket sink;

  @BeforeEach
  void streamer() {
    pull = zmq.bound(PULL, Endpoints.inproc());
    push = zmq.bound(PUSH, Endpoints.inproc());
    source = zmq.connected(PUSH, last(pull));
    sink = zmq.connected(PULL, last(push));
  }

  private static String last(Socket socket) {
    return socket.get(SocketOptions.LAST_ENDPOINT);
  }

  private Proxy proxy() {
    return Proxy.between(pull, push);
  }

  private static List<Long> numbers(Message answer) {
    List<Long> numbers = new ArrayList<>();
    for (int i = 0; i < answer.frameCount(); i++) {
      assertThat(answer.size(i)).isEqualTo(8);
      numbers.add(ByteBuffer.wrap(answer.bytes(i)).order(ByteOrder.nativeOrder()).getLong());
    }
    return numbers;
  }

  @Nested
  class ByMethods {
    @Test
    void pauseStopsAtOnceAndResumeGoesOn() {
      try (Proxy proxy = proxy().start()) {
        source.send("before");
        assertThat(sink.recvString()).isEqualTo("before");
        proxy.pause();
        assertThat(proxy.isPaused()).isTrue();
        source.send("while paused");
        assertThat(pull.recvString()).isEqualTo("while paused"); // nobody else takes it
        source.send("waits");
        assertThat(proxy.statistics().frontend().messagesReceived()).isEqualTo(1);
        proxy.resume();
        assertThat(proxy.isPaused()).isFalse();
        assertThat(sink.recvString()).isEqualTo("waits");
      }
    }

    @Test
    void pauseBeforeTheBeginning() {
      Proxy proxy = proxy();
      proxy.pause();
      try (proxy) {
        proxy.start();
        source.send("waits");
        proxy.pause(); // returns when the proxy stands
        assertThat(pull.core().canRecvNow()).isTrue();
        proxy.resume();
        assertThat(sink.recvString()).isEqualTo("waits");
      }
    }

    @Test
    void pauseAndResumeAgainAndAgainLoseNothing() {
      try (Proxy proxy = proxy().start()) {
        Task<Void> sending =
            Task.run(
                () -> {
                  for (int i = 0; i < 20_000; i++) {
                    source.send(Integer.toString(i));
                  }
                });
        Task<Void> steering =
            Task.run(
                () -> {
                  while (!sending.isDone()) {
                    proxy.pause();
                    long moved = proxy.statistics().frontend().messagesReceived();
                    Thread.yield();
                    assertThat(proxy.statistics().frontend().messagesReceived()).isEqualTo(moved);
                    proxy.resume();
                    Thread.yield();
                  }
                });
        for (int i = 0; i < 20_000; i++) {
          assertThat(sink.recvString()).isEqualTo(Integer.toString(i));
        }
        sending.result();
        steering.result();
      }
    }

    @Test
    void statisticsCountMessagesAndTheOctetsOfTheirFrames() {
      Socket router = zmq.bound(ROUTER, Endpoints.inproc());
      Socket dealer = zmq.bound(DEALER, Endpoints.inproc());
      Socket client = zmq.connected(DEALER, last(router));
      Socket server = zmq.connected(DEALER, last(dealer));
      try (Proxy proxy = Proxy.between(router, dealer).start()) {
        assertThat(proxy.statistics().frontend()).isEqualTo(new Traffic(0, 0, 0, 0));
        client.send(Message.of("ab", "cde"));
        client.send("x");
        Message first = server.recvMessage();
        server.recvMessage();
        long id = first.size(0);
        first.removeLast();
        server.send(first.add("answer"));
        client.recvMessage();
        proxy.pause();
        assertThat(proxy.statistics().frontend())
            .isEqualTo(new Traffic(2, 2 * id + 6, 1, id + 2 + 6));
        assertThat(proxy.statistics().backend())
            .isEqualTo(new Traffic(1, id + 2 + 6, 2, 2 * id + 6));
      }
    }

    @Test
    void closeEndsAPausedOne() {
      Proxy proxy = proxy().start();
      proxy.pause();
      proxy.close();
      assertThat(proxy.isRunning()).isFalse();
    }

    @Test
    void anInterruptEndsTheWaitForAPause() {
      Socket xpub = zmq.limited(XPUB, 1, 1).set(SocketOptions.XPUB_NODROP, true);
      xpub.bind(Endpoints.inproc());
      Socket sub = zmq.limited(SUB, 1, 1).subscribe("");
      sub.connect(last(xpub));
      assertThat(xpub.awaitSubscribers(1, Await.LONG)).isTrue();
      int full = 0;
      while (xpub.trySend("x")) {
        full++;
      }
      try (Proxy proxy = Proxy.between(pull, xpub).start()) {
        source.send("y");
        Await.until("the message is under way", () -> xpub.explain().sending() == 1);
        Task<Boolean> pausing =
            Task.call(
                () -> {
                  assertThatThrownBy(proxy::pause).isInstanceOf(ZmqInterruptedException.class);
                  return Thread.interrupted();
                });
        Await.until("it waits", () -> pausing.thread().getState() == Thread.State.WAITING);
        pausing.interrupt();
        assertThat(pausing.result()).isTrue();
        assertThat(proxy.isPaused()).isTrue();
        for (int i = 0; i < full; i++) {
          assertThat(sub.recvString()).isEqualTo("x");
        }
        assertThat(sub.recvString()).isEqualTo("y");
      }
    }

    @Test
    void theEndOfASocketEndsAPausedOne() {
      Proxy proxy = proxy().start();
      proxy.pause();
      push.close();
      assertThat(proxy.await(Await.LONG)).isTrue();
      proxy.pause(); // not for ever
    }

    @Test
    void theEndOfTheContextEndsAPausedOne() {
      Proxy proxy = proxy();
      proxy.pause();
      Task<Void> running = Task.run(proxy::run).untilWaiting();
      zmq.context().shutdown();
      assertThat(running.failure()).isInstanceOf(ZmqTerminatedException.class);
    }
  }

  @Nested
  class ByAPair {
    private Socket control;
    private Socket chief;

    @BeforeEach
    void control() {
      control = zmq.bound(PAIR, Endpoints.inproc());
      chief = zmq.connected(PAIR, last(control));
    }

    private List<Long> statistics() {
      chief.send("STATISTICS");
      return numbers(chief.recvMessage());
    }

    @Test
    void pauseResumeStatisticsTerminate() {
      Proxy proxy = proxy().control(control);
      Task<Void> running = Task.run(proxy::run);
      source.send(Message.of("ab", "cde"));
      sink.recvMessage();
      assertThat(statistics()).containsExactly(1L, 5L, 0L, 0L, 0L, 0L, 1L, 5L);
      chief.send("PAUSE");
      assertThat(statistics()).hasSize(8); // obeyed in order
      assertThat(proxy.isPaused()).isTrue();
      source.send("waits");
      assertThat(statistics()).containsExactly(1L, 5L, 0L, 0L, 0L, 0L, 1L, 5L);
      assertThat(pull.core().canRecvNow()).isTrue();
      chief.send("RESUME");
      assertThat(sink.recvString()).isEqualTo("waits");
      assertThat(statistics()).containsExactly(2L, 10L, 0L, 0L, 0L, 0L, 2L, 10L);
      chief.send("TERMINATE");
      running.result(); // normally
    }

    @Test
    void otherMessagesAreIgnored() {
      try (Proxy proxy = proxy().control(control).start()) {
        chief.send("pause");
        chief.send("PAUSE ");
        chief.send("");
        chief.send(Message.of("TERMINATE", ""));
        assertThat(statistics()).hasSize(8);
        assertThat(chief.tryRecv()).isNull();
        assertThat(proxy.isPaused()).isFalse();
        assertThat(proxy.isRunning()).isTrue();
      }
    }

    @Test
    void controlMessagesAreNotCaptured() {
      Socket tap = zmq.bound(PUSH, Endpoints.inproc());
      Socket watcher = zmq.connected(PULL, last(tap));
      try (Proxy proxy = proxy().capture(tap).control(control).start()) {
        assertThat(statistics()).hasSize(8);
        source.send("x");
        assertThat(sink.recvString()).isEqualTo("x");
        assertThat(watcher.recvString()).isEqualTo("x");
        assertThat(watcher.tryRecv()).isNull();
        assertThat(proxy.isRunning()).isTrue();
      }
    }

    @Test
    void methodsAndMessagesMix() {
      try (Proxy proxy = proxy().control(control).start()) {
        proxy.pause();
        chief.send("RESUME");
        source.send("x");
        assertThat(sink.recvString()).isEqualTo("x");
        chief.send("PAUSE");
        assertThat(statistics()).hasSize(8);
        proxy.resume();
        source.send("y");
        assertThat(sink.recvString()).isEqualTo("y");
      }
    }

    @Test
    void anAnswerThatNobodyTakesHoldsNothingUp() {
      chief.send("STATISTICS");
      chief.close();
      try (Proxy proxy = proxy().control(control).start()) {
        source.send("x");
        assertThat(sink.recvString()).isEqualTo("x");
        assertThat(proxy.isRunning()).isTrue();
      }
    }

    @Test
    void itsEndEndsTheProxy() {
      Proxy proxy = proxy().control(control).start();
      control.close();
      assertThat(proxy.await(Await.LONG)).isTrue();
    }
  }

  @Nested
  class ByOtherTypes {
    @Test
    void aRepAnswersEachCommand() {
      Socket control = zmq.bound(REP, Endpoints.inproc());
      Socket chief = zmq.connected(REQ, last(control));
      Proxy proxy = proxy().control(control).start();
      for (String command : List.of("PAUSE", "RESUME", "what?")) {
        chief.send(command);
        assertThat(chief.recvMessage()).isEqualTo(Message.of(""));
        assertThat(proxy.isPaused()).isEqualTo(command.equals("PAUSE"));
      }
      chief.send("STATISTICS");
      assertThat(numbers(chief.recvMessage())).hasSize(8).containsOnly(0L);
      chief.send("TERMINATE");
      assertThat(chief.recvMessage()).isEqualTo(Message.of(""));
      assertThat(proxy.await(Await.LONG)).isTrue();
    }

    @Test
    void aPullObeysSilently() {
      Socket control = zmq.bound(PULL, Endpoints.inproc());
      Socket chief = zmq.connected(PUSH, last(control));
      Proxy proxy = proxy().control(control).start();
      chief.send("PAUSE");
      Await.until("it is paused", proxy::isPaused);
      chief.send("STATISTICS");
      chief.send("RESUME");
      Await.until("it goes on", () -> !proxy.isPaused());
      chief.send("TERMINATE");
      assertThat(proxy.await(Await.LONG)).isTrue();
    }

    @Test
    void aSubObeysWhoeverPublishes() {
      Socket chief = zmq.bound(XPUB, Endpoints.inproc());
      Socket control = zmq.connected(SUB, last(chief)).subscribe("");
      chief.recv(); // the subscription
      Proxy proxy = proxy().control(control).start();
      chief.send("TERMINATE");
      assertThat(proxy.await(Await.LONG)).isTrue();
    }

    @Test
    void aPubCannot() {
      Socket pub = zmq.socket(PUB);
      assertThatThrownBy(() -> proxy().control(pub))
          .isInstanceOf(ZmqUnsupportedException.class)
          .hasMessageContaining("a PUB cannot receive");
    }
  }
}
