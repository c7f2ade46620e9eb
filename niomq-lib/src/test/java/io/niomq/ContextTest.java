package io.niomq;

import static io.niomq.SocketType.DEALER;
import static io.niomq.SocketType.PULL;
import static io.niomq.SocketType.PUSH;
import static io.niomq.SocketType.REP;
import static io.niomq.SocketType.REQ;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.niomq.testing.Await;
import io.niomq.testing.Endpoints;
import io.niomq.testing.NoLeaks;
import io.niomq.testing.Task;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code zmq_ctx_new}, {@code zmq_ctx_set}, {@code zmq_ctx_shutdown}, {@code zmq_ctx_term}. */
@ExtendWith(NoLeaks.class)
class ContextTest {
  private static List<String> threads(String prefix) {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(name -> name.startsWith(prefix))
        .sorted()
        .toList();
  }

  @Nested
  class Settings {
    @Test
    void haveTheDefaultsOfLibzmq() {
      try (Context context = Context.create()) {
        assertThat(context.ioThreads()).isEqualTo(1);
        assertThat(context.maxSockets()).isEqualTo(1023);
        assertThat(context.isShutdown()).isFalse();
      }
    }

    @Test
    void tellHowManyThreadsThereAreAndTheirNames() {
      try (Context context =
          Context.builder().ioThreads(3).threadNamePrefix("test-context").build()) {
        assertThat(context.ioThreads()).isEqualTo(3);
        assertThat(threads("test-context"))
            .contains("test-context-io-0", "test-context-io-1", "test-context-io-2");
      }
      assertThat(threads("test-context")).isEmpty();
    }

    @Test
    void tellWhoMakesTheThreads() {
      Queue<Thread> made = new ConcurrentLinkedQueue<>();
      try (Context context =
              Context.builder()
                  .threadNamePrefix("test-made")
                  .threadFactory(
                      task -> {
                        Thread thread = new Thread(task);
                        thread.setPriority(Thread.MIN_PRIORITY);
                        made.add(thread);
                        return thread;
                      })
                  .build();
          Socket rep = context.socket(REP);
          Socket req = context.socket(REQ)) {
        req.connect(rep.bind(Endpoints.TCP));
        req.send("x");
        assertThat(rep.recvString()).isEqualTo("x");
        assertThat(made).isNotEmpty();
        assertThat(made).extracting(Thread::getName).allMatch(n -> n.startsWith("test-made-"));
        assertThat(made).extracting(Thread::getName).contains("test-made-io-0");
      }
      Await.until("the threads end", () -> made.stream().noneMatch(Thread::isAlive));
    }

    /** The first thread runs by then. */
    @Test
    void mustMakeAllTheThreads() {
      AtomicInteger asked = new AtomicInteger();
      Context.Builder builder =
          Context.builder()
              .ioThreads(2)
              .threadNamePrefix("test-unmade")
              .threadFactory(task -> asked.getAndIncrement() == 0 ? new Thread(task) : null);
      assertThatThrownBy(builder::build)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("test-unmade-io-1");
      assertThat(threads("test-unmade")).isEmpty();
    }

    @Test
    void makeDaemonThreadsUnlessTold() {
      try (Context context = Context.builder().threadNamePrefix("test-daemon").build()) {
        assertThat(context.isShutdown()).isFalse();
        assertThat(
                Thread.getAllStackTraces().keySet().stream()
                    .filter(t -> t.getName().startsWith("test-daemon")))
            .isNotEmpty()
            .allMatch(Thread::isDaemon);
      }
    }

    @Test
    void limitTheSockets() {
      try (Context context = Context.builder().maxSockets(2).build()) {
        assertThat(context.maxSockets()).isEqualTo(2);
        Socket first = context.socket(PULL);
        context.socket(PULL);
        assertThatThrownBy(() -> context.socket(PULL)).isInstanceOf(ZmqResourceException.class);
        first.close();
        Await.until("a place is free", () -> opens(context));
      }
    }

    @Test
    void limitTheSocketsThatHaveNotSentEverything() {
      try (Context context = Context.builder().maxSockets(2).build()) {
        Socket first = context.socket(PUSH);
        first.connect(Endpoints.freeTcp());
        first.send("to nobody");
        first.close();
        context.socket(PULL);
        assertThatThrownBy(() -> context.socket(PULL))
            .isInstanceOf(ZmqResourceException.class)
            .hasMessageContaining(
                "there are 1 sockets open, and 1 closed ones have not sent everything yet; allowed: 2");
        context.close(Duration.ZERO);
      }
    }

    private boolean opens(Context context) {
      try {
        return !context.socket(PULL).isClosed();
      } catch (ZmqResourceException stillClosing) {
        return false;
      }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 4})
    void ofThreadsServeInprocAlike(int ioThreads) {
      try (Context context = Context.builder().ioThreads(ioThreads).build();
          Socket rep = context.socket(REP);
          Socket req = context.socket(REQ)) {
        req.connect(rep.bind(Endpoints.inproc()));
        req.send("x");
        assertThat(rep.recvString()).isEqualTo("x");
      }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4})
    void ofThreadsServeTcpAlike(int ioThreads) {
      try (Context context = Context.builder().ioThreads(ioThreads).build();
          Socket pull = context.socket(PULL).set(SocketOptions.RCVTIMEO, Await.LONG)) {
        String bound = pull.bind(Endpoints.TCP);
        for (int i = 0; i < 8; i++) {
          try (Socket push = context.socket(PUSH)) {
            push.connect(bound);
            push.send("x");
            assertThat(pull.recvString()).isEqualTo("x");
          }
        }
      }
    }

    @Test
    void ofZeroThreadsLeaveOnlyInproc() {
      try (Context context = Context.builder().ioThreads(0).build();
          Socket pull = context.socket(PULL)) {
        assertThatThrownBy(() -> pull.bind(Endpoints.TCP))
            .isInstanceOfSatisfying(
                ZmqNoIoThreadException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EMTHREAD));
        assertThatThrownBy(() -> pull.connect("tcp://127.0.0.1:5555"))
            .isInstanceOf(ZmqNoIoThreadException.class);
        assertThat(pull.bind("inproc://x")).isEqualTo("inproc://x");
      }
    }
  }

  @Nested
  class Shutdown {
    @ParameterizedTest
    @ValueSource(strings = {"inproc", "tcp"})
    void endsAllWaitingCalls(String transport) {
      try (Context context = Context.create()) {
        String endpoint = transport.equals("tcp") ? Endpoints.TCP : Endpoints.inproc();
        Socket dealer = context.socket(DEALER);
        dealer.bind(endpoint);
        Socket polled = context.socket(PULL);
        polled.bind(transport.equals("tcp") ? Endpoints.TCP : Endpoints.inproc());
        Poller poller = context.poller().register(polled, Poller.IN);
        List<Task<?>> waiting = new ArrayList<>();
        waiting.add(Task.call(() -> dealer.recv()).untilWaiting());
        waiting.add(Task.call(() -> dealer.recvMessage(Duration.ofDays(1))).untilWaiting());
        waiting.add(Task.run(() -> dealer.send("x")).untilWaiting());
        waiting.add(Task.call(() -> dealer.send("x", Duration.ofDays(1))).untilWaiting());
        waiting.add(Task.call(() -> poller.poll()).untilWaiting());
        context.shutdown();
        for (Task<?> task : waiting) {
          assertThat(task.failure())
              .isInstanceOfSatisfying(
                  ZmqTerminatedException.class, e -> assertThat(e.errno()).isEqualTo(Errno.ETERM));
        }
        poller.close();
        assertThat(context.isShutdown()).isTrue();
        context.shutdown();
      }
    }

    @Test
    void keepsWhatIsQueuedForThePeer() {
      try (Context other = Context.create();
          Socket pull = other.socket(PULL).set(SocketOptions.RCVTIMEO, Await.LONG)) {
        String bound = pull.bind(Endpoints.TCP);
        try (Context context = Context.create()) {
          Socket push = context.socket(PUSH);
          push.connect(bound);
          for (int i = 0; i < 100; i++) {
            push.send("m" + i);
          }
          context.shutdown();
          push.close();
        }
        for (int i = 0; i < 100; i++) {
          assertThat(pull.recvString()).isEqualTo("m" + i);
        }
      }
    }
  }

  @Nested
  class Close {
    @Test
    void endsWaitingCallsInOtherThreads() {
      Context context = Context.create();
      Socket pull = context.socket(PULL);
      pull.bind(Endpoints.TCP);
      Task<byte[]> receiving = Task.call(pull::recv).untilWaiting();
      context.close();
      assertThat(receiving.failure()).isInstanceOf(ZmqTerminatedException.class);
      assertThat(pull.isClosed()).isTrue();
    }

    @Test
    void mayBeRepeated() {
      Context context = Context.create();
      context.socket(PULL).bind(Endpoints.TCP);
      context.close();
      context.close();
      assertThat(context.close(Duration.ZERO).complete()).isTrue();
    }

    @Test
    void mayBeCalledByManyThreads() {
      Context context = Context.create();
      context.socket(PULL).bind(Endpoints.TCP);
      List<Task<Void>> closing = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        closing.add(Task.run(context::close));
      }
      closing.forEach(Task::result);
      assertThat(context.isShutdown()).isTrue();
    }

    @Test
    void byManyThreadsReportsEachSocketOnce() {
      for (int round = 0; round < 20; round++) {
        Context context = Context.create();
        for (int i = 0; i < 30; i++) {
          context.socket(PULL).bind(Endpoints.inproc());
        }
        List<Task<CloseReport>> closing = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
          closing.add(Task.call(() -> context.close(Await.LONG)));
        }
        for (Task<CloseReport> task : closing) {
          assertThat(task.result().closedByContext()).hasSizeLessThanOrEqualTo(30);
        }
      }
    }

    /** NoLeaks looks for the threads and descriptors. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void thatIsInterruptedEndsByItself(boolean withTimeout) {
      Context context = Context.create();
      Socket push = context.socket(PUSH).set(SocketOptions.LINGER, SocketOptions.FOREVER);
      String endpoint = Endpoints.freeTcp();
      push.connect(endpoint);
      push.send("x");
      Task<Void> closing =
          Task.run(
              () -> {
                if (withTimeout) {
                  context.close(Duration.ofMillis(200));
                } else {
                  context.close();
                }
              });
      closing.untilWaiting().interrupt();
      assertThat(closing.failure()).isInstanceOf(ZmqInterruptedException.class);
      if (withTimeout) {
        Await.until("it is dropped", () -> !push.drops().isEmpty());
        assertThat(push.drops()).containsEntry(DropReason.LINGER_EXPIRED, 1L);
      } else {
        try (Context other = Context.create();
            Socket pull = other.socket(PULL).set(SocketOptions.RCVTIMEO, Await.LONG)) {
          pull.bind(endpoint);
          assertThat(pull.recvString()).isEqualTo("x");
        }
      }
    }

    @Test
    void thatIsInterruptedMayBeRepeated() {
      Context context = Context.create();
      Socket push = context.socket(PUSH).set(SocketOptions.LINGER, SocketOptions.FOREVER);
      push.connect(Endpoints.freeTcp());
      push.send("x");
      Task<Void> closing = Task.run(context::close).untilWaiting();
      closing.interrupt();
      assertThat(closing.failure()).isInstanceOf(ZmqInterruptedException.class);
      CloseReport report = context.close(Duration.ofMillis(1));
      assertThat(report.dropped()).isEqualTo(1);
      assertThat(report.closedByContext()).hasSize(1);
    }

    @Test
    void freesTheEndpoints() {
      String tcp;
      String ipc = Endpoints.ipc();
      try (Context context = Context.create()) {
        Socket pull = context.socket(PULL);
        tcp = pull.bind(Endpoints.TCP);
        pull.bind(ipc);
      }
      try (Context context = Context.create();
          Socket pull = context.socket(PULL)) {
        assertThat(pull.bind(tcp)).isEqualTo(tcp);
        assertThat(pull.bind(ipc)).isEqualTo(ipc);
      }
    }

    @Test
    void ofAContextWithoutSocketsEndsAtOnce() {
      CloseReport report = Context.create().close(Await.LONG);
      assertThat(report.complete()).isTrue();
      assertThat(report.closedByContext()).isEmpty();
      assertThat(report.dropped()).isZero();
    }

    @Test
    void reportsSocketsThatWereNotClosed() {
      Context context = Context.create();
      Socket pull = context.socket(PULL);
      String bound = pull.bind(Endpoints.TCP);
      pull.connect("inproc://elsewhere");
      context.socket(REQ).close();
      Task.run(() -> context.socket(REP)).result();
      CloseReport report = context.close(Await.LONG);
      assertThat(report.complete()).isTrue();
      assertThat(report.closedByContext()).hasSize(2);
      CloseReport.OpenSocket open =
          report.closedByContext().stream().filter(s -> s.type() == PULL).findFirst().orElseThrow();
      assertThat(open.endpoints()).containsExactlyInAnyOrder(bound, "inproc://elsewhere");
      assertThat(open.openedBy()).isEqualTo(Thread.currentThread().getName());
      assertThat(report.closedByContext())
          .anySatisfy(
              s -> {
                assertThat(s.type()).isEqualTo(REP);
                assertThat(s.openedBy()).startsWith("test-task-");
              });
    }

    @Test
    void givesUpWhenTheTimeIsOverAndReportsWhatWasDropped() {
      Context context = Context.create();
      Socket push = context.socket(PUSH).set(SocketOptions.LINGER, SocketOptions.FOREVER);
      push.connect(Endpoints.freeTcp());
      for (int i = 0; i < 7; i++) {
        push.send("m" + i);
      }
      CloseReport report = context.close(Duration.ofMillis(30));
      assertThat(report.complete()).isFalse();
      assertThat(report.dropped()).isEqualTo(7);
      assertThat(report.closedByContext()).hasSize(1);
    }

    @Test
    void doesNotReportWhatWasDroppedBefore() {
      Context context = Context.create();
      Socket push = context.socket(PUSH).set(SocketOptions.LINGER, Duration.ZERO);
      String endpoint = Endpoints.freeTcp();
      push.connect(endpoint);
      push.send("dropped by the disconnect");
      push.disconnect(endpoint);
      Await.until("it is", () -> push.drops().containsKey(DropReason.LINGER_EXPIRED));
      assertThat(context.close(Await.LONG).dropped()).isZero();
    }

    @Test
    void isQuickWhenNothingIsQueued() {
      Context context = Context.create();
      for (int i = 0; i < 20; i++) {
        Socket rep = context.socket(REP);
        context.socket(REQ).connect(rep.bind(Endpoints.TCP));
      }
      CloseReport report = context.close(Await.LONG);
      assertThat(report.complete()).isTrue();
      assertThat(report.closedByContext()).hasSize(40);
    }
  }
}
