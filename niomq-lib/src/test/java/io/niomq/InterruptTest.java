package io.niomq;

import static io.niomq.SocketType.DEALER;
import static io.niomq.SocketType.PULL;
import static io.niomq.SocketType.PUSH;
import static io.niomq.SocketType.REP;
import static io.niomq.SocketType.REQ;
import static io.niomq.SocketType.ROUTER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.niomq.testing.Await;
import io.niomq.testing.Endpoints;
import io.niomq.testing.NoLeaks;
import io.niomq.testing.Octets;
import io.niomq.testing.Sockets;
import io.niomq.testing.Task;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An interrupt ends the call that waits, and nothing else. */
@ExtendWith(NoLeaks.class)
class InterruptTest {
  @RegisterExtension final Sockets zmq = new Sockets();

  private static String endpoint(String transport) {
    return switch (transport) {
      case "tcp" -> Endpoints.TCP;
      case "ipc" -> Endpoints.ipc();
      default -> Endpoints.inproc();
    };
  }

  /** Interrupts {@code call} while it waits, and checks how it ends. */
  private static void interrupt(Runnable call) {
    Task<Boolean> waiting =
        Task.call(
            () -> {
              assertThatThrownBy(call::run)
                  .isInstanceOfSatisfying(
                      ZmqInterruptedException.class,
                      e -> assertThat(e.errno()).isEqualTo(Errno.EINTR));
              return Thread.currentThread().isInterrupted();
            });
    waiting.untilWaiting().interrupt();
    assertThat(waiting.result()).as("the flag stays set").isTrue();
  }

  @Nested
  class Receiving {
    @ParameterizedTest
    @ValueSource(strings = {"inproc", "tcp", "ipc"})
    void ends(String transport) {
      Socket rep = zmq.socket(REP);
      Socket req = zmq.connected(REQ, rep.bind(endpoint(transport)));
      for (int i = 0; i < 5; i++) {
        interrupt(rep::recv);
        interrupt(rep::recvMessage);
        interrupt(() -> rep.recv(ByteBuffer.allocate(10)));
        interrupt(() -> rep.recv(Duration.ofDays(1)));
        req.send("question");
        assertThat(rep.recvString()).isEqualTo("question");
        interrupt(req::recv);
        rep.send("answer");
        assertThat(req.recvString()).isEqualTo("answer");
      }
    }

    @Test
    void endsBeforeThereIsAPeer() {
      Socket pull = zmq.socket(PULL);
      interrupt(pull::recv);
      String bound = pull.bind(Endpoints.TCP);
      interrupt(pull::recv);
      zmq.connected(PUSH, bound).send("x");
      assertThat(pull.recvString()).isEqualTo("x");
    }

    @ParameterizedTest
    @ValueSource(strings = {"inproc", "tcp", "ipc"})
    void losesNothing(String transport) {
      Socket pull = zmq.socket(PULL);
      Socket push = zmq.connected(PUSH, pull.bind(endpoint(transport)));
      int count = 2000;
      Task<Integer> receiving =
          Task.call(
              () -> {
                int interrupts = 0;
                for (int i = 0; i < count; ) {
                  try {
                    assertThat(pull.recv()).isEqualTo(Octets.number(i));
                    i++;
                  } catch (ZmqInterruptedException e) {
                    assertThat(Thread.interrupted()).isTrue();
                    interrupts++;
                  }
                }
                return interrupts;
              });
      for (int i = 0; i < count; i++) {
        push.send(Octets.number(i));
        if (i % 7 == 0 && i < count - 100) {
          receiving.interrupt();
        }
      }
      assertThat(receiving.result()).isNotNegative();
    }

    @Test
    void byOneThreadLeavesAnotherWaiting() {
      Socket pull = zmq.socket(PULL);
      Socket push = zmq.connected(PUSH, pull.bind(Endpoints.TCP));
      Task<String> other = Task.call(pull::recvString).untilWaiting();
      interrupt(pull::recv);
      push.send("x");
      assertThat(other.result()).isEqualTo("x");
    }

    @Test
    void handsTheWaitOverToAnotherThread() {
      Socket pull = zmq.socket(PULL);
      Socket push = zmq.connected(PUSH, pull.bind(Endpoints.TCP));
      Task<String> first = Task.call(pull::recvString).untilWaiting();
      Task<String> second = Task.call(pull::recvString).untilWaiting();
      first.interrupt();
      assertThat(first.failure()).isInstanceOf(ZmqInterruptedException.class);
      push.send("x");
      assertThat(second.result()).isEqualTo("x");
    }
  }

  @Nested
  class Sending {
    @Test
    void endsWithoutAPeer() {
      Socket push = zmq.bound(PUSH, Endpoints.inproc());
      interrupt(() -> push.send("x"));
      interrupt(() -> push.send(Message.of("x")));
      interrupt(() -> push.send("x", Duration.ofDays(1)));
      Socket pull = zmq.connected(PULL, push.get(SocketOptions.LAST_ENDPOINT));
      push.send("after");
      assertThat(pull.recvString()).isEqualTo("after");
      assertThat(pull.tryRecv()).isNull();
    }

    @Test
    void endsAtTheHighWaterMark() {
      Socket push = zmq.limited(PUSH, 1, 0);
      push.bind(Endpoints.inproc());
      Socket pull = zmq.limited(PULL, 0, 1);
      pull.connect(push.get(SocketOptions.LAST_ENDPOINT));
      push.send("1");
      push.send("2");
      interrupt(() -> push.send("never sent"));
      assertThat(pull.recvString()).isEqualTo("1");
      assertThat(pull.recvString()).isEqualTo("2");
      push.send("3");
      assertThat(pull.recvString()).isEqualTo("3");
    }

    @ParameterizedTest
    @ValueSource(strings = {"tcp", "ipc"})
    void endsAtTheHighWaterMarkOfAConnection(String transport) {
      Socket pull = zmq.limited(PULL, 0, 1).set(SocketOptions.RCVBUF, 8192);
      Socket push = zmq.limited(PUSH, 1, 0).set(SocketOptions.SNDBUF, 8192);
      push.connect(pull.bind(endpoint(transport)));
      byte[] large = new byte[1 << 20];
      int sent = 0;
      while (push.send(large, Duration.ofMillis(200))) {
        sent++;
      }
      interrupt(() -> push.send("never sent"));
      for (int i = 0; i < sent; i++) {
        assertThat(pull.recv()).hasSize(1 << 20);
      }
      push.send("after");
      assertThat(pull.recvString()).isEqualTo("after");
    }

    @Test
    void endsForAMandatoryRouter() {
      Socket router = zmq.limited(ROUTER, 1, 0).set(SocketOptions.ROUTER_MANDATORY, true);
      router.bind(Endpoints.inproc());
      Socket dealer = zmq.limited(DEALER, 0, 1).set(SocketOptions.ROUTING_ID, new byte[] {1});
      dealer.connect(router.get(SocketOptions.LAST_ENDPOINT));
      router.send(Message.of(new byte[] {1}).add("1"));
      router.send(Message.of(new byte[] {1}).add("2"));
      interrupt(() -> router.send(Message.of(new byte[] {1}).add("never sent")));
      dealer.recv();
      dealer.recv();
      router.send(Message.of(new byte[] {1}).add("3"));
      assertThat(dealer.recvString()).isEqualTo("3");
    }
  }

  @Nested
  class Polling {
    @Test
    void ends() {
      Socket tcp = zmq.socket(PULL);
      Socket push = zmq.connected(PUSH, tcp.bind(Endpoints.TCP));
      Socket inproc = zmq.bound(PULL, Endpoints.inproc());
      try (Poller poller = zmq.context().poller()) {
        poller.register(tcp, Poller.IN).register(inproc, Poller.IN);
        for (int i = 0; i < 5; i++) {
          interrupt(poller::poll);
          interrupt(() -> poller.poll(Duration.ofDays(1)));
          push.send("x");
          assertThat(poller.poll(Await.LONG)).isEqualTo(1);
          assertThat(tcp.recvString()).isEqualTo("x");
        }
      }
    }
  }

  @Nested
  class Proxying {
    @Test
    void ends() {
      Socket frontend = zmq.socket(ROUTER);
      Socket backend = zmq.socket(DEALER);
      Socket req = zmq.connected(REQ, frontend.bind(Endpoints.TCP));
      Socket rep = zmq.connected(REP, backend.bind(Endpoints.TCP));
      interrupt(Proxy.between(frontend, backend)::run);
      try (Proxy proxy = Proxy.between(frontend, backend).start()) {
        req.send("x");
        rep.send(rep.recv());
        assertThat(req.recvString()).isEqualTo("x");
        assertThat(proxy.isRunning()).isTrue();
      }
    }
  }

  @Nested
  class AFlagThatIsSetBefore {
    @ParameterizedTest
    @ValueSource(strings = {"inproc", "tcp", "ipc"})
    void doesNotConcernCallsThatNeedNotWait(String transport) {
      Socket pull = zmq.socket(PULL);
      Socket push = zmq.connected(PUSH, pull.bind(endpoint(transport)));
      push.send("1");
      assertThat(pull.recvString()).isEqualTo("1");
      push.send("2");
      try (Poller poller = zmq.context().poller()) {
        poller.register(pull, Poller.IN).poll();
      }
      Task.run(
              () -> {
                Thread.currentThread().interrupt();
                assertThat(pull.recvString()).isEqualTo("2");
                push.send("3");
                assertThat(Thread.interrupted()).isTrue();
              })
          .result();
      assertThat(pull.recvString()).isEqualTo("3");
    }

    @ParameterizedTest
    @ValueSource(strings = {"inproc", "tcp", "ipc"})
    void endsCallsThatMustWait(String transport) {
      Socket pull = zmq.socket(PULL);
      Socket push = zmq.connected(PUSH, pull.bind(endpoint(transport)));
      Task.run(
              () -> {
                Thread.currentThread().interrupt();
                assertThatThrownBy(pull::recv).isInstanceOf(ZmqInterruptedException.class);
                assertThat(Thread.interrupted()).isTrue();
              })
          .result();
      push.send("x");
      assertThat(pull.recvString()).isEqualTo("x");
    }

    @Test
    void doesNotDisturbConnectingBindingAndClosing() {
      Task.run(
              () -> {
                Thread.currentThread().interrupt();
                Socket pull = zmq.context().socket(PULL);
                Socket push = zmq.context().socket(PUSH);
                push.connect(pull.bind(Endpoints.TCP));
                push.disconnect(push.get(SocketOptions.LAST_ENDPOINT));
                pull.unbind(pull.get(SocketOptions.LAST_ENDPOINT));
                String ipc = Endpoints.ipc();
                pull.bind(ipc);
                push.connect(ipc);
                push.send("x");
                assertThat(Thread.interrupted()).isTrue();
                assertThat(pull.recvString()).isEqualTo("x");
                Thread.currentThread().interrupt();
                pull.close();
                push.close();
                assertThat(Thread.interrupted()).isTrue();
              })
          .result();
    }
  }
}
