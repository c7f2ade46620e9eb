package io.niomq.jcstress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.niomq.Context;
import io.niomq.Poller;
import io.niomq.Socket;
import io.niomq.SocketOptions;
import io.niomq.SocketType;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/**
 * Whole sockets: one thread sends and then does nothing more, another receives, each at its own
 * moment. Whatever was not woken on the way (the reader that looks once more, the I/O thread that
 * has claimed to look, the socket that a caller has claimed) must not have been needed: both calls
 * end, without anybody else's help. The sockets outlive the runs, so that claims, budgets and
 * guards are met in all their states.
 *
 * <p>First result: the sender went through; second: so did the receiver, with the right message.
 */
public final class SocketWakeups {
  /** Much longer than any wait that a later tick or guard would repair. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private SocketWakeups() {}

  /** Two sockets of a context, joined; the receiver's messages come one by one. */
  private static final class Pair {
    private final Context context;
    private final Socket sender;
    private final Socket receiver;
    private final Poller poller;
    private int sent;
    private volatile int received;

    /** Nobody waits any more once something went wrong. */
    private volatile boolean broken;

    Pair(String endpoint, int highWaterMark) {
      context = Context.create();
      sender = context.socket(SocketType.PUSH).set(SocketOptions.SNDHWM, highWaterMark);
      receiver = context.socket(SocketType.PULL).set(SocketOptions.RCVHWM, highWaterMark);
      sender.connect(receiver.bind(endpoint));
      poller = newPoller();
    }

    Poller newPoller() {
      return context.poller().register(receiver, Poller.IN);
    }

    /** Returns when everything was received: nothing that comes later shall help a sleeper. */
    boolean awaitReceiver() {
      long start = System.nanoTime();
      while (received != sent && !broken) {
        if (System.nanoTime() - start > 2 * PATIENCE.toNanos()) {
          broken = true;
        }
        Thread.onSpinWait();
      }
      return !broken;
    }

    boolean send() {
      broken |= !sender.send(String.valueOf(sent++), patience());
      return !broken;
    }

    boolean recv() {
      return isNext(receiver.recvString(patience()));
    }

    /** Looks without waiting, then waits. */
    boolean lookThenRecv() {
      for (int i = 0; i < 3; i++) {
        String message = receiver.tryRecvString();
        if (message != null) {
          return isNext(message);
        }
      }
      return recv();
    }

    boolean pollThenRecv() {
      return poller.poll(patience()) == 1 && isNext(receiver.tryRecvString());
    }

    private boolean isNext(String message) {
      broken |= !String.valueOf(received).equals(message);
      received = received + 1;
      return !broken;
    }

    Duration patience() {
      return broken ? Duration.ZERO : PATIENCE;
    }

    boolean isInTime(long start) {
      broken |= System.nanoTime() - start >= PATIENCE.toNanos();
      return !broken;
    }
  }

  /** Lets a quiet time, in which budgets are refilled and claims given up, pass now and then. */
  private static void pause() {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    long nanos = random.nextInt(4) == 0 ? random.nextInt(100_000) : random.nextInt(5_000);
    if (random.nextInt(500) == 0) {
      nanos = random.nextInt(3_000_000);
    }
    long start = System.nanoTime();
    while (System.nanoTime() - start < nanos) {
      Thread.onSpinWait();
    }
  }

  /** tcp: the receiver reads by itself, or the I/O thread does. */
  @JCStressTest
  @Outcome(id = "true, true", expect = ACCEPTABLE, desc = "Sent and received.")
  @Outcome(expect = FORBIDDEN, desc = "Somebody sleeps.")
  @State
  public static class Tcp {
    private static final Pair PAIR = new Pair("tcp://127.0.0.1:*", 1000);

    @Actor
    public void sender(ZZ_Result r) {
      boolean ready = PAIR.awaitReceiver();
      pause();
      r.r1 = ready && PAIR.send();
    }

    @Actor
    public void receiver(ZZ_Result r) {
      pause();
      r.r2 = PAIR.recv();
    }
  }

  /** tcp: looks without waiting keep the claim alive. */
  @JCStressTest
  @Outcome(id = "true, true", expect = ACCEPTABLE, desc = "Sent and received.")
  @Outcome(expect = FORBIDDEN, desc = "Somebody sleeps.")
  @State
  public static class TcpLooking {
    private static final Pair PAIR = new Pair("tcp://127.0.0.1:*", 1000);

    @Actor
    public void sender(ZZ_Result r) {
      boolean ready = PAIR.awaitReceiver();
      pause();
      r.r1 = ready && PAIR.send();
    }

    @Actor
    public void receiver(ZZ_Result r) {
      pause();
      r.r2 = PAIR.lookThenRecv();
    }
  }

  /** tcp with room for two on each side: sender and receiver wait for each other. */
  @JCStressTest
  @Outcome(id = "true, true", expect = ACCEPTABLE, desc = "Sent and received.")
  @Outcome(expect = FORBIDDEN, desc = "Somebody sleeps.")
  @State
  public static class TcpFull {
    private static final Pair PAIR = new Pair("tcp://127.0.0.1:*", 2);

    @Actor
    public void sender(ZZ_Result r) {
      boolean ready = PAIR.awaitReceiver();
      pause();
      r.r1 = ready && PAIR.send() && PAIR.send() && PAIR.send() && PAIR.send();
    }

    @Actor
    public void receiver(ZZ_Result r) {
      pause();
      r.r2 = PAIR.recv() && PAIR.recv() && PAIR.recv() && PAIR.recv();
    }
  }

  /** A poller waits, which reads nothing by itself, or by a claim of its own. */
  @JCStressTest
  @Outcome(id = "true, true", expect = ACCEPTABLE, desc = "Sent and received.")
  @Outcome(expect = FORBIDDEN, desc = "Somebody sleeps.")
  @State
  public static class TcpPoller {
    private static final Pair PAIR = new Pair("tcp://127.0.0.1:*", 1000);

    @Actor
    public void sender(ZZ_Result r) {
      boolean ready = PAIR.awaitReceiver();
      pause();
      r.r1 = ready && PAIR.send();
    }

    @Actor
    public void receiver(ZZ_Result r) {
      pause();
      r.r2 = PAIR.pollThenRecv();
    }
  }

  /** A poll and a receive in turn: the claim changes its kind each time. */
  @JCStressTest
  @Outcome(id = "true, true", expect = ACCEPTABLE, desc = "Sent and received.")
  @Outcome(expect = FORBIDDEN, desc = "Somebody sleeps.")
  @State
  public static class TcpPollerAndRecv {
    private static final Pair PAIR = new Pair("tcp://127.0.0.1:*", 1000);

    @Actor
    public void sender(ZZ_Result r) {
      boolean ready = PAIR.awaitReceiver();
      pause();
      r.r1 = ready && PAIR.send() && PAIR.send();
    }

    @Actor
    public void receiver(ZZ_Result r) {
      pause();
      r.r2 = PAIR.pollThenRecv() && PAIR.recv();
    }
  }

  /** inproc: the reader arms the sender's pipe and parks. */
  @JCStressTest
  @Outcome(id = "true, true", expect = ACCEPTABLE, desc = "Sent and received.")
  @Outcome(expect = FORBIDDEN, desc = "Somebody sleeps.")
  @State
  public static class Inproc {
    private static final Pair PAIR = new Pair("inproc://wakeups", 1000);

    @Actor
    public void sender(ZZ_Result r) {
      boolean ready = PAIR.awaitReceiver();
      pause();
      r.r1 = ready && PAIR.send();
    }

    @Actor
    public void receiver(ZZ_Result r) {
      pause();
      r.r2 = PAIR.recv();
    }
  }

  /** inproc with room for two messages: credit and messages cross. */
  @JCStressTest
  @Outcome(id = "true, true", expect = ACCEPTABLE, desc = "Sent and received.")
  @Outcome(expect = FORBIDDEN, desc = "Somebody sleeps.")
  @State
  public static class InprocFull {
    private static final Pair PAIR = new Pair("inproc://wakeups", 1);

    @Actor
    public void sender(ZZ_Result r) {
      boolean ready = PAIR.awaitReceiver();
      pause();
      r.r1 = ready && PAIR.send() && PAIR.send() && PAIR.send() && PAIR.send();
    }

    @Actor
    public void receiver(ZZ_Result r) {
      pause();
      r.r2 = PAIR.recv() && PAIR.recv() && PAIR.recv() && PAIR.recv();
    }
  }

  /** inproc and a poller. */
  @JCStressTest
  @Outcome(id = "true, true", expect = ACCEPTABLE, desc = "Sent and received.")
  @Outcome(expect = FORBIDDEN, desc = "Somebody sleeps.")
  @State
  public static class InprocPoller {
    private static final Pair PAIR = new Pair("inproc://wakeups", 1000);

    @Actor
    public void sender(ZZ_Result r) {
      boolean ready = PAIR.awaitReceiver();
      pause();
      r.r1 = ready && PAIR.send();
    }

    @Actor
    public void receiver(ZZ_Result r) {
      pause();
      r.r2 = PAIR.pollThenRecv();
    }
  }

  /** {@link Poller#wakeup} against a poll that looks, is about to sleep, or sleeps. */
  @JCStressTest
  @Outcome(id = "true, true", expect = ACCEPTABLE, desc = "The poll has ended.")
  @Outcome(expect = FORBIDDEN, desc = "The poll sleeps.")
  @State
  public static class PollerWakeup {
    private static final Pair PAIR = new Pair("inproc://wakeups", 1000);
    private final Poller poller = PAIR.newPoller();
    private final Meeting meeting = new Meeting();

    @Actor
    public void waker(ZZ_Result r) {
      meeting.await();
      poller.wakeup();
      r.r1 = true;
    }

    @Actor
    public void polls(ZZ_Result r) {
      meeting.await();
      long start = System.nanoTime();
      poller.poll(PAIR.patience());
      r.r2 = PAIR.isInTime(start);
    }
  }
}
