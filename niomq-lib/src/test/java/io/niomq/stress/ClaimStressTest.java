package io.niomq.stress;

import io.niomq.Context;
import io.niomq.Message;
import io.niomq.Poller;
import io.niomq.Socket;
import io.niomq.SocketOptions;
import io.niomq.SocketType;
import io.niomq.ZmqInterruptedException;
import io.niomq.testing.Await;
import io.niomq.testing.NoLeaks;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Callers claim their sockets and read by themselves; the I/O thread takes the sockets back when
 * they stay away. Under all kinds of waiting, looking, computing and interrupting, each message
 * arrives once, whole and in order.
 */
@ExtendWith(NoLeaks.class)
class ClaimStressTest {
  private static final Duration SHORT = Duration.ofMillis(2);

  /** One receiver that waits, waits for a moment, looks, or polls, and computes in between. */
  @ParameterizedTest
  @ValueSource(strings = {"tcp", "ipc", "inproc"})
  void oneReceiverOfManyHabits(String transport) {
    int count = Stressed.times(20_000);
    Crew crew = new Crew("oneReceiverOfManyHabits " + transport);
    Ledger ledger = new Ledger(1, count);
    Context context = Context.create();
    Socket push = limited(context, SocketType.PUSH);
    Socket pull = limited(context, SocketType.PULL);
    push.connect(pull.bind(Stressed.endpoint(transport)));
    startSender(crew, push, 0, count);
    SplittableRandom random = crew.random();
    crew.start(
        "receiver",
        () -> {
          try (Poller poller = context.poller().register(pull, Poller.IN)) {
            Pace pace = new Pace(random, 100);
            Ledger.Reader reader = ledger.reader();
            while (!ledger.isComplete() && !crew.hasFailed()) {
              receive(pull, poller, random, reader);
              pace.pause();
            }
          }
        });
    crew.await();
    ledger.assertComplete();
    Stressed.close(context, push, pull);
  }

  /** Several receivers in one socket, several senders in one socket; virtual threads among them. */
  @ParameterizedTest
  @ValueSource(strings = {"tcp", "ipc", "inproc"})
  void manyThreadsInEachSocket(String transport) {
    int senders = 2;
    int receivers = 4;
    int perSender = Stressed.times(10_000);
    Crew crew = new Crew("manyThreadsInEachSocket " + transport);
    Ledger ledger = new Ledger(senders, perSender);
    Context context = Context.create();
    Socket push = limited(context, SocketType.PUSH);
    Socket pull = limited(context, SocketType.PULL);
    push.connect(pull.bind(Stressed.endpoint(transport)));
    for (int s = 0; s < senders; s++) {
      startSender(crew, push, s, perSender);
    }
    for (int r = 0; r < receivers; r++) {
      SplittableRandom random = crew.random();
      crew.startMixed(
          "receiver-" + r,
          () -> {
            try (Poller poller = context.poller().register(pull, Poller.IN)) {
              Pace pace = new Pace(random, 200);
              Ledger.Reader reader = ledger.reader();
              while (!ledger.isComplete() && !crew.hasFailed()) {
                receiveForAMoment(pull, poller, random, reader);
                pace.pause();
              }
            }
          });
    }
    crew.await();
    ledger.assertComplete();
    Stressed.close(context, push, pull);
  }

  /**
   * Several sockets over one socket each, all served by one I/O thread, received by one thread
   * each.
   */
  @ParameterizedTest
  @ValueSource(strings = {"tcp", "ipc", "inproc"})
  void manySocketsOfOneContext(String transport) {
    int pairs = 4;
    int count = Stressed.times(8_000);
    Crew crew = new Crew("manySocketsOfOneContext " + transport);
    Ledger ledger = new Ledger(pairs, count);
    Context context = Context.create();
    Socket[] sockets = new Socket[2 * pairs];
    for (int p = 0; p < pairs; p++) {
      Socket push = sockets[2 * p] = limited(context, SocketType.PUSH);
      Socket pull = sockets[2 * p + 1] = limited(context, SocketType.PULL);
      push.connect(pull.bind(Stressed.endpoint(transport)));
      startSender(crew, push, p, count);
      SplittableRandom random = crew.random();
      crew.startMixed(
          "receiver-" + p,
          () -> {
            try (Poller poller = context.poller().register(pull, Poller.IN)) {
              Pace pace = new Pace(random, 300);
              Ledger.Reader reader = ledger.reader();
              for (int n = 0; n < count && !crew.hasFailed(); ) {
                n += receive(pull, poller, random, reader) ? 1 : 0;
                pace.pause();
              }
            }
          });
    }
    crew.await();
    ledger.assertComplete();
    Stressed.close(context, sockets);
  }

  /** Interrupts hit senders and receivers in and between their calls; only the call ends. */
  @ParameterizedTest
  @ValueSource(strings = {"tcp", "ipc", "inproc"})
  void interruptsCostNothing(String transport) {
    int count = Stressed.times(12_000);
    Crew crew = new Crew("interruptsCostNothing " + transport);
    Ledger ledger = new Ledger(1, count);
    Context context = Context.create();
    Socket push = limited(context, SocketType.PUSH).set(SocketOptions.SNDHWM, 20);
    Socket pull = limited(context, SocketType.PULL).set(SocketOptions.RCVHWM, 20);
    push.connect(pull.bind(Stressed.endpoint(transport)));
    AtomicBoolean over = new AtomicBoolean();
    AtomicInteger interrupted = new AtomicInteger();
    SplittableRandom senderRandom = crew.random();
    Thread sender =
        crew.start(
            "sender",
            () -> {
              Pace pace = new Pace(senderRandom, 500);
              for (int n = 0; n < count; ) {
                try {
                  push.send(Ledger.message(0, n));
                  n++;
                } catch (ZmqInterruptedException e) {
                  noteInterrupt(interrupted);
                }
                pace.pause();
              }
              Thread.interrupted();
            });
    SplittableRandom receiverRandom = crew.random();
    Thread receiver =
        crew.start(
            "receiver",
            () -> {
              try (Poller poller = context.poller().register(pull, Poller.IN)) {
                Pace pace = new Pace(receiverRandom, 300);
                Ledger.Reader reader = ledger.reader();
                while (!ledger.isComplete()) {
                  try {
                    receive(pull, poller, receiverRandom, reader);
                  } catch (ZmqInterruptedException e) {
                    noteInterrupt(interrupted);
                  }
                  pace.pause();
                }
              } finally {
                over.set(true);
              }
              Thread.interrupted();
            });
    SplittableRandom random = crew.random();
    crew.start(
        "interrupter",
        () -> {
          while (!over.get() && !crew.hasFailed()) {
            (random.nextBoolean() ? sender : receiver).interrupt();
            LockSupport.parkNanos(random.nextInt(500_000) + 1);
          }
        });
    crew.await();
    ledger.assertComplete();
    System.out.println("  calls interrupted: " + interrupted);
    Stressed.close(context, push, pull);
  }

  /**
   * Message by message: of several receivers one has it, however often the one that was woken for
   * it is interrupted. Nothing else comes that would wake the others.
   */
  @ParameterizedTest
  @ValueSource(strings = {"tcp", "ipc", "inproc"})
  void interruptsAmongManyReceivers(String transport) {
    int receivers = 3;
    int count = Stressed.times(3_000);
    Crew crew = new Crew("interruptsAmongManyReceivers " + transport);
    Ledger ledger = new Ledger(1, count);
    Context context = Context.create();
    Socket push = limited(context, SocketType.PUSH);
    Socket pull = limited(context, SocketType.PULL);
    push.connect(pull.bind(Stressed.endpoint(transport)));
    AtomicInteger interrupted = new AtomicInteger();
    Semaphore received = new Semaphore(1);
    crew.start(
        "sender",
        () -> {
          for (int n = 0; n < count; n++) {
            acquire(received);
            push.send(Ledger.message(0, n));
          }
        });
    Thread[] threads = new Thread[receivers];
    for (int r = 0; r < receivers; r++) {
      threads[r] =
          crew.startMixed(
              "receiver-" + r,
              () -> {
                Ledger.Reader reader = ledger.reader();
                while (!ledger.isComplete() && !crew.hasFailed()) {
                  try {
                    reader.enter(pull.recv());
                    received.release();
                  } catch (ZmqInterruptedException e) {
                    noteInterrupt(interrupted);
                    stayAway(ledger, crew);
                  }
                }
              });
    }
    SplittableRandom random = crew.random();
    crew.start(
        "interrupter",
        () -> {
          while (!ledger.isComplete() && !crew.hasFailed()) {
            threads[random.nextInt(receivers - 1)].interrupt(); // one is always there
            LockSupport.parkNanos(random.nextInt(300_000) + 1);
          }
          for (Thread t : threads) {
            while (t.isAlive() && !crew.hasFailed()) {
              t.interrupt();
              LockSupport.parkNanos(1_000_000);
            }
          }
        });
    crew.await();
    ledger.assertComplete();
    Stressed.close(context, push, pull);
  }

  /** Leaves the next message to others. */
  private static void stayAway(Ledger ledger, Crew crew) {
    int before = ledger.total();
    while (ledger.total() == before && !ledger.isComplete() && !crew.hasFailed()) {
      Thread.yield();
    }
  }

  private static void noteInterrupt(AtomicInteger interrupted) {
    if (!Thread.interrupted()) {
      throw new AssertionError("the interrupt flag is not set");
    }
    interrupted.incrementAndGet();
  }

  /** Questions and answers: the claim of a socket that sends and receives in turn, at all paces. */
  @ParameterizedTest
  @ValueSource(strings = {"tcp", "ipc", "inproc"})
  void questionsAndAnswers(String transport) {
    int clients = 3;
    int rounds = Stressed.times(3_000);
    Crew crew = new Crew("questionsAndAnswers " + transport);
    Context context = Context.create();
    Socket router = limited(context, SocketType.ROUTER);
    String endpoint = router.bind(Stressed.endpoint(transport));
    Socket[] sockets = new Socket[clients + 1];
    sockets[clients] = router;
    for (int c = 0; c < clients; c++) {
      Socket client =
          sockets[c] = limited(context, c % 2 == 0 ? SocketType.REQ : SocketType.DEALER);
      boolean isReq = c % 2 == 0;
      client.connect(endpoint);
      int number = c;
      SplittableRandom random = crew.random();
      crew.startMixed(
          "client-" + c,
          () -> {
            Pace pace = new Pace(random, 300);
            for (int n = 0; n < rounds; n++) {
              Message question = Message.of(number + " asks " + n);
              client.send(isReq ? question : question.addFirst(""));
              pace.pause();
              Message answer = client.recvMessage();
              String text = answer.string(answer.frameCount() - 1);
              if (!text.equals(number + " asks " + n)) {
                throw new AssertionError("question " + n + " of " + number + ", answer " + text);
              }
              pace.pause();
            }
          });
    }
    SplittableRandom random = crew.random();
    crew.start(
        "server",
        () -> {
          Pace pace = new Pace(random, 500);
          for (int n = 0; n < clients * rounds; n++) {
            router.send(router.recvMessage());
            pace.pause();
          }
        });
    crew.await();
    Stressed.close(context, sockets);
  }

  /**
   * A caller claims its socket with a short or a long wait and then stays away; the I/O thread
   * reads in its place, or else the sender could not go on.
   */
  @ParameterizedTest
  @ValueSource(strings = {"tcp", "ipc"})
  void readsInPlaceOfACallerThatStaysAway(String transport) {
    int rounds = Stressed.times(40);
    int perRound = 150; // more than fits between the two queues
    Crew crew = new Crew("readsInPlaceOfACallerThatStaysAway " + transport);
    Context context = Context.create();
    Socket push =
        limited(context, SocketType.PUSH)
            .set(SocketOptions.SNDHWM, 2)
            .set(SocketOptions.SNDBUF, 8192);
    Socket pull =
        limited(context, SocketType.PULL)
            .set(SocketOptions.RCVHWM, 10 * perRound)
            .set(SocketOptions.RCVBUF, 8192);
    push.connect(pull.bind(Stressed.endpoint(transport)));
    Semaphore waits = new Semaphore(0);
    Semaphore sent = new Semaphore(0);
    SplittableRandom senderRandom = crew.random();
    crew.start(
        "sender",
        () -> {
          byte[] body = new byte[30_000];
          for (int i = 0; i < rounds; i++) {
            acquire(waits);
            long most = isLongWait(i) ? 150_000_000 : 3_000_000;
            LockSupport.parkNanos(most / 2 + senderRandom.nextLong(most / 2));
            push.send("wake up");
            for (int n = 0; n < perRound; n++) {
              push.send(body);
            }
            sent.release();
          }
        });
    SplittableRandom random = crew.random();
    crew.start(
        "receiver",
        () -> {
          try (Poller poller = context.poller().register(pull, Poller.IN)) {
            for (int i = 0; i < rounds; i++) {
              waits.release();
              int taken = isLongWait(i) ? recv(pull) : claim(pull, poller, random);
              acquire(sent); // away all the time
              for (; taken < perRound + 1; taken++) {
                pull.recv();
              }
            }
          }
        });
    crew.await();
    Stressed.close(context, push, pull);
  }

  /** So long that the I/O thread stops looking after the claim, until the caller returns. */
  private static boolean isLongWait(int round) {
    return round % 5 == 0;
  }

  private static int recv(Socket pull) {
    return pull.recv().length > 0 ? 1 : 0;
  }

  /** One of the ways to leave a claim behind; returns how many messages it took. */
  private static int claim(Socket pull, Poller poller, SplittableRandom random) {
    return switch (random.nextInt(5)) {
      case 0 -> pull.recv(Duration.ofMillis(random.nextInt(5))) == null ? 0 : 1;
      case 1 -> pull.tryRecv() == null ? 0 : 1;
      case 2 -> poller.poll(Await.LONG) == 0 || pull.tryRecv() == null ? 0 : 1;
      case 3 -> interruptedRecv(pull);
      default -> recv(pull);
    };
  }

  private static int interruptedRecv(Socket pull) {
    Thread.currentThread().interrupt();
    try {
      return recv(pull);
    } catch (ZmqInterruptedException e) {
      return 0;
    } finally {
      Thread.interrupted();
    }
  }

  private static void acquire(Semaphore semaphore) throws InterruptedException {
    if (!semaphore.tryAcquire(Await.LONG.toSeconds(), TimeUnit.SECONDS)) {
      throw new AssertionError("the other side does not get on");
    }
  }

  private static Socket limited(Context context, SocketType type) {
    return context
        .socket(type)
        .set(SocketOptions.RCVTIMEO, Await.LONG)
        .set(SocketOptions.SNDTIMEO, Await.LONG);
  }

  private static void startSender(Crew crew, Socket push, int sender, int count) {
    SplittableRandom random = crew.random();
    crew.startMixed(
        "sender-" + sender,
        () -> {
          Pace pace = new Pace(random, 400);
          for (int n = 0; n < count && !crew.hasFailed(); n++) {
            push.send(Ledger.message(sender, n));
            pace.pause();
          }
        });
  }

  /** One attempt of one of the kinds there are; true when a message came. */
  private static boolean receive(
      Socket pull, Poller poller, SplittableRandom random, Ledger.Reader reader) {
    byte[] message =
        switch (random.nextInt(6)) {
          case 0 -> pull.tryRecv();
          case 1 -> pull.recv(SHORT);
          case 2 -> poller.poll(SHORT) == 0 ? null : pull.tryRecv();
          case 3 -> poller.poll(Await.LONG) == 0 ? null : pull.tryRecv();
          case 4 -> recvMessage(pull);
          default -> pull.recv();
        };
    if (message != null) {
      reader.enter(message);
    }
    return message != null;
  }

  private static byte[] recvMessage(Socket pull) {
    try (Message message = pull.recvMessage()) {
      return message.bytes(0);
    }
  }

  /** As {@link #receive}, for one receiver of many: the others may take the last message. */
  private static void receiveForAMoment(
      Socket pull, Poller poller, SplittableRandom random, Ledger.Reader reader) {
    byte[] message =
        switch (random.nextInt(4)) {
          case 0 -> pull.tryRecv();
          case 1 -> poller.poll(SHORT) == 0 ? null : pull.tryRecv();
          default -> pull.recv(Duration.ofMillis(random.nextInt(20)));
        };
    if (message != null) {
      reader.enter(message);
    }
  }
}
