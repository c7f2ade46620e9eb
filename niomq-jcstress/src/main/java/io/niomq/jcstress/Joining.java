package io.niomq.jcstress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.niomq.Context;
import io.niomq.Socket;
import io.niomq.SocketOptions;
import io.niomq.SocketType;
import io.niomq.ZmqClosedException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;
import org.openjdk.jcstress.infra.results.Z_Result;

/**
 * Two sockets meet at an inproc name, whoever comes first, and whatever else they do at that
 * moment.
 */
public final class Joining {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Context CONTEXT =
      Context.builder().ioThreads(0).maxSockets(1_000_000).build();
  private static final AtomicInteger NAMES = new AtomicInteger();

  private Joining() {}

  private static Socket socket(SocketType type) {
    return CONTEXT
        .socket(type)
        .set(SocketOptions.LINGER, Duration.ZERO)
        .set(SocketOptions.SNDHWM, 1)
        .set(SocketOptions.RCVHWM, 1);
  }

  private static String name() {
    return "inproc://joining-" + NAMES.getAndIncrement();
  }

  /**
   * Bind and connect at the same time; then both directions work, at their high-water marks, too.
   */
  @JCStressTest
  @Outcome(id = "true, true", expect = ACCEPTABLE, desc = "Joined.")
  @Outcome(expect = FORBIDDEN, desc = "Bound and connected, and yet not joined.")
  @State
  public static class BindAndConnect {
    private final String name = name();
    private final Socket binder = socket(SocketType.DEALER);
    private final Socket connector = socket(SocketType.DEALER);
    private final Meeting meeting = new Meeting();

    @Actor
    public void binds() {
      meeting.await();
      binder.bind(name);
    }

    @Actor
    public void connects() {
      meeting.await();
      connector.connect(name);
    }

    @Arbiter
    public void judge(ZZ_Result r) {
      r.r1 = goThrough(connector, binder);
      r.r2 = goThrough(binder, connector);
      binder.close();
      connector.close();
    }

    private static boolean goThrough(Socket from, Socket to) {
      return from.send("1", Duration.ZERO)
          && from.send("2", Duration.ZERO)
          && "1".equals(to.recvString(Duration.ZERO))
          && "2".equals(to.recvString(Duration.ZERO));
    }
  }

  /** The connector sends more than its own queue takes; the binder waits for it. */
  @JCStressTest
  @Outcome(id = "true, true", expect = ACCEPTABLE, desc = "Joined, and nobody sleeps.")
  @Outcome(expect = FORBIDDEN, desc = "Somebody sleeps.")
  @State
  public static class BindAndSend {
    private final String name = name();
    private final Socket binder = socket(SocketType.PULL);
    private final Socket connector = socket(SocketType.PUSH);
    private final Meeting meeting = new Meeting();

    @Actor
    public void binds(ZZ_Result r) {
      meeting.await();
      binder.bind(name);
      r.r1 = "1".equals(binder.recvString(PATIENCE)) && "2".equals(binder.recvString(PATIENCE));
    }

    @Actor
    public void connects(ZZ_Result r) {
      meeting.await();
      connector.connect(name);
      r.r2 = connector.send("1", PATIENCE) && connector.send("2", PATIENCE);
    }

    @Arbiter
    public void judge() {
      binder.close();
      connector.close();
    }
  }

  /** The bound socket is closed while the other one connects and sends. */
  @JCStressTest
  @Outcome(id = "true", expect = ACCEPTABLE, desc = "Both end; the name is free.")
  @Outcome(expect = FORBIDDEN, desc = "The name is taken still.")
  @State
  public static class CloseAndConnect {
    private final String name = name();
    private final Socket binder = socket(SocketType.PULL);
    private final Socket connector = socket(SocketType.PUSH);
    private final Meeting meeting = new Meeting();

    public CloseAndConnect() {
      binder.bind(name);
    }

    @Actor
    public void closes() {
      meeting.await();
      binder.close();
    }

    @Actor
    public void connects() {
      meeting.await();
      connector.connect(name);
      connector.trySend("1");
    }

    @Arbiter
    public void judge(Z_Result r) {
      try (Socket next = socket(SocketType.PULL)) {
        next.bind(name);
        r.r1 = true;
      }
      connector.close();
    }
  }

  /**
   * Both ends of a pipe with messages in both directions are closed at the same time; a receiver is
   * told.
   */
  @JCStressTest
  @Outcome(id = "true", expect = ACCEPTABLE, desc = "Both end, and nothing is left.")
  @Outcome(expect = FORBIDDEN, desc = "The receiver was not told.")
  @State
  public static class CloseAndRecv {
    private final Socket binder = socket(SocketType.PAIR);
    private final Socket connector = socket(SocketType.PAIR);
    private final Meeting meeting = new Meeting();

    public CloseAndRecv() {
      String name = name();
      binder.bind(name);
      connector.connect(name);
      connector.send("1");
    }

    @Actor
    public void closes() {
      meeting.await();
      connector.close();
      binder.close();
    }

    @Actor
    public void receives(Z_Result r) {
      meeting.await();
      try {
        while (binder.recv(PATIENCE) != null) {
          // until the socket is closed
        }
      } catch (ZmqClosedException e) {
        r.r1 = true;
      }
    }
  }
}
