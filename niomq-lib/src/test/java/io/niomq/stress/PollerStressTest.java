package io.niomq.stress;

import io.niomq.Context;
import io.niomq.Poller;
import io.niomq.Socket;
import io.niomq.SocketOptions;
import io.niomq.SocketType;
import io.niomq.testing.Await;
import io.niomq.testing.NoLeaks;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Pollers that read share their sockets with each other and with threads that receive, while peers
 * come and go: each message arrives once, whole and in order, and no descriptor stays open.
 */
@ExtendWith(NoLeaks.class)
class PollerStressTest {
  private static final int SOCKETS = 3;

  private final Context context = Context.create();
  private final Socket[] pulls = new Socket[SOCKETS];
  private final String[] endpoints = new String[SOCKETS];

  private Socket limited(SocketType type) {
    return context
        .socket(type)
        .set(SocketOptions.SNDHWM, 100)
        .set(SocketOptions.RCVHWM, 100)
        .set(SocketOptions.SNDTIMEO, Await.LONG)
        .set(SocketOptions.LINGER, Await.LONG);
  }

  private void bind(String transport) {
    for (int i = 0; i < SOCKETS; i++) {
      pulls[i] = limited(SocketType.PULL);
      endpoints[i] = pulls[i].bind(Stressed.endpoint(transport));
    }
  }

  /** Sends {@code count} messages to one socket, over a new connection now and then. */
  private void startPeer(Crew crew, int sender, int count, int changes) {
    SplittableRandom random = crew.random();
    Pace pace = new Pace(random, 200);
    crew.start(
        "peer-" + sender,
        () -> {
          Socket push = limited(SocketType.PUSH);
          push.connect(endpoints[sender % SOCKETS]);
          for (int n = 0; n < count && !crew.hasFailed(); n++) {
            if (changes > 0 && random.nextInt(changes) == 0) {
              push.close();
              push = limited(SocketType.PUSH);
              push.connect(endpoints[sender % SOCKETS]);
            }
            push.send(Ledger.message(sender, n));
            pace.pause();
          }
          push.close();
        });
  }

  private static void take(Socket pull, int most, Ledger.Reader reader) {
    byte[] message;
    for (int i = 0; i < most && (message = pull.tryRecv()) != null; i++) {
      reader.enter(message);
    }
  }

  /** Waits, looks, waits for room that never comes; takes sockets out and in again. */
  private void startPoller(Crew crew, String name, Ledger ledger) {
    SplittableRandom random = crew.random();
    Pace pace = new Pace(random, 200);
    Ledger.Reader reader = ledger.readerOfAnyOrder();
    crew.start(
        name,
        () -> {
          while (!ledger.isComplete() && !crew.hasFailed()) {
            try (Poller poller = context.poller()) {
              pollForAWhile(crew, poller, ledger, reader, random, pace);
            }
          }
        });
  }

  private void pollForAWhile(
      Crew crew,
      Poller poller,
      Ledger ledger,
      Ledger.Reader reader,
      SplittableRandom random,
      Pace pace) {
    for (Socket pull : pulls) {
      poller.register(pull, Poller.IN);
    }
    for (int i = 0; i < 5_000 && !ledger.isComplete() && !crew.hasFailed(); i++) {
      Socket chosen = pulls[random.nextInt(SOCKETS)];
      switch (random.nextInt(100)) {
        case 0 -> poller.register(chosen, 0);
        case 1 -> poller.register(chosen, Poller.OUT);
        case 2 -> poller.unregister(chosen);
        case 3, 4, 5, 6, 7, 8, 9 -> poller.register(chosen, Poller.IN);
        case 10 -> poller.wakeup();
        default -> {}
      }
      poller.poll(Duration.ofMillis(random.nextInt(4) == 0 ? 0 : random.nextInt(5)));
      for (Socket pull : pulls) {
        if (poller.isReadable(pull)) {
          take(pull, 1 + random.nextInt(random.nextBoolean() ? 1 : 30), reader);
        }
      }
      pace.pause();
    }
  }

  private void startReceiver(Crew crew, Socket pull, Ledger ledger) {
    SplittableRandom random = crew.random();
    Ledger.Reader reader = ledger.readerOfAnyOrder();
    crew.startMixed(
        "receiver",
        () -> {
          while (!ledger.isComplete() && !crew.hasFailed()) {
            byte[] message = pull.recv(Duration.ofMillis(random.nextInt(10)));
            if (message != null) {
              reader.enter(message);
            }
          }
        });
  }

  /** One thread that waits without limit: a lost wake-up hangs it. */
  @ParameterizedTest
  @ValueSource(strings = {"tcp", "ipc"})
  void onePollerWaitsForPeersThatComeAndGo(String transport) {
    long before = Stressed.descriptors();
    int count = Stressed.times(1_500);
    int senders = 2 * SOCKETS;
    Crew crew = new Crew("onePollerWaitsForPeersThatComeAndGo " + transport);
    Ledger ledger = new Ledger(senders, count);
    bind(transport);
    for (int s = 0; s < senders; s++) {
      startPeer(crew, s, count, s % 2 == 0 ? 50 : 0);
    }
    SplittableRandom random = crew.random();
    crew.start(
        "poller",
        () -> {
          Ledger.Reader reader = ledger.readerOfAnyOrder();
          try (Poller poller = context.poller()) {
            for (Socket pull : pulls) {
              poller.register(pull, Poller.IN);
            }
            while (!ledger.isComplete() && !crew.hasFailed()) {
              poller.poll();
              for (Socket pull : pulls) {
                if (poller.isReadable(pull)) {
                  take(pull, 1 + random.nextInt(20), reader);
                }
              }
            }
          }
        });
    crew.await();
    ledger.assertComplete();
    Stressed.awaitDescriptors(before + 3L * (SOCKETS + 2)); // the sockets' own, and I/O threads
    Stressed.close(context, pulls);
  }

  @ParameterizedTest
  @ValueSource(strings = {"tcp", "ipc"})
  void pollersAndReceiversShareTheirSockets(String transport) {
    int count = Stressed.times(1_500);
    int senders = 2 * SOCKETS;
    Crew crew = new Crew("pollersAndReceiversShareTheirSockets " + transport);
    Ledger ledger = new Ledger(senders, count);
    bind(transport);
    for (int s = 0; s < senders; s++) {
      startPeer(crew, s, count, s % 2 == 0 ? 100 : 0);
    }
    startPoller(crew, "poller-1", ledger);
    startPoller(crew, "poller-2", ledger);
    startReceiver(crew, pulls[0], ledger);
    startReceiver(crew, pulls[0], ledger);
    startReceiver(crew, pulls[1], ledger);
    crew.await();
    ledger.assertComplete();
    Stressed.close(context, pulls);
  }

  /** In lock-step nothing else comes that could make up for a wake-up that is lost. */
  @ParameterizedTest
  @ValueSource(strings = {"tcp", "ipc"})
  void answersInLockStepWithSecondThreads(String transport) {
    int count = Stressed.times(3_000);
    Crew crew = new Crew("answersInLockStepWithSecondThreads " + transport);
    Socket[] routers = new Socket[SOCKETS];
    Socket[] dealers = new Socket[SOCKETS];
    AtomicInteger done = new AtomicInteger();
    for (int i = 0; i < SOCKETS; i++) {
      routers[i] = limited(SocketType.DEALER);
      dealers[i] = limited(SocketType.DEALER).set(SocketOptions.RCVTIMEO, Await.LONG);
      dealers[i].connect(routers[i].bind(Stressed.endpoint(transport)));
      Socket dealer = dealers[i];
      Pace pace = new Pace(crew.random(), 300);
      crew.start(
          "asks-" + i,
          () -> {
            for (int n = 0; n < count && !crew.hasFailed(); n++) {
              byte[] question = Ledger.message(0, n);
              dealer.send(question);
              byte[] answer = dealer.recv();
              if (!java.util.Arrays.equals(question, answer)) {
                throw new AssertionError("no or another answer to " + n);
              }
              pace.pause();
            }
            done.incrementAndGet();
          });
    }
    Poller poller = context.poller();
    crew.start(
        "answers",
        () -> {
          for (Socket router : routers) {
            poller.register(router, Poller.IN);
          }
          while (done.get() < SOCKETS && !crew.hasFailed()) {
            poller.poll(Duration.ofMillis(200));
            for (Socket router : routers) {
              answer(router, poller.isReadable(router) ? router.tryRecv() : null);
            }
          }
        });
    crew.startMixed(
        "answers, too",
        () -> {
          while (done.get() < SOCKETS && !crew.hasFailed()) {
            answer(routers[0], routers[0].recv(Duration.ofMillis(20)));
          }
        });
    crew.await();
    poller.close();
    Stressed.close(context, dealers[0], dealers[1], dealers[2], routers[0], routers[1], routers[2]);
  }

  private static void answer(Socket router, byte[] question) {
    if (question != null) {
      router.send(question);
    }
  }
}
