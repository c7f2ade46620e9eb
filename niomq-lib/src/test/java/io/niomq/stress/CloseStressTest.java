package io.niomq.stress;

import io.niomq.Context;
import io.niomq.Message;
import io.niomq.Poller;
import io.niomq.Socket;
import io.niomq.SocketOptions;
import io.niomq.SocketType;
import io.niomq.ZmqClosedException;
import io.niomq.ZmqTerminatedException;
import io.niomq.testing.Await;
import io.niomq.testing.Endpoints;
import io.niomq.testing.NoLeaks;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sockets and contexts are closed while others use them: every call ends, and nothing is left. */
@ExtendWith(NoLeaks.class)
class CloseStressTest {
  private static final int ROUNDS = Stressed.times(40);

  /** A context is closed under senders, receivers, pollers, and threads that bind and connect. */
  @ParameterizedTest
  @ValueSource(strings = {"tcp", "ipc", "inproc"})
  void contextClosedUnderLoad(String transport) {
    Crew seeds = new Crew("contextClosedUnderLoad " + transport);
    for (int round = 0; round < ROUNDS; round++) {
      SplittableRandom random = seeds.random();
      Context context = Context.builder().ioThreads(1 + round % 2).build();
      Load load = new Load(context, transport, random.split());
      Crew crew = load.start();
      Pace pace = new Pace(random, 2);
      int goal = random.nextInt(400);
      Await.until("some load", () -> load.calls.get() >= goal || crew.hasFailed());
      pace.pause();
      crew.start("closer", () -> Stressed.close(context));
      crew.await();
      load.assertAllReleased();
    }
  }

  /** Sockets are closed one by one under the same load; the context ends afterwards. */
  @ParameterizedTest
  @ValueSource(strings = {"tcp", "ipc", "inproc"})
  void socketsClosedUnderLoad(String transport) {
    Crew seeds = new Crew("socketsClosedUnderLoad " + transport);
    for (int round = 0; round < ROUNDS; round++) {
      SplittableRandom random = seeds.random();
      Context context = Context.create();
      Load load = new Load(context, transport, random.split());
      Crew crew = load.start();
      Pace pace = new Pace(random, 2);
      int goal = random.nextInt(400);
      Await.until("some load", () -> load.calls.get() >= goal || crew.hasFailed());
      for (Socket s : load.sockets) {
        pace.pause();
        s.close();
      }
      load.stopped = true;
      crew.await();
      Stressed.close(context);
      load.assertAllReleased();
    }
  }

  /** Threads that do everything at once with the sockets of one context, until they are refused. */
  private static final class Load {
    private final Context context;
    private final String transport;
    private final SplittableRandom random;
    private final String endpoint;
    private final List<Socket> sockets = new ArrayList<>();
    private final AtomicInteger calls = new AtomicInteger();
    private final AtomicInteger shared = new AtomicInteger();
    private final AtomicInteger released = new AtomicInteger();
    private volatile boolean stopped;

    Load(Context context, String transport, SplittableRandom random) {
      this.context = context;
      this.transport = transport;
      this.random = random;
      Socket pull = socket(SocketType.PULL);
      this.endpoint = pull.bind(Stressed.endpoint(transport));
      Socket push = socket(SocketType.PUSH);
      push.connect(endpoint);
      Socket router = socket(SocketType.ROUTER);
      Socket req = socket(SocketType.REQ);
      req.connect(router.bind(Stressed.endpoint(transport)));
    }

    private Socket socket(SocketType type) {
      Socket socket =
          context
              .socket(type)
              .set(SocketOptions.LINGER, Duration.ofMillis(random.nextInt(3)))
              .set(SocketOptions.SNDHWM, 10)
              .set(SocketOptions.RCVHWM, 10);
      sockets.add(socket);
      return socket;
    }

    Crew start() {
      Crew crew = new Crew("  load");
      Socket pull = sockets.get(0);
      Socket push = sockets.get(1);
      Socket router = sockets.get(2);
      Socket req = sockets.get(3);
      crew.start("sender", () -> untilRefused(() -> push.send("small")));
      crew.start("large-sender", () -> untilRefused(() -> sendShared(push)));
      crew.startMixed("receiver", () -> untilRefused(pull::recv));
      crew.startMixed("looker", () -> untilRefused(() -> look(pull)));
      crew.startMixed("server", () -> untilRefused(() -> router.send(router.recvMessage())));
      crew.startMixed("client", () -> untilRefused(() -> ask(req)));
      crew.startMixed("poller", () -> poll(pull, router));
      crew.startMixed("visitor", () -> untilRefused(this::visit));
      return crew;
    }

    private void untilRefused(Runnable call) {
      try {
        while (!stopped) {
          call.run();
          calls.incrementAndGet();
        }
      } catch (ZmqTerminatedException | ZmqClosedException e) {
        // what this thread has waited for
      }
    }

    private void sendShared(Socket push) {
      shared.incrementAndGet();
      try (Message message =
          new Message().addShared(ByteBuffer.allocate(20_000), released::incrementAndGet)) {
        push.send(message);
      }
    }

    private static void look(Socket pull) {
      pull.recv(Duration.ofMillis(1));
      pull.tryRecv();
    }

    private static void ask(Socket req) {
      req.send("?");
      req.recv();
    }

    private void poll(Socket... readers) {
      try (Poller poller = context.poller()) {
        for (Socket r : readers) {
          poller.register(r, Poller.IN);
        }
        untilRefused(poller::poll);
      }
    }

    /** A socket of its own that connects, binds, sends and goes. */
    private void visit() {
      try (Socket visitor =
          context.socket(SocketType.PUSH).set(SocketOptions.LINGER, Duration.ofMillis(1))) {
        visitor.connect(endpoint);
        visitor.trySend("visit");
        String own = visitor.bind(Stressed.endpoint(transport));
        visitor.connect(transport.equals("tcp") ? endpoint : Endpoints.inproc());
        visitor.unbind(own);
      }
    }

    void assertAllReleased() {
      Await.until("shared memory given back", () -> released.get() == shared.get());
    }
  }
}
