package io.niomq.views;

import static io.niomq.SocketType.DEALER;
import static io.niomq.SocketType.PAIR;
import static io.niomq.SocketType.PUB;
import static io.niomq.SocketType.PULL;
import static io.niomq.SocketType.PUSH;
import static io.niomq.SocketType.REP;
import static io.niomq.SocketType.REQ;
import static io.niomq.SocketType.ROUTER;
import static io.niomq.SocketType.SUB;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.niomq.AsyncSocket;
import io.niomq.Message;
import io.niomq.Socket;
import io.niomq.SocketOptions;
import io.niomq.SocketType;
import io.niomq.ZmqArgumentException;
import io.niomq.ZmqClosedException;
import io.niomq.ZmqStateException;
import io.niomq.ZmqTerminatedException;
import io.niomq.ZmqUnroutableException;
import io.niomq.ZmqUnsupportedException;
import io.niomq.testing.Await;
import io.niomq.testing.Endpoints;
import io.niomq.testing.Jvm;
import io.niomq.testing.NoLeaks;
import io.niomq.testing.Sockets;
import io.niomq.testing.Task;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Futures of messages. */
@ExtendWith(NoLeaks.class)
class AsyncSocketTest {
  @RegisterExtension final Sockets zmq = new Sockets();

  private static String endpoint(String transport) {
    return switch (transport) {
      case "tcp" -> Endpoints.TCP;
      case "ipc" -> Endpoints.ipc();
      default -> Endpoints.inproc();
    };
  }

  private static <T> T get(CompletableFuture<T> future) {
    try {
      return future.get(Await.LONG.toMillis(), TimeUnit.MILLISECONDS);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static Throwable failure(CompletableFuture<?> future) {
    try {
      Object value = future.get(Await.LONG.toMillis(), TimeUnit.MILLISECONDS);
      throw new AssertionError("the future ended well, with " + value);
    } catch (ExecutionException e) {
      return e.getCause();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private Socket peer(SocketType type, Socket bound) {
    return zmq.connected(type, bound.get(SocketOptions.LAST_ENDPOINT));
  }

  @Nested
  class Receiving {
    @ParameterizedTest
    @ValueSource(strings = {"inproc", "tcp", "ipc"})
    void waitsForAMessage(String transport) {
      Socket pull = zmq.bound(PULL, endpoint(transport));
      Socket push = peer(PUSH, pull);
      CompletableFuture<Message> future = pull.async().recvAsync();
      assertThat(future).isNotDone();
      push.send(Message.of("a", "b"));
      assertThat(get(future)).isEqualTo(Message.of("a", "b"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"inproc", "tcp", "ipc"})
    void takesWhatIsThere(String transport) {
      Socket pull = zmq.bound(PULL, endpoint(transport));
      peer(PUSH, pull).send("x");
      Await.until("it is there", () -> canRecv(pull));
      CompletableFuture<Message> future = pull.async().recvAsync();
      assertThat(future).isDone();
      assertThat(get(future).string(0)).isEqualTo("x");
    }

    private boolean canRecv(Socket socket) {
      try (var poller = zmq.context().poller()) {
        return poller.register(socket, io.niomq.Poller.IN).pollNow() > 0;
      }
    }

    @ParameterizedTest
    @ValueSource(strings = {"inproc", "tcp", "ipc"})
    void isInOrder(String transport) {
      Socket pull = zmq.bound(PULL, endpoint(transport));
      Socket push = peer(PUSH, pull);
      AsyncSocket async = pull.async();
      List<CompletableFuture<Message>> futures = new ArrayList<>();
      List<Integer> completed = java.util.Collections.synchronizedList(new ArrayList<>());
      for (int i = 0; i < 1000; i++) {
        int number = i;
        CompletableFuture<Message> future = async.recvAsync();
        future.thenRun(() -> completed.add(number));
        futures.add(future);
      }
      for (int i = 0; i < 1000; i++) {
        push.send("" + i);
      }
      Await.until("all are told", () -> completed.size() == 1000);
      assertThat(completed).isSorted();
      for (int i = 0; i < 1000; i++) {
        assertThat(get(futures.get(i)).string(0)).isEqualTo("" + i);
      }
    }

    @Test
    void needsNoThreads() {
      int before = Thread.activeCount();
      List<CompletableFuture<Message>> futures = new ArrayList<>();
      List<Socket> senders = new ArrayList<>();
      for (int s = 0; s < 100; s++) {
        Socket pull = zmq.bound(PULL, Endpoints.TCP);
        senders.add(peer(PUSH, pull));
        futures.add(pull.async().recvAsync());
      }
      int commonPool = Runtime.getRuntime().availableProcessors();
      assertThat(Thread.activeCount()).isLessThanOrEqualTo(before + 10 + commonPool);
      senders.forEach(s -> s.send("x"));
      futures.forEach(f -> assertThat(get(f).string(0)).isEqualTo("x"));
    }

    @Test
    void manyInALoopDoNotNest() {
      Socket pull = zmq.limited(PULL, 0, 0);
      pull.bind(Endpoints.inproc());
      Socket push = zmq.limited(PUSH, 0, 0);
      push.connect(pull.get(SocketOptions.LAST_ENDPOINT));
      for (int i = 0; i < 50_000; i++) {
        push.send("" + i);
      }
      CompletableFuture<Void> end = new CompletableFuture<>();
      receiveFrom(0, 50_000, pull.async(), end);
      get(end);
    }

    private void receiveFrom(int i, int last, AsyncSocket async, CompletableFuture<Void> end) {
      if (i == last) {
        end.complete(null);
        return;
      }
      async
          .recvAsync()
          .thenAccept(
              m -> {
                assertThat(m.string(0)).isEqualTo("" + i);
                receiveFrom(i + 1, last, async, end);
              })
          .whenComplete(
              (none, e) -> {
                if (e != null) {
                  end.completeExceptionally(e);
                }
              });
    }

    @Test
    void takesTurnsWithThreads() {
      Socket pull = zmq.bound(PULL, Endpoints.TCP);
      Socket push = peer(PUSH, pull);
      Task<List<String>> thread =
          Task.call(
              () -> {
                List<String> got = new ArrayList<>();
                for (String s = pull.recvString(); !s.equals("end"); s = pull.recvString()) {
                  got.add(s);
                }
                return got;
              });
      List<CompletableFuture<Message>> futures = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        futures.add(pull.async().recvAsync());
      }
      int sent = 0;
      while (!futures.get(99).isDone()) {
        push.send("" + sent++); // as many as it takes: the thread may get more than half
      }
      List<String> all = new ArrayList<>();
      futures.forEach(f -> all.add(get(f).string(0)));
      push.send("end");
      all.addAll(thread.result());
      assertThat(all).hasSize(sent).doesNotHaveDuplicates();
    }

    @Test
    void leavesTheFramesOfAThreadAlone() {
      Socket pull = zmq.bound(PULL, Endpoints.inproc());
      Socket push = peer(PUSH, pull);
      push.send(Message.of("a", "b"));
      push.send("c");
      assertThat(pull.recvString()).isEqualTo("a");
      assertThat(get(pull.async().recvAsync())).isEqualTo(Message.of("c"));
      assertThat(pull.hasMore()).isTrue();
      CompletableFuture<Message> waiting = pull.async(Runnable::run).recvAsync();
      assertThat(waiting).isNotDone();
      assertThat(pull.recvString()).isEqualTo("b");
      push.send("d");
      assertThat(get(waiting)).isEqualTo(Message.of("d"));
    }

    @Test
    void tellsWhoSentIt() {
      Socket pull = zmq.bound(PULL, Endpoints.TCP);
      peer(PUSH, pull).send("x");
      assertThat(get(pull.async().recvAsync()).peerProperties().get("Socket-Type"))
          .isEqualTo("PUSH");
    }

    @Test
    void isFairToOtherViews() {
      Socket pull = zmq.bound(PULL, Endpoints.inproc());
      Socket push = peer(PUSH, pull);
      CompletableFuture<Message> one = pull.async().recvAsync();
      CompletableFuture<Message> other = pull.async(Runnable::run).recvAsync();
      push.send("a");
      push.send("b");
      assertThat(List.of(get(one).string(0), get(other).string(0)))
          .containsExactlyInAnyOrder("a", "b");
    }
  }

  @Nested
  class Withdrawing {
    @ParameterizedTest
    @ValueSource(strings = {"inproc", "tcp"})
    void aCancelledReceiveTakesNothing(String transport) {
      Socket pull = zmq.bound(PULL, endpoint(transport));
      Socket push = peer(PUSH, pull);
      CompletableFuture<Message> one = pull.async().recvAsync();
      CompletableFuture<Message> two = pull.async().recvAsync();
      CompletableFuture<Message> three = pull.async().recvAsync();
      assertThat(one.cancel(true)).isTrue();
      assertThat(three.cancel(false)).isTrue();
      push.send("x");
      assertThat(get(two).string(0)).isEqualTo("x");
      push.send("y");
      assertThat(pull.recvString()).isEqualTo("y");
      assertThat(one).isCancelled();
      assertThat(three).isCancelled();
    }

    @Test
    void aTimeoutTakesNothing() {
      Socket pull = zmq.bound(PULL, Endpoints.inproc());
      Socket push = peer(PUSH, pull);
      CompletableFuture<Message> future =
          pull.async().recvAsync().orTimeout(5, TimeUnit.MILLISECONDS);
      assertThat(failure(future)).isInstanceOf(TimeoutException.class);
      push.send("x");
      assertThat(pull.recvString()).isEqualTo("x");
    }

    @Test
    void aValueOfSomebodyElseTakesNothing() {
      Socket pull = zmq.bound(PULL, Endpoints.inproc());
      Socket push = peer(PUSH, pull);
      Message instead = Message.of("instead");
      CompletableFuture<Message> late =
          pull.async().recvAsync().completeOnTimeout(instead, 5, TimeUnit.MILLISECONDS);
      assertThat(get(late)).isSameAs(instead);
      CompletableFuture<Message> completed = pull.async().recvAsync();
      assertThat(completed.complete(instead)).isTrue();
      CompletableFuture<Message> failed = pull.async().recvAsync();
      assertThat(failed.completeExceptionally(new IllegalStateException())).isTrue();
      CompletableFuture<Message> elsewhere = pull.async().recvAsync().completeAsync(() -> instead);
      assertThat(get(elsewhere)).isSameAs(instead);
      CompletableFuture<Message> forced = pull.async().recvAsync();
      forced.obtrudeValue(instead);
      push.send("x");
      assertThat(pull.recvString()).isEqualTo("x");
    }

    @Test
    void isTooLateForAMessageThatIsThere() {
      Socket pull = zmq.bound(PULL, Endpoints.inproc());
      Socket push = peer(PUSH, pull);
      CompletableFuture<Message> future = pull.async().recvAsync();
      push.send("x");
      get(future);
      assertThat(future.cancel(true)).isFalse();
      assertThat(future.complete(new Message())).isFalse();
      assertThat(future.completeExceptionally(new IllegalStateException())).isFalse();
      assertThat(get(future).string(0)).isEqualTo("x");
      assertThat(future).isNotCancelled();
    }

    @Test
    void aCancelledSendIsNotSent() {
      Socket push = zmq.bound(PUSH, Endpoints.inproc());
      AsyncSocket async = push.async();
      CompletableFuture<Void> one = async.sendAsync("one");
      CompletableFuture<Void> two = async.sendAsync("two");
      CompletableFuture<Void> three = async.sendAsync("three");
      assertThat(one.cancel(true)).isTrue();
      assertThat(two).isNotDone();
      Socket pull = peer(PULL, push);
      assertThat(pull.recvString()).isEqualTo("two");
      assertThat(pull.recvString()).isEqualTo("three");
      get(two);
      get(three);
    }

    @Test
    void aCancelledSendLetsTheNextGo() {
      Socket router = zmq.socket(ROUTER).set(SocketOptions.ROUTER_MANDATORY, true);
      router.set(SocketOptions.SNDHWM, 1);
      router.bind(Endpoints.inproc());
      Socket full = zmq.limited(DEALER, 0, 1).set(SocketOptions.ROUTING_ID, "full".getBytes());
      Socket free = zmq.socket(DEALER).set(SocketOptions.ROUTING_ID, "free".getBytes());
      full.connect(router.get(SocketOptions.LAST_ENDPOINT));
      free.connect(router.get(SocketOptions.LAST_ENDPOINT));
      while (router.trySend(Message.of("full", "x"))) {
        continue; // until it is
      }
      CompletableFuture<Void> stuck = router.async().sendAsync(Message.of("full", "y"));
      CompletableFuture<Void> behind = router.async().sendAsync(Message.of("free", "z"));
      assertThat(stuck).isNotDone();
      assertThat(behind).isNotDone();
      assertThat(stuck.cancel(true)).isTrue();
      get(behind);
      assertThat(free.recvString()).isEqualTo("z");
    }

    @Test
    void givesSharedMemoryBack() {
      Socket push = zmq.bound(PUSH, Endpoints.inproc());
      AtomicInteger released = new AtomicInteger();
      Message message =
          new Message().addShared(ByteBuffer.allocateDirect(100_000), released::incrementAndGet);
      CompletableFuture<Void> future = push.async().sendAsync(message);
      assertThat(message.isEmpty()).isTrue();
      assertThat(released).hasValue(0);
      future.cancel(true);
      assertThat(released).hasValue(1);
    }
  }

  @Nested
  class Sending {
    @ParameterizedTest
    @ValueSource(strings = {"inproc", "tcp", "ipc"})
    void isInOrderAlsoWhereItWaits(String transport) {
      Socket push = zmq.limited(PUSH, 5, 5);
      push.bind(endpoint(transport));
      AsyncSocket async = push.async();
      List<CompletableFuture<Void>> sent = new ArrayList<>();
      for (int i = 0; i < 1000; i++) {
        sent.add(async.sendAsync("" + i));
      }
      assertThat(sent.get(999)).isNotDone();
      Socket pull = zmq.limited(PULL, 5, 5);
      pull.connect(push.get(SocketOptions.LAST_ENDPOINT));
      for (int i = 0; i < 1000; i++) {
        assertThat(pull.recvString()).isEqualTo("" + i);
      }
      sent.forEach(AsyncSocketTest::get);
    }

    @Test
    void isDoneAtOnceWhereThereIsRoom() {
      Socket push = zmq.bound(PUSH, Endpoints.inproc());
      Socket pull = peer(PULL, push);
      Message message = Message.of("a", "b");
      assertThat(push.async().sendAsync(message)).isCompletedWithValue(null);
      assertThat(message.isEmpty()).isTrue();
      assertThat(pull.recvMessage()).isEqualTo(Message.of("a", "b"));
      assertThat(push.async().sendAsync(new byte[] {1, 2})).isDone();
      assertThat(pull.recv()).containsExactly(1, 2);
    }

    @Test
    void manyInALoopDoNotNest() {
      Socket push = zmq.limited(PUSH, 0, 0);
      push.bind(Endpoints.inproc());
      Socket pull = zmq.limited(PULL, 0, 0);
      pull.connect(push.get(SocketOptions.LAST_ENDPOINT));
      CompletableFuture<Void> end = new CompletableFuture<>();
      sendFrom(0, 50_000, push.async(), end);
      for (int i = 0; i < 50_000; i++) {
        assertThat(pull.recvString()).isEqualTo("" + i);
      }
      get(end);
    }

    private void sendFrom(int i, int last, AsyncSocket async, CompletableFuture<Void> end) {
      if (i == last) {
        end.complete(null);
        return;
      }
      async
          .sendAsync("" + i)
          .thenRun(() -> sendFrom(i + 1, last, async, end))
          .whenComplete(
              (none, e) -> {
                if (e != null) {
                  end.completeExceptionally(e);
                }
              });
    }

    @Test
    void leavesTheFramesOfAThreadAlone() {
      Socket push = zmq.bound(PUSH, Endpoints.inproc());
      Socket pull = peer(PULL, push);
      push.sendMore("a");
      get(push.async().sendAsync("whole"));
      push.send("b");
      assertThat(pull.recvMessage()).isEqualTo(Message.of("whole"));
      assertThat(pull.recvMessage()).isEqualTo(Message.of("a", "b"));
    }

    @Test
    void needsAFrame() {
      Socket push = zmq.socket(PUSH);
      assertThatThrownBy(() -> push.async().sendAsync(new Message()))
          .isInstanceOf(ZmqArgumentException.class);
    }
  }

  @Nested
  class LockStep {
    @ParameterizedTest
    @ValueSource(strings = {"inproc", "tcp", "ipc"})
    void conversations(String transport) {
      Socket rep = zmq.bound(REP, endpoint(transport));
      AsyncSocket server = rep.async();
      AsyncSocket client = peer(REQ, rep).async();
      serve(server);
      for (int i = 0; i < 200; i++) {
        CompletableFuture<Void> sent = client.sendAsync("q" + i);
        CompletableFuture<Message> answer = client.recvAsync();
        assertThat(get(answer)).isEqualTo(Message.of("re", "q" + i));
        assertThat(sent).isDone();
      }
    }

    private void serve(AsyncSocket server) {
      server
          .recvAsync()
          .thenCompose(q -> server.sendAsync(q.addFirst("re")))
          .thenRun(() -> serve(server));
    }

    @Test
    void aReceiveWaitsForTheSendBeforeIt() {
      Socket req = zmq.bound(REQ, Endpoints.inproc());
      CompletableFuture<Void> sent = req.async().sendAsync("q");
      CompletableFuture<Message> answer = req.async().recvAsync();
      assertThat(sent).isNotDone();
      Socket rep = peer(REP, req);
      assertThat(rep.recvString()).isEqualTo("q");
      rep.send("a");
      assertThat(get(answer).string(0)).isEqualTo("a");
    }

    @Test
    void aReceiveFailsWhenTheSendBeforeItIsCancelled() {
      Socket req = zmq.bound(REQ, Endpoints.inproc());
      CompletableFuture<Void> sent = req.async().sendAsync("q");
      CompletableFuture<Message> answer = req.async().recvAsync();
      sent.cancel(true);
      assertThat(failure(answer)).isInstanceOf(ZmqStateException.class);
    }

    @Test
    void outOfTurnFailsAlone() {
      Socket rep = zmq.bound(REP, Endpoints.inproc());
      CompletableFuture<Message> request = rep.async().recvAsync();
      assertThat(failure(rep.async().sendAsync("too early"))).isInstanceOf(ZmqStateException.class);
      peer(REQ, rep).send("q");
      assertThat(get(request).string(0)).isEqualTo("q");
    }
  }

  @Nested
  class Errors {
    @Test
    void ofTheTypeFailTheFuture() {
      assertThat(failure(zmq.socket(PUSH).async().recvAsync()))
          .isInstanceOf(ZmqUnsupportedException.class);
      assertThat(failure(zmq.socket(PULL).async().sendAsync("x")))
          .isInstanceOf(ZmqUnsupportedException.class);
    }

    @Test
    void ofARouteFailTheFuture() {
      Socket router = zmq.socket(ROUTER).set(SocketOptions.ROUTER_MANDATORY, true);
      AtomicInteger released = new AtomicInteger();
      Message message =
          Message.of("nobody").addShared(ByteBuffer.allocate(10), released::incrementAndGet);
      assertThat(failure(router.async().sendAsync(message)))
          .isInstanceOf(ZmqUnroutableException.class);
      assertThat(released).hasValue(1);
    }
  }

  @Nested
  class TheEnd {
    @Test
    void ofTheSocketFailsAllThatWaits() {
      Socket pair = zmq.bound(PAIR, Endpoints.TCP);
      List<CompletableFuture<?>> all = pending(pair);
      pair.close();
      all.forEach(f -> assertThat(failure(f)).isInstanceOf(ZmqClosedException.class));
      assertThat(failure(pair.async().recvAsync())).isInstanceOf(ZmqClosedException.class);
    }

    @Test
    void ofTheContextFailsAllThatWaits() {
      Socket pair = zmq.bound(PAIR, Endpoints.TCP);
      List<CompletableFuture<?>> all = pending(pair);
      zmq.context().shutdown();
      all.forEach(f -> assertThat(failure(f)).isInstanceOf(ZmqTerminatedException.class));
      assertThat(failure(pair.async().sendAsync("x"))).isInstanceOf(ZmqTerminatedException.class);
    }

    private List<CompletableFuture<?>> pending(Socket pair) {
      List<CompletableFuture<?>> all = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        all.add(pair.async().recvAsync());
        all.add(pair.async().sendAsync("" + i));
        all.add(pair.async(Runnable::run).recvAsync());
      }
      return all;
    }
  }

  @Nested
  class Peers {
    @ParameterizedTest
    @ValueSource(strings = {"inproc", "tcp", "ipc"})
    void areAwaitedWithoutAThread(String transport) {
      Socket pub = zmq.bound(PUB, endpoint(transport));
      AsyncSocket async = pub.async();
      CompletableFuture<Void> two = async.awaitConnectedAsync(2);
      CompletableFuture<Void> subscribed = async.awaitSubscribersAsync(1);
      CompletableFuture<Void> news = async.awaitSubscribersAsync("news", 1);
      Socket one = peer(SUB, pub);
      get(async.awaitConnectedAsync(1));
      assertThat(two).isNotDone();
      assertThat(subscribed).isNotDone();
      one.subscribe("weather");
      get(subscribed);
      assertThat(news).isNotDone();
      peer(SUB, pub).subscribe("");
      get(two);
      get(news.thenCompose(there -> async.sendAsync("news")));
      assertThat(async.awaitSubscribersAsync(2)).isCompleted();
    }

    @Test
    void areNoLongerAwaitedWhenTheFutureIsDone() {
      Socket pub = zmq.bound(PUB, Endpoints.inproc());
      CompletableFuture<Void> cancelled = pub.async().awaitConnectedAsync(1);
      CompletableFuture<Void> late =
          pub.async().awaitSubscribersAsync(1).orTimeout(5, TimeUnit.MILLISECONDS);
      assertThat(cancelled.cancel(true)).isTrue();
      assertThat(failure(late)).isInstanceOf(TimeoutException.class);
      peer(SUB, pub).subscribe("");
      get(pub.async().awaitSubscribersAsync(1));
    }

    @Test
    void areNotAwaitedAfterTheEnd() {
      Socket pub = zmq.bound(PUB, Endpoints.inproc());
      Socket other = zmq.bound(PUB, Endpoints.inproc());
      CompletableFuture<Void> connected = pub.async().awaitConnectedAsync(1);
      CompletableFuture<Void> subscribed = pub.async(Runnable::run).awaitSubscribersAsync(1);
      CompletableFuture<Void> elsewhere = other.async().awaitConnectedAsync(1);
      pub.close();
      assertThat(failure(connected)).isInstanceOf(ZmqClosedException.class);
      assertThat(failure(subscribed)).isInstanceOf(ZmqClosedException.class);
      zmq.context().shutdown();
      assertThat(failure(elsewhere)).isInstanceOf(ZmqTerminatedException.class);
      assertThat(failure(other.async().awaitConnectedAsync(0)))
          .isInstanceOf(ZmqTerminatedException.class);
    }

    @Test
    void cannotBeAwaitedInVain() {
      Socket push = zmq.socket(PUSH);
      assertThat(failure(push.async().awaitSubscribersAsync(1)))
          .isInstanceOf(ZmqUnsupportedException.class);
      assertThat(failure(push.async().awaitConnectedAsync(-1)))
          .isInstanceOf(ZmqArgumentException.class);
      Socket pub = zmq.bound(PUB, Endpoints.inproc());
      CompletableFuture<Void> refused =
          pub.async(
                  task -> {
                    throw new RejectedExecutionException("full");
                  })
              .awaitConnectedAsync(1);
      peer(SUB, pub);
      assertThat(failure(refused)).hasMessage("full");
    }
  }

  /** Has something received by a view, whose executor nobody has chosen. */
  static final class Program {
    private Program() {}

    public static void main(String[] args) throws Exception {
      try (io.niomq.Context context = io.niomq.Context.create();
          Socket pull = context.socket(PULL);
          Socket push = context.socket(PUSH)) {
        push.connect(pull.bind("tcp://127.0.0.1:*"));
        CompletableFuture<Message> future = pull.async().recvAsync();
        push.send("received");
        System.out.println(future.get(20, TimeUnit.SECONDS));
      }
    }
  }

  @Nested
  class AnExecutor {
    @Test
    void ofTheViewCompleteTheFutures() {
      Socket pull = zmq.bound(PULL, Endpoints.TCP);
      Socket push = peer(PUSH, pull);
      ExecutorService own = Executors.newSingleThreadExecutor(r -> new Thread(r, "test-own"));
      try {
        CompletableFuture<String> thread =
            pull.async(own).recvAsync().thenApply(m -> Thread.currentThread().getName());
        push.send("x");
        assertThat(get(thread)).isEqualTo("test-own");
      } finally {
        own.shutdown();
      }
    }

    @ParameterizedTest
    @ValueSource(strings = {"inproc", "tcp"})
    void thatRunInTheCallersThreadAreGivenAnother(String transport) {
      Socket pull = zmq.bound(PULL, endpoint(transport));
      Socket push = peer(PUSH, pull);
      CompletableFuture<Thread> thread =
          pull.async(Runnable::run).recvAsync().thenApply(m -> Thread.currentThread());
      push.send("x");
      assertThat(get(thread).getName()).contains("-view-");
      CompletableFuture<Message> cancelled = pull.async(Runnable::run).recvAsync();
      CompletableFuture<Message> next = pull.async(Runnable::run).recvAsync();
      cancelled.cancel(true);
      push.send("y");
      assertThat(get(next).string(0)).isEqualTo("y");
    }

    /** The message is for whoever comes first, and that is not the view. */
    @ParameterizedTest
    @ValueSource(strings = {"inproc", "tcp"})
    void thatAreBusyKeepNoThreadFromItsMessage(String transport) {
      Socket pull = zmq.bound(PULL, endpoint(transport));
      pull.set(SocketOptions.RCVTIMEO, SocketOptions.FOREVER); // a time that is over finds it, too
      Socket push = peer(PUSH, pull);
      List<Runnable> undone = new CopyOnWriteArrayList<>();
      AtomicBoolean busy = new AtomicBoolean();
      AsyncSocket async =
          pull.async(
              task -> {
                if (busy.get()) {
                  undone.add(task);
                } else {
                  ForkJoinPool.commonPool().execute(task);
                }
              });
      CompletableFuture<Message> future = async.recvAsync();
      Await.until("the view waits", () -> pull.explain().receiving() == 1);
      busy.set(true);
      Task<String> thread = Task.call(pull::recvString).untilWaiting();
      push.send("x");
      assertThat(thread.result()).isEqualTo("x");
      future.cancel(true);
    }

    @Test
    void thatRefuseFailAllThatWaits() {
      Socket pull = zmq.bound(PULL, Endpoints.TCP);
      Socket push = peer(PUSH, pull);
      ExecutorService own = Executors.newSingleThreadExecutor();
      AsyncSocket async = pull.async(own);
      List<CompletableFuture<Message>> futures = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        futures.add(async.recvAsync());
      }
      own.shutdown();
      push.send("x");
      futures.forEach(f -> assertThat(failure(f)).isInstanceOf(RejectedExecutionException.class));
      assertThat(pull.recvString()).isEqualTo("x");
    }

    /** Such as a pool whose new thread the operating system refuses. */
    @ParameterizedTest
    @ValueSource(strings = {"inproc", "tcp"})
    void thatFailWithAnErrorFailAllThatWaitsAndNobodyElse(String transport) {
      Socket pull = zmq.bound(PULL, endpoint(transport));
      Socket push = peer(PUSH, pull);
      CompletableFuture<Message> future =
          pull.async(
                  task -> {
                    throw new OutOfMemoryError("not really");
                  })
              .recvAsync();
      push.send("x");
      assertThat(failure(future)).isInstanceOf(OutOfMemoryError.class);
      assertThat(pull.recvString()).isEqualTo("x");
    }

    /** Like a pool that has queued the task when it fails for want of a thread. */
    @Test
    void thatKeepATaskAndFailDoNothingWithItLater() {
      Socket pull = zmq.bound(PULL, Endpoints.inproc());
      Socket push = peer(PUSH, pull);
      List<Runnable> kept = new CopyOnWriteArrayList<>();
      AsyncSocket async =
          pull.async(
              task -> {
                kept.add(task);
                if (kept.size() == 1) {
                  throw new OutOfMemoryError("not really");
                }
              });
      CompletableFuture<Message> first = async.recvAsync();
      push.send("x");
      assertThat(failure(first)).isInstanceOf(OutOfMemoryError.class);
      assertThat(pull.recvString()).isEqualTo("x");
      CompletableFuture<Message> second = async.recvAsync();
      push.send("y");
      Await.until(
          "another turn", () -> kept.size() == 2); // the view may still be refusing the first
      kept.get(0).run();
      assertThat(second).isNotDone();
      kept.get(1).run();
      assertThat(get(second).string(0)).isEqualTo("y");
    }

    @Test
    void isThereAlsoWhereTheCommonPoolHasNoThreads() {
      String option = "-Djava.util.concurrent.ForkJoinPool.common.parallelism=0";
      assertThat(Jvm.run(Program.class, option)).contains("received");
    }

    @Test
    void areForkJoinPoolsByDefault() {
      Socket pull = zmq.bound(PULL, Endpoints.TCP);
      assertThat(pull.async()).isSameAs(pull.async());
      assertThat(pull.async().socket()).isSameAs(pull);
      CompletableFuture<Thread> thread =
          pull.async().recvAsync().thenApply(m -> Thread.currentThread());
      peer(PUSH, pull).send("x");
      assertThat(get(thread).getName()).startsWith("ForkJoinPool.commonPool");
    }
  }
}
