package io.niomq;

import static io.niomq.SocketType.PULL;
import static io.niomq.SocketType.PUSH;
import static org.assertj.core.api.Assertions.assertThat;

import io.niomq.SocketEvent.Type;
import io.niomq.testing.Await;
import io.niomq.testing.Endpoints;
import io.niomq.testing.Events;
import io.niomq.testing.NoLeaks;
import io.niomq.testing.Task;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Threads that a context cannot have for a while. */
@ExtendWith(NoLeaks.class)
class RefusedThreadsTest {
  private static final Duration SHORT = Duration.ofSeconds(1);

  private enum By {
    /** As Thread.start does when the operating system has none, but JUnit ends with that one. */
    AN_ERROR,
    NULL
  }

  private final Queue<Thread> made = new ConcurrentLinkedQueue<>();

  private final Queue<By> refused = new ConcurrentLinkedQueue<>();

  private volatile By refusing;
  private Context context;

  /** I/O threads are there from the start: nothing is refused yet. */
  private void open(int ioThreads) {
    context = Context.builder().ioThreads(ioThreads).threadFactory(this::newThread).build();
  }

  /** In a thread of its own: a close that hangs must not hang the test. */
  private CloseReport close() {
    return Task.call(() -> context.close(SHORT)).result();
  }

  @AfterEach
  void end() {
    refusing = null;
    close();
  }

  private Thread newThread(Runnable task) {
    By by = refusing;
    if (by != null) {
      refused.add(by);
      if (by == By.AN_ERROR) {
        throw new InternalError("no thread");
      }
      return null;
    }
    Thread thread = new Thread(task);
    thread.setDaemon(true);
    made.add(thread);
    return thread;
  }

  private void awaitEnd(String name) {
    Await.until(
        "the threads " + name + " end",
        () -> made.stream().noneMatch(t -> t.isAlive() && t.getName().contains(name)));
  }

  @ParameterizedTest
  @EnumSource(By.class)
  void forEventsKeepNoSocketFromItsEnd(By by) {
    open(1);
    Socket pull = context.socket(PULL).set(SocketOptions.RCVTIMEO, Await.LONG);
    Socket push = context.socket(PUSH);
    Events ofPull = Events.of(pull);
    Events ofPush = Events.of(push);
    push.connect(pull.bind(Endpoints.TCP));
    push.send("x");
    assertThat(pull.recvString()).isEqualTo("x");
    ofPull.await(Type.HANDSHAKE_SUCCEEDED);
    ofPush.await(Type.HANDSHAKE_SUCCEEDED);
    awaitEnd("-events-");
    refusing = by;
    assertThat(close().complete()).isTrue();
    assertThat(refused).isNotEmpty();
  }

  @ParameterizedTest
  @EnumSource(By.class)
  void forEventsAreAskedForAgainAndLoseNone(By by) {
    open(1);
    Socket pull = context.socket(PULL);
    Events events = Events.of(pull);
    refusing = by;
    List<String> bound = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      bound.add(pull.bind(Endpoints.TCP));
    }
    assertThat(refused).isNotEmpty();
    assertThat(events.all()).isEmpty();
    refusing = null;
    events.await(Type.LISTENING, bound.size());
    assertThat(events.all()).extracting(SocketEvent::endpoint).isEqualTo(bound);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void forViewsAreAskedForAgainAndConcernNoSender(int ioThreads) throws Exception {
    String endpoint = Endpoints.inproc();
    open(ioThreads);
    Socket pull = context.socket(PULL);
    Socket push = context.socket(PUSH);
    pull.bind(endpoint);
    push.connect(endpoint);
    CompletableFuture<Message> future = pull.async(Runnable::run).recvAsync();
    refusing = By.AN_ERROR;
    push.send("x");
    assertThat(refused).isNotEmpty();
    assertThat(future).isNotDone();
    refusing = null;
    Message message = future.get(Await.LONG.toMillis(), TimeUnit.MILLISECONDS);
    assertThat(message.string(0)).isEqualTo("x");
  }

  @ParameterizedTest
  @EnumSource(By.class)
  void forLookupsAreAskedForAgainWithTheNextAttempt(By by) {
    open(1);
    Socket pull = context.socket(PULL).set(SocketOptions.RCVTIMEO, Await.LONG);
    int port = Endpoints.port(pull.bind(Endpoints.TCP));
    Socket push = context.socket(PUSH);
    refusing = by;
    push.connect("tcp://localhost:" + port);
    Await.until("a refused thread", () -> !refused.isEmpty());
    refusing = null;
    push.send("x");
    assertThat(pull.recvString()).isEqualTo("x");
  }

  @ParameterizedTest
  @EnumSource(By.class)
  void forViewsLeaveNoFutureWithoutAnEnd(By by) {
    String endpoint = Endpoints.inproc();
    open(1);
    Socket pull = context.socket(PULL);
    pull.bind(endpoint);
    Socket push = context.socket(PUSH);
    push.connect(endpoint);
    CompletableFuture<Message> future = pull.async(Runnable::run).recvAsync();
    refusing = by;
    push.send("x");
    assertThat(future).isNotDone();
    assertThat(close().complete()).isTrue();
    assertThat(refused).isNotEmpty();
    assertThat(future).isCompletedExceptionally();
  }

  /** NoLeaks looks for the threads and descriptors. */
  @Test
  void forTheEndOfAnInterruptedCloseAreAskedForAgain() {
    String endpoint = Endpoints.freeTcp();
    open(1);
    Socket push = context.socket(PUSH).set(SocketOptions.LINGER, SocketOptions.FOREVER);
    push.connect(endpoint);
    push.send("x");
    Task<Void> closing = Task.run(context::close).untilWaiting();
    closing.interrupt();
    assertThat(closing.failure()).isInstanceOf(ZmqInterruptedException.class);
    refusing = By.AN_ERROR;
    try (Context other = Context.create();
        Socket pull = other.socket(PULL).set(SocketOptions.RCVTIMEO, Await.LONG)) {
      pull.bind(endpoint);
      assertThat(pull.recvString()).isEqualTo("x");
      Await.until("the end is due", () -> !refused.isEmpty());
    }
    refusing = null;
    awaitEnd("niomq");
  }
}
