package io.niomq.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.niomq.AsyncSocket;
import io.niomq.CloseReport;
import io.niomq.Context;
import io.niomq.Message;
import io.niomq.MessageSubscriber;
import io.niomq.PeerProperties;
import io.niomq.Poller;
import io.niomq.Proxy;
import io.niomq.Socket;
import io.niomq.SocketOptions;
import io.niomq.SocketType;
import io.niomq.Timers;
import io.niomq.Z85;
import io.niomq.ZapHandler;
import io.niomq.ZmqTerminatedException;
import io.niomq.testing.Await;
import io.niomq.testing.Endpoints;
import io.niomq.testing.NoLeaks;
import io.niomq.testing.Sockets;
import io.niomq.testing.Task;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The programs of README and cookbook: each block of Java there, unless it has gaps ("…"), stands
 * in this file, too, as it is, and runs.
 */
@ExtendWith(NoLeaks.class)
class CookbookTest {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final Path THIS =
      ROOT.resolve("niomq-lib/src/test/java/io/niomq/docs/CookbookTest.java");

  @RegisterExtension final Sockets zmq = new Sockets();

  @ParameterizedTest
  @ValueSource(strings = {"README.md", "docs/COOKBOOK.md"})
  void eachProgramIsTested(String page) throws IOException {
    String tested = dense(Files.readString(THIS));
    Matcher blocks =
        Pattern.compile("```java\n(.*?)```", Pattern.DOTALL)
            .matcher(Files.readString(ROOT.resolve(page)));
    int count = 0;
    while (blocks.find()) {
      if (!blocks.group(1).contains("…")) {
        assertThat(tested).contains(dense(blocks.group(1)));
        count++;
      }
    }
    assertThat(count).isPositive();
  }

  /** Without comments and space, which the formatter may move. */
  private static String dense(String code) {
    return code.replaceAll("//[^\n\"]*\n", "").replaceAll("\\s+", "");
  }

  private static String printed(Runnable program) {
    PrintStream before = System.out;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    System.setOut(new PrintStream(bytes, true, StandardCharsets.UTF_8));
    try {
      program.run();
    } finally {
      System.setOut(before);
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }

  private static <T> T get(CompletableFuture<T> future) throws Exception {
    return future.get(30, TimeUnit.SECONDS);
  }

  private Socket bound(SocketType type) {
    return zmq.bound(type, Endpoints.TCP);
  }

  private Socket peer(SocketType type, Socket bound) {
    return zmq.connected(type, bound.get(SocketOptions.LAST_ENDPOINT));
  }

  @Test
  void firstProgram() {
    assertThat(printed(CookbookTest::helloWorld)).isEqualToIgnoringNewLines("HelloWorld");
  }

  private static void helloWorld() {
    try (Context context = Context.create();
        Socket server = context.socket(SocketType.REP);
        Socket client = context.socket(SocketType.REQ)) {
      String endpoint = server.bind("tcp://127.0.0.1:*");
      client.connect(endpoint);
      client.send("Hello");
      System.out.println(server.recvString()); // Hello
      server.send("World");
      System.out.println(client.recvString()); // World
    }
  }

  @Test
  void publishWithoutLosingTheFirstMessages() {
    assertThat(printed(() -> publish(zmq.context()))).isEqualToIgnoringNewLines("weather: fine");
  }

  private static void publish(Context context) {
    Socket pub = context.socket(SocketType.PUB);
    String endpoint = pub.bind("tcp://127.0.0.1:*");
    Socket sub = context.socket(SocketType.SUB).subscribe("weather");
    sub.connect(endpoint);
    pub.awaitSubscribers("weather", 1, Duration.ofSeconds(5));
    pub.send("weather: fine");
    System.out.println(sub.recvString());
    pub.close();
    sub.close();
  }

  @Test
  void askAgainWhenNoAnswerComes() {
    Socket router = bound(SocketType.ROUTER);
    String endpoint = router.get(SocketOptions.LAST_ENDPOINT);
    AtomicBoolean answered = new AtomicBoolean();
    Task<Void> serving =
        Task.run(
            () -> {
              router.recvMessage(); // the first question gets no answer
              while (!answered.get()) {
                Message again = router.recvMessage(Duration.ofMillis(10));
                if (again != null) {
                  again.removeLast();
                  router.send(again.add("Fine"));
                }
              }
            });
    Socket client = zmq.socket(SocketType.REQ);
    client.set(SocketOptions.REQ_RELAXED, true).set(SocketOptions.REQ_CORRELATE, true);
    client.connect(endpoint);
    String answer = null;
    for (int attempt = 0; attempt < 3 && answer == null; attempt++) {
      client.send("How are you?");
      answer = client.recvString(Duration.ofMillis(500));
    }
    answered.set(true);
    serving.result();
    assertThat(answer).isEqualTo("Fine");
  }

  @Test
  void answerManyClients() {
    Socket router = bound(SocketType.ROUTER);
    Socket req = peer(SocketType.REQ, router);
    req.send("Alice");
    Message request = router.recvMessage();
    byte[] client = request.unwrap();
    router.send(Message.of("Hello, " + request.string(0)).wrap(client));
    assertThat(req.recvString()).isEqualTo("Hello, Alice");
  }

  @Test
  void shareWorkOutAmongThreads() {
    try (Context context = Context.create()) {
      String endpoint = startWorkers(context);
      Socket client = context.socket(SocketType.REQ);
      client.connect(endpoint);
      for (int i = 0; i < 10; i++) {
        client.send("task " + i);
        assertThat(client.recvString()).isEqualTo("done: task " + i);
      }
    }
  }

  private static String startWorkers(Context context) {
    Socket frontend = context.socket(SocketType.ROUTER);
    Socket backend = context.socket(SocketType.DEALER);
    String endpoint = frontend.bind("tcp://127.0.0.1:*");
    backend.bind("inproc://workers");
    Proxy.between(frontend, backend).start();
    for (int i = 0; i < 4; i++) {
      Socket worker = context.socket(SocketType.REP);
      worker.connect("inproc://workers");
      new Thread(() -> work(worker)).start();
    }
    return endpoint;
  }

  static void work(Socket worker) {
    try (worker) {
      while (true) {
        worker.send("done: " + worker.recvString());
      }
    } catch (ZmqTerminatedException e) {
      // the context is closed
    }
  }

  @Test
  void waitForSeveralThings() {
    Socket pull = bound(SocketType.PULL);
    peer(SocketType.PUSH, pull).send("x");
    String first = pull.recvString(Duration.ofSeconds(1)); // null after a second
    boolean more = pull.poll(Poller.IN, Duration.ZERO) != 0; // only looks
    assertThat(first).isEqualTo("x");
    assertThat(more).isFalse();
  }

  @Test
  void receiveWithoutGarbage() {
    Socket pull = bound(SocketType.PULL);
    Socket push = peer(SocketType.PUSH, pull);
    push.send("abc");
    push.send(Message.of("d", "e"));
    ByteBuffer buffer = ByteBuffer.allocateDirect(65_536);
    int size = pull.recv(buffer.clear()); // more than there is room for means: cut off
    Message message = new Message();
    pull.recv(message); // of any number of frames; again and again into the same one
    assertThat(size).isEqualTo(3);
    assertThat(message).isEqualTo(Message.of("d", "e"));
  }

  @Test
  void sendALargeBufferWithoutACopy() throws Exception {
    Socket pull = bound(SocketType.PULL);
    Socket push = peer(SocketType.PUSH, pull);
    ByteBuffer pixels = ByteBuffer.allocateDirect(1 << 20);
    CompletableFuture<Void> free = new CompletableFuture<>();
    Runnable released = () -> free.complete(null);
    Message image = new Message().add("image 7").addShared(pixels, released);
    push.send(image);
    assertThat(pull.recvMessage().size(1)).isEqualTo(1 << 20);
    get(free);
  }

  @Test
  void findAPeerThatHasGoneSilent() {
    Socket socket = zmq.socket(SocketType.DEALER);
    socket.set(SocketOptions.HEARTBEAT_IVL, Duration.ofSeconds(2));
    socket.set(SocketOptions.HEARTBEAT_TIMEOUT, Duration.ofSeconds(6));
    assertThat(socket.get(SocketOptions.HEARTBEAT_TIMEOUT)).hasSeconds(6);
  }

  @Test
  void watchWhatHappens() {
    Socket socket = zmq.socket(SocketType.ROUTER);
    PrintStream before = System.out;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    System.setOut(new PrintStream(bytes, true, StandardCharsets.UTF_8));
    try {
      socket.onEvent(event -> System.out.println(event.type() + " " + event.peer()));
      socket.onDrop(drop -> System.out.println(drop.messages() + " dropped: " + drop.reason()));
      socket.bind(Endpoints.TCP);
      socket.send(Message.of("nobody", "x"));
      Await.until(
          "both are told",
          () ->
              bytes.toString(StandardCharsets.UTF_8).contains("LISTENING")
                  && bytes.toString(StandardCharsets.UTF_8).contains("1 dropped: NO_ROUTE"));
    } finally {
      System.setOut(before);
    }
  }

  @Test
  void letInWhomYouKnow() {
    assertThat(printed(this::letAliceIn)).isEqualToIgnoringNewLines("alice");
  }

  private void letAliceIn() {
    Context context = zmq.context();
    Socket server = zmq.socket(SocketType.REP);
    Socket client = zmq.socket(SocketType.REQ);
    ZapHandler handler =
        ZapHandler.start(context, ZapHandler.passwords(Map.of("alice", "wonderland")));
    server.set(SocketOptions.PLAIN_SERVER, true);
    String endpoint = server.bind("tcp://127.0.0.1:*");
    client.set(SocketOptions.PLAIN_USERNAME, "alice");
    client.set(SocketOptions.PLAIN_PASSWORD, "wonderland");
    client.connect(endpoint);
    client.send("Hello");
    System.out.println(server.recvMessage().peerProperties().get(PeerProperties.USER_ID)); // alice
    handler.close();
  }

  @Test
  void endInTime() {
    Context context = Context.create();
    Socket push = context.socket(SocketType.PUSH);
    push.connect(Endpoints.freeTcp());
    push.send("to nobody");
    assertThat(printed(() -> end(context))).startsWith("1 messages");
  }

  private static void end(Context context) {
    CloseReport report = context.close(Duration.ofSeconds(1));
    System.out.println(report.dropped() + " messages were not sent");
  }

  @Test
  void awaitPeersWithoutAThread() throws Exception {
    Socket pub = bound(SocketType.PUB);
    CompletableFuture<Void> published =
        pub.async()
            .awaitSubscribersAsync("news", 1)
            .thenCompose(there -> pub.async().sendAsync("news"));
    Socket sub = peer(SocketType.SUB, pub).subscribe("news");
    assertThat(sub.recvString()).isEqualTo("news");
    get(published);
  }

  @Test
  void waitWithoutAThread() throws Exception {
    Socket router = bound(SocketType.ROUTER);
    serve(router.async());
    Socket client = peer(SocketType.REQ, router);
    CompletableFuture<String> answer =
        client
            .async()
            .sendAsync("Hello")
            .thenCompose(sent -> client.async().recvAsync())
            .orTimeout(5, TimeUnit.SECONDS)
            .thenApply(message -> message.string(0));
    assertThat(get(answer)).isEqualTo("Hello");
  }

  static void serve(AsyncSocket server) {
    server
        .recvAsync()
        .thenCompose(request -> server.sendAsync(request)) // routing id and all: an echo
        .thenRun(() -> serve(server)); // ends with the socket
  }

  @Test
  void giveUpWithATimeout() throws Exception {
    Socket pull = bound(SocketType.PULL);
    CompletableFuture<Message> next = pull.async().recvAsync().orTimeout(10, TimeUnit.MILLISECONDS);
    next.whenComplete((message, failure) -> System.out.println(failure)); // TimeoutException
    Throwable failed = get(next.handle((message, failure) -> failure));
    assertThat(failed).isInstanceOf(TimeoutException.class);
    peer(SocketType.PUSH, pull).send("not lost");
    assertThat(pull.recvString()).isEqualTo("not lost");
  }

  @Test
  void streamWithBackPressure() throws Exception {
    Socket pull = bound(SocketType.PULL);
    Socket push = bound(SocketType.PUSH);
    MessageSubscriber subscriber = push.async().subscriber();
    pull.async().publisher().subscribe(subscriber);
    Socket source = peer(SocketType.PUSH, pull);
    Socket sink = peer(SocketType.PULL, push);
    source.send("x");
    assertThat(sink.recvString()).isEqualTo("x");
    pull.close();
    get(subscriber.done());
  }

  private final List<Message> worked = new ArrayList<>();

  private void work(Message message) {
    worked.add(message);
  }

  private boolean done() {
    return worked.size() == 2;
  }

  @Test
  void pollAndDoSomethingEverySecond() {
    Context context = zmq.context();
    Socket tasks = bound(SocketType.PULL);
    peer(SocketType.PUSH, tasks).send("task");
    Socket heart = peer(SocketType.PUSH, tasks);
    poll(context, tasks, heart);
    assertThat(worked).containsExactly(Message.of("task"), Message.of("still here"));
  }

  private void poll(Context context, Socket tasks, Socket heart) {
    Timers timers = new Timers();
    timers.add(Duration.ofSeconds(1), timer -> heart.send("still here"));
    try (Poller poller = context.poller()) {
      poller.register(tasks, Poller.IN, events -> work(tasks.recvMessage()));
      while (!done()) {
        poller.dispatch(timers.timeout());
        timers.execute();
      }
    }
  }

  @Test
  void pauseABroker() {
    Socket frontend = bound(SocketType.ROUTER);
    Socket backend = bound(SocketType.DEALER);
    assertThat(printed(() -> pause(frontend, backend))).isEqualToIgnoringNewLines("0");
  }

  private static void pause(Socket frontend, Socket backend) {
    try (Proxy proxy = Proxy.between(frontend, backend).start()) {
      proxy.pause(); // messages wait in the sockets
      System.out.println(proxy.statistics().frontend().messagesReceived());
      proxy.resume();
    }
  }

  @Test
  void writeKeysAsText() {
    byte[] key = new byte[32];
    String text = Z85.encode(key); // 32 octets, 40 characters
    byte[] same = Z85.decode(text);
    assertThat(text).hasSize(40);
    assertThat(same).isEqualTo(key);
  }
}
