package io.niomq;

import static io.niomq.SocketType.DEALER;
import static io.niomq.SocketType.PUB;
import static io.niomq.SocketType.PULL;
import static io.niomq.SocketType.PUSH;
import static io.niomq.SocketType.REP;
import static io.niomq.SocketType.REQ;
import static io.niomq.SocketType.SUB;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.niomq.testing.Await;
import io.niomq.testing.Endpoints;
import io.niomq.testing.NoLeaks;
import io.niomq.testing.Sockets;
import io.niomq.testing.VirtualThreads;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Blocking calls on virtual threads, where the JDK has them (21 or later). */
@ExtendWith(NoLeaks.class)
class VirtualThreadsTest {
  /** More than a machine has carrier threads. */
  private static final int MANY = 200;

  @RegisterExtension final Sockets zmq = new Sockets();

  @BeforeEach
  void needsVirtualThreads() {
    Assumptions.assumeTrue(VirtualThreads.exist(), "this JDK has no virtual threads (before 21)");
  }

  /** A part of a test on a virtual thread. */
  private static final class VirtualTask {
    private final CompletableFuture<Void> end = new CompletableFuture<>();
    private final Thread thread;

    VirtualTask(Runnable work) {
      thread =
          VirtualThreads.start(
              () -> {
                try {
                  work.run();
                  end.complete(null);
                } catch (Throwable t) {
                  end.completeExceptionally(t);
                }
              });
    }

    void untilParked() {
      Await.until(
          "the virtual thread waits",
          () -> {
            Thread.State state = thread.getState();
            return state == Thread.State.WAITING || state == Thread.State.TIMED_WAITING;
          });
    }

    void result() {
      try {
        end.get(Await.LONG.toMillis(), TimeUnit.MILLISECONDS);
        thread.join(Await.LONG.toMillis());
      } catch (Exception e) {
        throw new AssertionError(e);
      }
    }
  }

  private static String endpoint(String transport) {
    return switch (transport) {
      case "tcp" -> Endpoints.TCP;
      case "ipc" -> Endpoints.ipc();
      default -> Endpoints.inproc();
    };
  }

  @ParameterizedTest
  @ValueSource(strings = {"inproc", "tcp", "ipc"})
  void askAndAnswer(String transport) {
    Socket rep = zmq.socket(REP);
    Socket req = zmq.connected(REQ, rep.bind(endpoint(transport)));
    VirtualTask server =
        new VirtualTask(
            () -> {
              for (int i = 0; i < 300; i++) {
                rep.send(rep.recv());
              }
            });
    VirtualTask client =
        new VirtualTask(
            () -> {
              for (int i = 0; i < 300; i++) {
                req.send("m" + i);
                assertThat(req.recvString()).isEqualTo("m" + i);
              }
            });
    client.result();
    server.result();
  }

  /** If a waiting call kept its carrier thread, the last one could never be served. */
  @ParameterizedTest
  @ValueSource(strings = {"inproc", "tcp"})
  void waitInGreatNumbers(String transport) {
    List<Socket> senders = new ArrayList<>();
    List<VirtualTask> receivers = new ArrayList<>();
    for (int i = 0; i < MANY; i++) {
      Socket pull = zmq.socket(PULL);
      senders.add(zmq.connected(PUSH, pull.bind(endpoint(transport))));
      String expected = "m" + i;
      receivers.add(new VirtualTask(() -> assertThat(pull.recvString()).isEqualTo(expected)));
    }
    receivers.forEach(VirtualTask::untilParked);
    new VirtualTask(
            () -> {
              for (int i = MANY - 1; i >= 0; i--) {
                senders.get(i).send("m" + i);
              }
            })
        .result();
    receivers.forEach(VirtualTask::result);
  }

  @Test
  void shareASocketWithPlatformThreads() {
    Socket pull = zmq.socket(PULL);
    Socket push = zmq.connected(PUSH, pull.bind(Endpoints.TCP));
    List<VirtualTask> receivers = new ArrayList<>();
    for (int t = 0; t < 4; t++) {
      receivers.add(
          new VirtualTask(
              () -> {
                for (int i = 0; i < 100; i++) {
                  assertThat(pull.recvString()).isEqualTo("x");
                }
              }));
    }
    for (int i = 0; i < 400; i++) {
      push.send("x");
    }
    receivers.forEach(VirtualTask::result);
    push.send("the last one");
    assertThat(pull.recvString()).isEqualTo("the last one");
  }

  @Test
  void waitAtTheHighWaterMark() {
    Socket push = zmq.limited(PUSH, 1, 0);
    push.bind(Endpoints.inproc());
    Socket pull = zmq.limited(PULL, 0, 1);
    pull.connect(push.get(SocketOptions.LAST_ENDPOINT));
    VirtualTask sending =
        new VirtualTask(
            () -> {
              for (int i = 0; i < 100; i++) {
                push.send("m" + i);
              }
            });
    sending.untilParked();
    for (int i = 0; i < 100; i++) {
      assertThat(pull.recvString()).isEqualTo("m" + i);
    }
    sending.result();
  }

  @Test
  void poll() {
    Socket pull = zmq.socket(PULL);
    Socket push = zmq.connected(PUSH, pull.bind(Endpoints.TCP));
    VirtualTask polling =
        new VirtualTask(
            () -> {
              try (Poller poller = zmq.context().poller()) {
                poller.register(pull, Poller.IN);
                assertThat(poller.poll(Await.LONG)).isEqualTo(1);
                assertThat(pull.tryRecvString()).isEqualTo("x");
              }
            });
    push.send("x");
    polling.result();
  }

  @ParameterizedTest
  @ValueSource(strings = {"inproc", "tcp"})
  void canBeInterrupted(String transport) {
    Socket one = zmq.socket(DEALER);
    Socket two = zmq.connected(DEALER, one.bind(endpoint(transport)));
    VirtualTask waiting =
        new VirtualTask(
            () -> {
              assertThatThrownBy(one::recv).isInstanceOf(ZmqInterruptedException.class);
              assertThat(Thread.interrupted()).isTrue();
            });
    waiting.untilParked();
    waiting.thread.interrupt();
    waiting.result();
    two.send("x");
    assertThat(one.recvString()).isEqualTo("x");
  }

  @Test
  void endWithTheContext() {
    Socket pull = zmq.bound(PULL, Endpoints.inproc());
    VirtualTask waiting =
        new VirtualTask(
            () -> assertThatThrownBy(pull::recv).isInstanceOf(ZmqTerminatedException.class));
    waiting.untilParked();
    zmq.context().shutdown();
    waiting.result();
  }

  /** Each waits for a future of its own: the views complete them on virtual threads, too. */
  @ParameterizedTest
  @ValueSource(strings = {"inproc", "tcp"})
  void waitForFutures(String transport) {
    List<Socket> senders = new ArrayList<>();
    List<VirtualTask> receivers = new ArrayList<>();
    for (int i = 0; i < MANY; i++) {
      Socket pull = zmq.socket(PULL);
      senders.add(zmq.connected(PUSH, pull.bind(endpoint(transport))));
      String expected = "m" + i;
      AsyncSocket async = pull.async(VirtualThreads.executor());
      receivers.add(
          new VirtualTask(
              () -> {
                assertThat(async.recvAsync().join().string(0)).isEqualTo(expected);
                assertThat(async.recvAsync().thenApply(m -> isVirtual()).join()).isTrue();
              }));
    }
    receivers.forEach(VirtualTask::untilParked);
    for (int i = MANY - 1; i >= 0; i--) {
      senders.get(i).send("m" + i);
      senders.get(i).send("and another");
    }
    receivers.forEach(VirtualTask::result);
  }

  private static boolean isVirtual() {
    try {
      return (boolean) Thread.class.getMethod("isVirtual").invoke(Thread.currentThread());
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(e);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"inproc", "tcp"})
  void sendFuturesAtTheHighWaterMark(String transport) {
    Socket push = zmq.limited(PUSH, 1, 1);
    String endpoint = push.bind(endpoint(transport));
    AsyncSocket async = push.async(VirtualThreads.executor());
    VirtualTask sending =
        new VirtualTask(
            () -> {
              for (int i = 0; i < 300; i++) {
                async.sendAsync("m" + i).join();
              }
            });
    sending.untilParked();
    Socket pull = zmq.limited(PULL, 1, 1);
    pull.connect(endpoint);
    for (int i = 0; i < 300; i++) {
      assertThat(pull.recvString()).isEqualTo("m" + i);
    }
    sending.result();
  }

  @Test
  void carryStreams() {
    Socket pull = zmq.socket(PULL);
    Socket source = zmq.connected(PUSH, pull.bind(Endpoints.TCP));
    Socket push = zmq.socket(PUSH);
    Socket sink = zmq.connected(PULL, push.bind(Endpoints.TCP));
    MessageSubscriber through = push.async(VirtualThreads.executor()).subscriber();
    pull.async(VirtualThreads.executor()).publisher().subscribe(through);
    VirtualTask sending =
        new VirtualTask(
            () -> {
              for (int i = 0; i < 2000; i++) {
                source.send("m" + i);
              }
            });
    for (int i = 0; i < 2000; i++) {
      assertThat(sink.recvString()).isEqualTo("m" + i);
    }
    sending.result();
    pull.close();
    through.done().orTimeout(30, TimeUnit.SECONDS).join();
  }

  @Test
  void runAProxyThatIsSteered() {
    Socket pull = zmq.socket(PULL);
    Socket source = zmq.connected(PUSH, pull.bind(Endpoints.TCP));
    Socket push = zmq.socket(PUSH);
    Socket sink = zmq.connected(PULL, push.bind(Endpoints.TCP));
    Proxy proxy = Proxy.between(pull, push);
    VirtualTask running = new VirtualTask(proxy::run);
    source.send("x");
    assertThat(sink.recvString()).isEqualTo("x");
    new VirtualTask(proxy::pause).result();
    source.send("y");
    assertThat(pull.recvString()).isEqualTo("y");
    new VirtualTask(proxy::resume).result();
    source.send("z");
    assertThat(sink.recvString()).isEqualTo("z");
    new VirtualTask(proxy::close).result();
    running.result();
  }

  @Test
  void waitForPeers() {
    Socket pub = zmq.socket(PUB);
    String endpoint = pub.bind(Endpoints.TCP);
    List<VirtualTask> waiting = new ArrayList<>();
    for (int i = 0; i < MANY; i++) {
      waiting.add(
          new VirtualTask(
              () -> {
                assertThat(pub.awaitConnected(1, Await.LONG)).isTrue();
                assertThat(pub.awaitSubscribers("a", 1, Await.LONG)).isTrue();
              }));
    }
    waiting.forEach(VirtualTask::untilParked);
    Socket sub = zmq.connected(SUB, endpoint).subscribe("a");
    waiting.forEach(VirtualTask::result);
    pub.send("a!");
    assertThat(sub.recvString()).isEqualTo("a!");
  }
}
