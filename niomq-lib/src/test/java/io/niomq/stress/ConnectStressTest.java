package io.niomq.stress;

import io.niomq.Context;
import io.niomq.Socket;
import io.niomq.SocketOptions;
import io.niomq.SocketType;
import io.niomq.testing.Await;
import io.niomq.testing.NoLeaks;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Lots of connects and disconnects: descriptors and memory do not grow, and nobody else is
 * disturbed.
 */
@ExtendWith(NoLeaks.class)
class ConnectStressTest {
  private static final int ROUNDS = Stressed.times(400);

  /** One socket connects, sends or not, and disconnects, again and again. */
  @ParameterizedTest
  @ValueSource(strings = {"tcp", "ipc", "inproc"})
  void connectAndDisconnect(String transport) {
    Crew crew = new Crew("connectAndDisconnect " + transport);
    Context context = Context.create();
    Socket pull = context.socket(SocketType.PULL).set(SocketOptions.RCVTIMEO, Await.LONG);
    Socket push = context.socket(SocketType.PUSH).set(SocketOptions.SNDTIMEO, Await.LONG);
    String endpoint = pull.bind(Stressed.endpoint(transport));
    visit(push, pull, endpoint); // whatever is opened once
    long before = Stressed.descriptors();
    SplittableRandom random = crew.random();
    crew.start(
        "visitor",
        () -> {
          for (int i = 0; i < ROUNDS; i++) {
            if (random.nextInt(3) == 0) {
              push.connect(endpoint);
              push.disconnect(endpoint);
            } else {
              visit(push, pull, endpoint);
            }
          }
        });
    crew.await();
    Stressed.awaitDescriptors(before);
    Stressed.close(context, push, pull);
  }

  private static void visit(Socket push, Socket pull, String endpoint) {
    push.connect(endpoint);
    push.send("hello");
    push.disconnect(endpoint); // what is queued is still sent
    pull.recv();
  }

  /** Sockets are made, used and closed, while a reader waits in the socket that they visit. */
  @ParameterizedTest
  @ValueSource(strings = {"tcp", "ipc", "inproc"})
  void socketsComeAndGo(String transport) {
    Crew crew = new Crew("socketsComeAndGo " + transport);
    Context context = Context.create();
    Socket rep = context.socket(SocketType.REP);
    String endpoint = rep.bind(Stressed.endpoint(transport));
    AtomicBoolean over = new AtomicBoolean();
    Thread server =
        crew.start(
            "server",
            () -> {
              while (!over.get()) {
                byte[] question = rep.recv(Duration.ofMillis(50));
                if (question != null) {
                  rep.send(question);
                }
              }
            });
    ask(context, endpoint, true);
    long before = Stressed.descriptors();
    SplittableRandom random = crew.random();
    crew.start(
        "clients",
        () -> {
          for (int i = 0; i < ROUNDS && server.isAlive(); i++) {
            ask(context, endpoint, random.nextInt(4) != 0);
          }
          over.set(true);
        });
    crew.await();
    Stressed.awaitDescriptors(before);
    Stressed.close(context, rep);
  }

  private static void ask(Context context, String endpoint, boolean waitForAnswer) {
    try (Socket req =
        context
            .socket(SocketType.REQ)
            .set(SocketOptions.RCVTIMEO, Await.LONG)
            .set(SocketOptions.LINGER, Duration.ZERO)) {
      req.connect(endpoint);
      req.send("?");
      if (waitForAnswer) {
        req.recv();
      }
    }
  }

  /** Contexts are made and closed. */
  @ParameterizedTest
  @ValueSource(strings = {"tcp", "ipc", "inproc"})
  void contextsComeAndGo(String transport) {
    Crew crew = new Crew("contextsComeAndGo " + transport);
    long before = Stressed.descriptors();
    crew.start(
        "contexts",
        () -> {
          for (int i = 0; i < ROUNDS / 4; i++) {
            Context context = Context.create();
            Socket pull = context.socket(SocketType.PULL);
            Socket push = context.socket(SocketType.PUSH);
            visit(push, pull, pull.bind(Stressed.endpoint(transport)));
            Stressed.close(context, push, pull);
          }
        });
    crew.await();
    Stressed.awaitDescriptors(before);
  }
}
