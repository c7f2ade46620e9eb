package io.niomq;

import static io.niomq.SocketType.DEALER;
import static io.niomq.SocketType.PUB;
import static io.niomq.SocketType.PULL;
import static io.niomq.SocketType.PUSH;
import static io.niomq.SocketType.REP;
import static io.niomq.SocketType.SUB;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.niomq.testing.Await;
import io.niomq.testing.Endpoints;
import io.niomq.testing.NoLeaks;
import io.niomq.testing.Sockets;
import io.niomq.testing.Task;
import io.niomq.testing.VirtualThreads;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A poller that was waited for often reads its sockets' connections by itself. */
@ExtendWith(NoLeaks.class)
class PollerReadingTest {
  private static final Duration MOMENT = Duration.ofMillis(1);
  private static final Duration WHILE = Duration.ofMillis(500);
  private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

  @RegisterExtension final Sockets zmq = new Sockets();

  private Poller poller;
  private Socket pull;
  private String endpoint;
  private Socket push;

  @BeforeEach
  void open() {
    poller = zmq.context().poller();
    pull = zmq.socket(PULL);
    endpoint = pull.bind(Endpoints.TCP);
    push = connected();
    poller.register(pull, Poller.IN);
    warm(poller);
  }

  @AfterEach
  void close() {
    poller.close();
  }

  private Socket connected() {
    Socket peer = zmq.connected(PUSH, endpoint);
    assertThat(peer.awaitConnected(1, Await.LONG)).isTrue();
    return peer;
  }

  /** Waits so often that the poller reads. */
  private static void warm(Poller poller) {
    for (int i = 0; i < 20; i++) {
      assertThat(poller.poll(MOMENT)).isZero();
    }
  }

  private static Task<Integer> polling(Poller poller) {
    return Task.call(poller::poll);
  }

  /** Returns when the thread is in a select: it reads a socket. */
  private static <T> Task<T> reading(Task<T> task) {
    Await.until(
        "the poller selects",
        () -> {
          StackTraceElement[] stack = task.thread().getStackTrace();
          return stack.length > 0 && stack[0].getClassName().startsWith("sun.nio.ch.");
        });
    return task.untilWaiting();
  }

  private static <T> T get(CompletableFuture<T> future) throws Exception {
    return future.get(Await.LONG.toMillis(), TimeUnit.MILLISECONDS);
  }

  private static long descriptors(String kind) {
    assumeTrue(Files.isDirectory(DESCRIPTORS));
    try (Stream<Path> all = Files.list(DESCRIPTORS)) {
      return all.map(PollerReadingTest::target).filter(t -> t.startsWith(kind)).count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String target(Path link) {
    try {
      return Files.readSymbolicLink(link).toString();
    } catch (IOException closedMeanwhile) {
      return "";
    }
  }

  private static void untilSockets(long count) {
    Await.until("closed", () -> descriptors("socket:") <= count, Duration.ofSeconds(10));
  }

  /** How many milliseconds of a processor a poll of half a second takes. */
  private static long millisOfPolling(Poller poller) {
    return millisOf(() -> poller.poll(WHILE));
  }

  /** Processor time of a poll that finds nothing. */
  private static long millisOf(IntSupplier poll) {
    return Task.call(
            () -> {
              long before = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
              assertThat(poll.getAsInt()).isZero();
              long after = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
              return (after - before) / 1_000_000;
            })
        .result();
  }

  @Nested
  class WakesUp {
    @Test
    void forMessagesThatItReads() {
      for (int i = 0; i < 20; i++) {
        Task<Integer> polling = reading(polling(poller));
        push.send("x");
        assertThat(polling.result()).isEqualTo(1);
        assertThat(pull.tryRecvString()).isEqualTo("x");
      }
    }

    @Test
    void forMessagesOfPeersThatCameMeanwhile() {
      Task<Integer> polling = reading(polling(poller));
      for (int i = 0; i < 5; i++) {
        Socket newcomer = connected();
        newcomer.send("1");
        assertThat(polling.result()).isEqualTo(1);
        assertThat(pull.recvString()).isEqualTo("1");
        Task<Integer> next = reading(polling(poller));
        newcomer.send("2");
        assertThat(next.result()).isEqualTo(1);
        assertThat(pull.recvString()).isEqualTo("2");
        polling = reading(polling(poller));
      }
      push.send("the first one's");
      assertThat(polling.result()).isEqualTo(1);
    }

    @Test
    void whenAllPeersWereLostAndOthersCome() {
      Task<Integer> polling = reading(polling(poller));
      push.close();
      Await.until("lost", () -> pull.explain().peers().isEmpty());
      polling.untilWaiting();
      connected().send("x");
      assertThat(polling.result()).isEqualTo(1);
    }

    @Test
    void forInprocMessagesAndChannelsToo() throws IOException {
      String name = Endpoints.inproc();
      Socket inproc = zmq.bound(PULL, name);
      Socket toInproc = zmq.connected(PUSH, name);
      Pipe pipe = Pipe.open();
      try {
        pipe.source().configureBlocking(false);
        poller.register(inproc, Poller.IN).register(pipe.source(), Poller.IN);
        Task<Integer> first = reading(polling(poller));
        toInproc.send("x");
        assertThat(first.result()).isEqualTo(1);
        assertThat(poller.isReadable(inproc)).isTrue();
        assertThat(inproc.tryRecvString()).isEqualTo("x");
        Task<Integer> second = reading(polling(poller));
        pipe.sink().write(ByteBuffer.wrap(new byte[1]));
        assertThat(second.result()).isEqualTo(1);
        assertThat(poller.isReadable(pipe.source())).isTrue();
        pipe.source().read(ByteBuffer.allocate(10));
        Task<Integer> third = reading(polling(poller));
        push.send("y");
        assertThat(third.result()).isEqualTo(1);
        assertThat(poller.isReadable(pull)).isTrue();
        poller.unregister(pipe.source());
      } finally {
        pipe.source().close();
        pipe.sink().close();
      }
    }

    @Test
    void forTopicsThatWereSubscribedMeanwhile() {
      Socket pub = zmq.socket(PUB);
      Socket sub = zmq.connected(SUB, pub.bind(Endpoints.TCP));
      assertThat(sub.awaitConnected(1, Await.LONG)).isTrue();
      poller.unregister(pull).register(sub, Poller.IN);
      Task<Integer> polling = reading(polling(poller));
      sub.subscribe("late");
      assertThat(pub.awaitSubscribers(1, Await.LONG)).isTrue();
      pub.send("other");
      pub.send("late");
      assertThat(polling.result()).isEqualTo(1);
      assertThat(sub.tryRecvString()).isEqualTo("late");
    }

    @Test
    void whenItIsInterruptedAndHarmsNothing() {
      Task<Boolean> polling =
          Task.call(
              () -> {
                assertThatThrownBy(poller::poll).isInstanceOf(ZmqInterruptedException.class);
                return Thread.interrupted();
              });
      reading(polling).interrupt();
      assertThat(polling.result()).isTrue();
      push.send("x");
      assertThat(poller.poll(Await.LONG)).isEqualTo(1);
      assertThat(pull.recvString()).isEqualTo("x");
    }

    @Test
    void whenTheSocketIsClosed() {
      Task<Integer> polling = reading(polling(poller));
      pull.close();
      assertThat(polling.failure()).isInstanceOf(ZmqClosedException.class);
    }

    @Test
    void whenThePollerIsClosed() {
      Task<Integer> polling = reading(polling(poller));
      poller.close();
      assertThat(polling.failure()).isInstanceOf(ZmqClosedException.class);
      push.send("x");
      assertThat(pull.recvString()).isEqualTo("x");
    }

    @Test
    void whenTheContextEnds() {
      Task<Integer> polling = reading(polling(poller));
      zmq.context().shutdown();
      assertThat(polling.failure()).isInstanceOf(ZmqTerminatedException.class);
    }
  }

  @Nested
  class SharesItsSockets {
    @Test
    void withAThreadThatReceives() {
      for (int i = 0; i < 20; i++) {
        Task<Integer> polling = reading(polling(poller));
        Task<String> receiving = Task.call(pull::recvString).untilWaiting();
        push.send("x");
        assertThat(receiving.result()).isEqualTo("x");
        poller.wakeup();
        polling.result();
        poller.pollNow();
        poller.wakeup();
        poller.poll(); // no request is left
      }
    }

    /** The one that waits for the message takes the reading over. */
    @Test
    void withAThreadThatStaysWhenThePollerLeaves() {
      Task<Integer> polling = reading(polling(poller));
      Task<String> receiving = Task.call(pull::recvString).untilWaiting();
      poller.wakeup();
      assertThat(polling.result()).isZero();
      reading(receiving);
      push.send("x");
      assertThat(receiving.result()).isEqualTo("x");
    }

    @Test
    void withAThreadThatReadsAlready() {
      Task<String> receiving = reading(Task.call(pull::recvString));
      Task<Integer> polling = polling(poller).untilWaiting();
      push.send("1");
      assertThat(receiving.result()).isEqualTo("1");
      push.send("2");
      assertThat(polling.result()).isNotNegative();
      assertThat(pull.recvString()).isEqualTo("2");
    }

    @Test
    void withASecondPollerThatTakesOver() {
      try (Poller second = zmq.context().poller().register(pull, Poller.IN)) {
        warm(second);
        Task<Integer> one = reading(polling(poller));
        Task<Integer> two = polling(second).untilWaiting();
        poller.wakeup();
        assertThat(one.result()).isZero();
        reading(two);
        Task<Integer> again = polling(poller).untilWaiting();
        push.send("x");
        assertThat(two.result()).isEqualTo(1);
        assertThat(again.result()).isEqualTo(1);
      }
    }

    @Test
    void withFutures() throws Exception {
      Task<Integer> polling = reading(polling(poller));
      CompletableFuture<Message> future = pull.async().recvAsync();
      push.send("x");
      try (Message message = get(future)) {
        assertThat(message.bytes(0)).asString().isEqualTo("x");
      }
      poller.wakeup();
      polling.result();
    }

    @Test
    void withVirtualThreads() {
      assumeTrue(VirtualThreads.exist());
      for (int i = 0; i < 10; i++) {
        CompletableFuture<Integer> polled = new CompletableFuture<>();
        VirtualThreads.start(() -> polled.complete(poller.poll(Await.LONG)));
        push.send("x");
        assertThat(polled.join()).isEqualTo(1);
        assertThat(pull.tryRecvString()).isEqualTo("x");
      }
    }
  }

  @Nested
  class LeavesThemToTheIoThreads {
    @Test
    void whenItIsClosed() throws Exception {
      poller.close();
      CompletableFuture<Message> future = pull.async().recvAsync();
      push.send("x");
      get(future).close();
    }

    @Test
    void whenTheyAreTakenOut() throws Exception {
      poller.unregister(pull);
      CompletableFuture<Message> future = pull.async().recvAsync();
      push.send("x");
      get(future).close();
      assertThat(poller.poll(MOMENT)).isZero();
      poller.register(pull, Poller.IN);
      Task<Integer> polling = reading(polling(poller));
      push.send("y");
      assertThat(polling.result()).isEqualTo(1);
    }

    @Test
    void whenItWantsNoMessages() throws Exception {
      for (int events : new int[] {0, Poller.OUT}) {
        poller.register(pull, events);
        Task<Integer> polling = polling(poller).untilWaiting();
        CompletableFuture<Message> future = pull.async().recvAsync();
        push.send("x");
        get(future).close();
        poller.wakeup();
        assertThat(polling.result()).isZero();
        poller.register(pull, Poller.IN);
        Task<Integer> again = reading(polling(poller));
        push.send("y");
        assertThat(again.result()).isEqualTo(1);
        assertThat(pull.recvString()).isEqualTo("y");
      }
    }

    @Test
    void withoutBeingAskedAgain() {
      push.send("nobody waits");
      Await.until(
          "an I/O thread has read it", () -> pull.explain().peers().get(0).in().messages() == 1);
    }
  }

  @Nested
  class Rests {
    @ParameterizedTest
    @ValueSource(ints = {0, Poller.OUT})
    void whenThereAreMessagesThatItDoesNotWant(int events) {
      Socket full = zmq.limited(PULL, 0, 1);
      Socket sender = zmq.socket(PUSH).set(SocketOptions.SNDHWM, 0);
      sender.connect(full.bind(Endpoints.TCP));
      Await.until("joined", () -> full.explain().peers().size() == 1);
      poller.register(full, Poller.IN);
      warm(poller); // has the channel now
      for (int i = 0; i < 100; i++) {
        sender.send(new byte[20_000]);
      }
      poller.register(full, events);
      assertThat(millisOfPolling(poller)).isLessThan(WHILE.toMillis() / 2);
      poller.register(full, Poller.IN);
      for (int i = 0; i < 100; i++) {
        assertThat(poller.poll(Await.LONG)).isEqualTo(1);
        assertThat(full.tryRecv()).hasSize(20_000);
      }
    }

    @Test
    void whenASocketIsFullOfMessagesThatCannotBeReceivedYet() {
      Socket rep = zmq.limited(REP, 0, 1);
      Socket sender = zmq.socket(DEALER).set(SocketOptions.SNDHWM, 0);
      sender.connect(rep.bind(Endpoints.TCP));
      Await.until("joined", () -> rep.explain().peers().size() == 1);
      poller.unregister(pull).register(rep, Poller.IN);
      warm(poller);
      for (int i = 0; i < 100; i++) {
        sender.send(Message.of(new byte[0], new byte[20_000]));
      }
      for (int i = 0; i < 100; i++) {
        assertThat(poller.poll(Await.LONG)).isEqualTo(1);
        assertThat(rep.tryRecv()).hasSize(20_000);
        if (i == 0 || i == 50) {
          assertThat(millisOfPolling(poller)).isLessThan(WHILE.toMillis() / 2);
        }
        rep.send("a reply");
      }
    }

    @Test
    void withoutAPollerToo() {
      Socket rep = zmq.limited(REP, 0, 1);
      Socket sender = zmq.socket(DEALER).set(SocketOptions.SNDHWM, 0);
      sender.connect(rep.bind(Endpoints.TCP));
      Await.until("joined", () -> rep.explain().peers().size() == 1);
      for (int i = 0; i < 100; i++) {
        sender.send(Message.of(new byte[0], new byte[20_000]));
      }
      assertThat(rep.poll(Poller.IN, Await.LONG)).isEqualTo(Poller.IN);
      assertThat(rep.tryRecv()).hasSize(20_000);
      assertThat(millisOf(() -> rep.poll(Poller.IN, WHILE))).isLessThan(WHILE.toMillis() / 2);
    }

    @Test
    void notWhileASocketIsAlwaysReady() {
      String name = Endpoints.inproc();
      Socket busy = zmq.bound(PULL, name);
      zmq.connected(PUSH, name).send("never taken");
      poller.register(busy, Poller.IN);
      for (int i = 0; i < 200; i++) {
        push.send("x");
        Await.until(
            "the other one is seen",
            () -> {
              assertThat(poller.poll()).isPositive();
              return poller.isReadable(pull);
            });
        assertThat(pull.tryRecvString()).isEqualTo("x");
      }
    }
  }

  @Nested
  class GivesDescriptorsBack {
    private long before;

    @BeforeEach
    void count() {
      before = descriptors("socket:");
    }

    private void peersComeAndGo() {
      Socket[] peers = {connected(), connected(), connected()};
      Await.until("all", () -> pull.explain().peers().size() == 4);
      for (Socket peer : peers) {
        peer.close();
      }
    }

    @Test
    void whilePolling() {
      Task<Integer> polling = reading(polling(poller));
      for (int i = 0; i < 5; i++) {
        peersComeAndGo();
        untilSockets(before);
      }
      poller.wakeup();
      polling.result();
    }

    @Test
    void whileTheLastPeerGoes() {
      Task<Integer> polling = reading(polling(poller));
      push.close();
      untilSockets(before - 2);
      poller.wakeup();
      polling.result();
    }

    @Test
    void whileNotPolling() {
      Socket[] peers = {connected(), connected(), connected()};
      Await.until("all", () -> pull.explain().peers().size() == 4);
      warm(poller);
      for (Socket peer : peers) {
        peer.close();
      }
      untilSockets(before);
    }

    /** Then it does not select, but parks. */
    @ParameterizedTest
    @ValueSource(ints = {0, Poller.OUT})
    void whileWaitingForOtherEvents(int events) {
      Socket[] peers = {connected(), connected(), connected()};
      Await.until("all", () -> pull.explain().peers().size() == 4);
      warm(poller);
      poller.register(pull, events);
      Task<Integer> polling = polling(poller).untilWaiting();
      for (Socket peer : peers) {
        peer.close();
      }
      untilSockets(before);
      poller.wakeup();
      polling.result();
    }

    @Test
    void whileAnotherThreadReads() {
      Socket[] peers = {connected(), connected(), connected()};
      Await.until("all", () -> pull.explain().peers().size() == 4);
      warm(poller);
      Task<String> receiving = reading(Task.call(pull::recvString));
      Task<Integer> polling = polling(poller).untilWaiting();
      for (Socket peer : peers) {
        peer.close();
      }
      untilSockets(before);
      poller.wakeup();
      polling.result();
      push.send("x");
      receiving.result();
    }

    /** The connection outlives its socket, and the socket its place in the poller. */
    @Test
    void ofASocketThatWasTakenOutWhileItSends() {
      Socket lingering = zmq.limited(DEALER, 0, 0).set(SocketOptions.SNDBUF, 8192);
      lingering.set(SocketOptions.LINGER, Await.LONG);
      Socket peer = zmq.limited(DEALER, 0, 1).set(SocketOptions.RCVBUF, 8192);
      peer.connect(lingering.bind(Endpoints.TCP));
      Await.until("joined", () -> lingering.explain().peers().size() == 1);
      poller.register(lingering, Poller.IN);
      warm(poller);
      for (int i = 0; i < 20; i++) {
        lingering.send(new byte[1 << 20]);
      }
      lingering.close();
      poller.unregister(lingering);
      peer.set(SocketOptions.LINGER, Duration.ZERO);
      peer.close();
      untilSockets(before);
    }

    @Test
    void whenItIsLost() {
      poller.close();
      long selectors = descriptors("anon_inode:");
      WeakReference<Poller> lost = lose();
      assertThat(descriptors("anon_inode:")).isGreaterThan(selectors);
      Await.until(
          "the garbage collector has it",
          () -> {
            System.gc();
            return lost.get() == null && descriptors("anon_inode:") <= selectors;
          });
      push.send("x");
      assertThat(pull.recvString()).isEqualTo("x");
    }

    private WeakReference<Poller> lose() {
      Poller forgotten = zmq.context().poller().register(pull, Poller.IN);
      warm(forgotten);
      return new WeakReference<>(forgotten);
    }
  }
}
