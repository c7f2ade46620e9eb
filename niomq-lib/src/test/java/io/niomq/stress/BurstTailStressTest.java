package io.niomq.stress;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.niomq.Context;
import io.niomq.Poller;
import io.niomq.Socket;
import io.niomq.SocketOptions;
import io.niomq.SocketType;
import io.niomq.testing.Await;
import io.niomq.testing.NoLeaks;
import java.util.SplittableRandom;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A burst and then silence: the last message arrives although the sender never calls again. */
@ExtendWith(NoLeaks.class)
class BurstTailStressTest {
  private static final int ROUNDS = Stressed.times(400);

  /** How the receiver waits for the burst. */
  private enum Habit {
    RECV,
    POLL,
    LOOK
  }

  @ParameterizedTest
  @ValueSource(strings = {"tcp", "ipc", "inproc"})
  void receiverWaits(String transport) {
    bursts(transport, Habit.RECV, 0);
  }

  @ParameterizedTest
  @ValueSource(strings = {"tcp", "ipc", "inproc"})
  void receiverPolls(String transport) {
    bursts(transport, Habit.POLL, 0);
  }

  @ParameterizedTest
  @ValueSource(strings = {"tcp", "ipc", "inproc"})
  void receiverLooks(String transport) {
    bursts(transport, Habit.LOOK, 0);
  }

  /** Single messages at about the time when the I/O thread takes the receiver's channel back. */
  @ParameterizedTest
  @ValueSource(strings = {"tcp", "ipc", "inproc"})
  void oneMessageAtTheTakeBack(String transport) {
    int count = Stressed.times(1_500);
    Crew crew = new Crew("oneMessageAtTheTakeBack " + transport);
    Context context = Context.create();
    Socket push = context.socket(SocketType.PUSH).set(SocketOptions.SNDTIMEO, Await.LONG);
    Socket pull = context.socket(SocketType.PULL).set(SocketOptions.RCVTIMEO, Await.LONG);
    push.connect(pull.bind(Stressed.endpoint(transport)));
    Semaphore goOn = new Semaphore(1);
    SplittableRandom senderRandom = crew.random();
    crew.start(
        "sender",
        () -> {
          for (int n = 0; n < count; n++) {
            acquire(goOn);
            Pace.compute(senderRandom.nextLong(2_500_000));
            push.send(String.valueOf(n));
          }
        });
    SplittableRandom random = crew.random();
    crew.start(
        "receiver",
        () -> {
          try (Poller poller = context.poller().register(pull, Poller.IN)) {
            for (int n = 0; n < count; n++) {
              goOn.release(n == 0 ? 0 : 1);
              Pace.compute(random.nextLong(2_500_000));
              Habit habit = random.nextInt(4) == 0 ? Habit.POLL : Habit.RECV;
              byte[] body = receive(pull, poller, habit);
              if (body == null || !String.valueOf(n).equals(new String(body, UTF_8))) {
                throw new AssertionError("message " + n + " did not come");
              }
            }
          }
        });
    crew.await();
    Stressed.close(context, push, pull);
  }

  /**
   * The caller comes back at the very moment when the I/O thread, which has taken the channel back,
   * reads the only message.
   */
  @ParameterizedTest
  @ValueSource(strings = {"tcp", "ipc", "inproc"})
  void callerComesAsTheMessageIsRead(String transport) {
    int count = Stressed.times(1_000);
    Crew crew = new Crew("callerComesAsTheMessageIsRead " + transport);
    Context context = Context.create();
    Socket push = context.socket(SocketType.PUSH).set(SocketOptions.SNDTIMEO, Await.LONG);
    Socket pull = context.socket(SocketType.PULL).set(SocketOptions.RCVTIMEO, Await.LONG);
    push.connect(pull.bind(Stressed.endpoint(transport)));
    SplittableRandom random = crew.random();
    crew.start(
        "caller",
        () -> {
          try (Poller poller = context.poller().register(pull, Poller.IN)) {
            for (int n = 0; n < count; n++) {
              Pace.compute(1_500_000 + random.nextLong(1_500_000));
              push.send(String.valueOf(n));
              Pace.compute(random.nextLong(60_000));
              Habit habit = random.nextInt(4) == 0 ? Habit.POLL : Habit.RECV;
              byte[] body = receive(pull, poller, habit);
              if (body == null || !String.valueOf(n).equals(new String(body, UTF_8))) {
                throw new AssertionError("message " + n + " did not come");
              }
            }
          }
        });
    crew.await();
    Stressed.close(context, push, pull);
  }

  /**
   * Bursts of the same length follow one another until nobody is called to them any more; then
   * comes one that is shorter or longer, and silence, or at once the next.
   */
  @ParameterizedTest
  @ValueSource(strings = {"tcp", "ipc"})
  void oneBurstIsNotAsLongAsThoseBefore(String transport) {
    int rounds = Stressed.times(300);
    Crew crew = new Crew("oneBurstIsNotAsLongAsThoseBefore " + transport);
    Context context = Context.create();
    Context receiving = Context.create(); // whose channels are no business of the sender's thread
    Socket push = context.socket(SocketType.PUSH).set(SocketOptions.SNDTIMEO, Await.LONG);
    Socket pull = receiving.socket(SocketType.PULL).set(SocketOptions.RCVTIMEO, Await.LONG);
    push.connect(pull.bind(Stressed.endpoint(transport)));
    Semaphore goOn = new Semaphore(1);
    SplittableRandom random = crew.random();
    crew.start(
        "sender",
        () -> {
          for (int round = 0; round < rounds; round++) {
            acquire(goOn);
            int alike = 2 + random.nextInt(20);
            for (int burst = 0; burst < 15 + random.nextInt(10); burst++) {
              send(push, alike, "");
              LockSupport.parkNanos(50_000 + random.nextLong(100_000));
            }
            int odd = 1 + random.nextInt(alike + 3);
            if (random.nextBoolean()) {
              send(push, odd, "");
              odd = 1 + random.nextInt(alike);
            }
            send(push, odd - 1, "");
            push.send("last");
          }
        });
    crew.start(
        "receiver",
        () -> {
          for (int round = 0; round < rounds; ) {
            byte[] body = pull.recv();
            if (body == null) {
              throw new AssertionError("the end of round " + round + " did not come");
            }
            if (body.length > 0) {
              round++;
              goOn.release();
            }
          }
        });
    crew.await();
    Stressed.close(receiving, pull);
    Stressed.close(context, push);
  }

  private static void send(Socket push, int messages, String body) {
    for (int i = 0; i < messages; i++) {
      push.send(body);
    }
  }

  private static void acquire(Semaphore semaphore) throws InterruptedException {
    if (!semaphore.tryAcquire(Await.LONG.toSeconds(), TimeUnit.SECONDS)) {
      throw new AssertionError("the receiver has not got the last message");
    }
  }

  /** Bodies that are held by reference fill the channel, so that it has to be waited for. */
  @ParameterizedTest
  @ValueSource(strings = {"tcp", "ipc", "inproc"})
  void channelFillsUp(String transport) {
    bursts(transport, Habit.RECV, 200_000);
  }

  private static void bursts(String transport, Habit habit, int size) {
    Crew crew = new Crew(habit + " " + transport + " " + size);
    Context context = Context.create();
    Socket push = context.socket(SocketType.PUSH).set(SocketOptions.SNDTIMEO, Await.LONG);
    Socket pull = context.socket(SocketType.PULL).set(SocketOptions.RCVTIMEO, Await.LONG);
    push.connect(pull.bind(Stressed.endpoint(transport)));
    SplittableRandom sizes = crew.random();
    int rounds = size == 0 ? ROUNDS : ROUNDS / 10;
    int[] bursts = sizes.ints(rounds, 0, 4).map(k -> burst(k, sizes)).toArray();
    if (size > 0) {
      for (int i = 0; i < rounds; i++) {
        bursts[i] = Math.min(bursts[i], 30);
      }
    }
    Semaphore goOn = new Semaphore(1);
    SplittableRandom senderRandom = crew.random();
    crew.startMixed(
        "sender",
        () -> {
          Pace pace = new Pace(senderRandom, 20);
          byte[] body = new byte[8 + size];
          for (int burst : bursts) {
            acquire(goOn);
            pace.pause();
            for (int n = 0; n < burst; n++) {
              body[0] = (byte) n;
              push.send(body);
            }
          }
        });
    SplittableRandom receiverRandom = crew.random();
    crew.start(
        "receiver",
        () -> {
          Pace pace = new Pace(receiverRandom, 20);
          try (Poller poller = context.poller().register(pull, Poller.IN)) {
            for (int burst : bursts) {
              for (int n = 0; n < burst; n++) {
                byte[] body = receive(pull, poller, habit);
                if (body == null || body[0] != (byte) n) {
                  throw new AssertionError("message " + n + " of " + burst + " did not come");
                }
              }
              pace.pause();
              goOn.release();
            }
          }
        });
    crew.await();
    Stressed.close(context, push, pull);
  }

  private static int burst(int kind, SplittableRandom random) {
    return switch (kind) {
      case 0 -> 1;
      case 1 -> 2 + random.nextInt(10);
      case 2 -> 10 + random.nextInt(100);
      default -> 100 + random.nextInt(1900);
    };
  }

  private static byte[] receive(Socket pull, Poller poller, Habit habit) {
    return switch (habit) {
      case RECV -> pull.recv();
      case POLL -> poller.poll(Await.LONG) == 0 ? null : pull.tryRecv();
      case LOOK -> Await.value("a message", () -> lookHard(pull));
    };
  }

  private static byte[] lookHard(Socket pull) {
    for (int i = 0; i < 2000; i++) {
      byte[] body = pull.tryRecv();
      if (body != null) {
        return body;
      }
    }
    return null;
  }
}
