package io.niomq.stress;

import static org.assertj.core.api.Assertions.assertThat;

import io.niomq.Context;
import io.niomq.Socket;
import io.niomq.SocketOptions;
import io.niomq.SocketType;
import io.niomq.ZmqClosedException;
import io.niomq.ZmqEndpointException;
import io.niomq.testing.Await;
import io.niomq.testing.Endpoints;
import io.niomq.testing.NoLeaks;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Endpoints come and go under traffic. What a closed peer had not read is lost, but nothing comes
 * twice or in part, on each connection all is in order, and after each loss messages flow again by
 * themselves.
 */
@ExtendWith(NoLeaks.class)
class ReconnectStressTest {
  private static final int LOSSES = Stressed.times(40);
  private static final int MESSAGES_MAX = 5_000_000;

  /**
   * The bound socket takes its endpoint down and up again; its reader waits in the socket all the
   * time. What came before the loss is read in turn with what comes after it.
   */
  @ParameterizedTest
  @ValueSource(strings = {"tcp", "ipc"})
  void unbindAndBindAgain(String transport) {
    Crew crew = new Crew("unbindAndBindAgain " + transport);
    Ledger ledger = new Ledger(1, MESSAGES_MAX);
    Context context = Context.create();
    Socket push = fast(context.socket(SocketType.PUSH));
    Socket pull = fast(context.socket(SocketType.PULL));
    String endpoint = pull.bind(Stressed.endpoint(transport));
    push.connect(endpoint);
    AtomicBoolean over = new AtomicBoolean();
    AtomicInteger sent = startSender(crew, push, over);
    startReader(crew, pull, ledger.readerOfAnyOrder(), over, 0);
    SplittableRandom random = crew.random();
    crew.start(
        "binder",
        () -> {
          for (int i = 0; i < LOSSES; i++) {
            awaitTraffic(crew, ledger, random.nextInt(300));
            pull.unbind(endpoint);
            bindAgain(pull, endpoint);
          }
          awaitTraffic(crew, ledger, 100);
          over.set(true);
          pull.close();
        });
    crew.await();
    assertThat(ledger.total()).isLessThanOrEqualTo(sent.get());
    Stressed.close(context, push.set(SocketOptions.LINGER, Duration.ZERO));
  }

  /** The bound socket is closed under its reader, and another one takes its place. */
  @ParameterizedTest
  @ValueSource(strings = {"tcp", "ipc", "inproc"})
  void peerClosesAndComesBack(String transport) {
    Crew crew = new Crew("peerClosesAndComesBack " + transport);
    Ledger ledger = new Ledger(1, MESSAGES_MAX);
    Context context = Context.create();
    String endpoint = transport.equals("tcp") ? Endpoints.freeTcp() : Stressed.endpoint(transport);
    Socket push = fast(context.socket(SocketType.PUSH));
    AtomicBoolean over = new AtomicBoolean();
    AtomicInteger sent = startSender(crew, push, over);
    SplittableRandom random = crew.random();
    crew.start(
        "peers",
        () -> {
          for (int i = 0; i < LOSSES; i++) {
            Socket pull = fast(context.socket(SocketType.PULL));
            bindAgain(pull, endpoint);
            if (i == 0 || transport.equals("inproc")) {
              push.connect(endpoint);
            }
            AtomicBoolean closed = new AtomicBoolean();
            Thread reader = startReader(crew, pull, ledger.reader(), closed, i);
            awaitTraffic(crew, ledger, random.nextInt(300));
            closed.set(true);
            pull.close();
            reader.join();
          }
          over.set(true);
        });
    crew.await();
    assertThat(ledger.total()).isLessThanOrEqualTo(sent.get());
    Stressed.close(context, push.set(SocketOptions.LINGER, Duration.ZERO));
  }

  /** The connecting sockets come and go; those that stay get on undisturbed. */
  @ParameterizedTest
  @ValueSource(strings = {"tcp", "ipc", "inproc"})
  void sendersComeAndGo(String transport) {
    int visitors = Stressed.times(60);
    int perVisit = 40;
    Crew crew = new Crew("sendersComeAndGo " + transport);
    Ledger ledger = new Ledger(visitors + 1, perVisit * 10);
    Context context = Context.create();
    Socket pull = fast(context.socket(SocketType.PULL));
    String endpoint = pull.bind(Stressed.endpoint(transport));
    Socket resident = fast(context.socket(SocketType.PUSH));
    resident.connect(endpoint);
    crew.start("resident", () -> sendAll(resident, visitors, perVisit * 10, crew));
    SplittableRandom random = crew.random();
    crew.start(
        "visitors",
        () -> {
          Pace pace = new Pace(random, 20);
          for (int v = 0; v < visitors; v++) {
            try (Socket visitor = fast(context.socket(SocketType.PUSH))) {
              visitor.connect(endpoint);
              sendAll(visitor, v, perVisit, crew); // sent in the background after the close
            }
            pace.pause();
          }
        });
    int expected = visitors * perVisit + perVisit * 10;
    crew.start(
        "reader",
        () -> {
          Ledger.Reader reader = ledger.reader();
          for (int n = 0; n < expected; n++) {
            reader.enter(pull.recv());
          }
        });
    crew.await();
    assertThat(ledger.total()).isEqualTo(expected);
    Stressed.close(context, resident, pull);
  }

  /**
   * Subscribers come and go under a publisher that does not care; each sees the messages in order.
   */
  @Test
  void subscribersComeAndGo() {
    int subscribers = Stressed.times(60);
    Crew crew = new Crew("subscribersComeAndGo");
    Context context = Context.create();
    Socket pub = context.socket(SocketType.PUB).set(SocketOptions.SNDHWM, 100_000);
    String[] endpoints = {
      pub.bind(Stressed.endpoint("tcp")),
      pub.bind(Stressed.endpoint("ipc")),
      pub.bind(Stressed.endpoint("inproc"))
    };
    AtomicBoolean over = new AtomicBoolean();
    SplittableRandom random = crew.random();
    crew.start(
        "publisher",
        () -> {
          Pace pace = new Pace(random, 50);
          for (int n = 0; !over.get() && !crew.hasFailed(); n++) {
            pub.send((n % 2 == 0 ? "even " : "odd ") + n);
            pace.pause();
          }
        });
    AtomicInteger left = new AtomicInteger(3);
    for (int t = 0; t < 3; t++) {
      String endpoint = endpoints[t];
      crew.startMixed(
          "subscriber-" + t,
          () -> {
            for (int s = 0; s < subscribers / 3; s++) {
              try (Socket sub = fast(context.socket(SocketType.SUB))) {
                sub.subscribe("even");
                sub.connect(endpoint);
                int last = -1;
                for (int n = 0; n < 50; n++) {
                  String[] message = sub.recvString().split(" ");
                  int number = Integer.parseInt(message[1]);
                  if (!message[0].equals("even") || number <= last) {
                    throw new AssertionError(number + " after " + last);
                  }
                  last = number;
                }
              }
            }
            if (left.decrementAndGet() == 0) {
              over.set(true);
            }
          });
    }
    crew.await();
    Stressed.close(context, pub.set(SocketOptions.LINGER, Duration.ZERO));
  }

  private static Socket fast(Socket socket) {
    return socket
        .set(SocketOptions.RECONNECT_IVL, Duration.ofMillis(1))
        .set(SocketOptions.RCVTIMEO, Await.LONG)
        .set(SocketOptions.SNDTIMEO, Await.LONG);
  }

  private static void sendAll(Socket push, int sender, int count, Crew crew) {
    for (int n = 0; n < count && !crew.hasFailed(); n++) {
      push.send(Ledger.message(sender, n));
    }
  }

  /** Sends until it is over; returns how many messages were accepted so far. */
  private static AtomicInteger startSender(Crew crew, Socket push, AtomicBoolean over) {
    AtomicInteger sent = new AtomicInteger();
    SplittableRandom random = crew.random();
    crew.start(
        "sender",
        () -> {
          Pace pace = new Pace(random, 200);
          while (!over.get() && !crew.hasFailed()) {
            if (sent.get() < MESSAGES_MAX
                && push.send(Ledger.message(0, sent.get()), Duration.ofMillis(50))) {
              sent.incrementAndGet();
            }
            pace.pause();
          }
        });
    return sent;
  }

  /** Reads until the socket is closed, because it is over. */
  private static Thread startReader(
      Crew crew, Socket pull, Ledger.Reader reader, AtomicBoolean over, int number) {
    return crew.start(
        "reader-" + number,
        () -> {
          try {
            while (!crew.hasFailed()) {
              reader.enter(pull.recv());
            }
          } catch (ZmqClosedException e) {
            if (!over.get()) {
              throw e;
            }
          }
        });
  }

  /** Returns when that many more messages have come, and at least one. */
  private static void awaitTraffic(Crew crew, Ledger ledger, int messages) {
    int goal = ledger.total() + messages + 1;
    Await.until("messages flow", () -> ledger.total() >= goal || crew.hasFailed());
  }

  /** The endpoint is free when the unbind, or close, returns. */
  private static void bindAgain(Socket socket, String endpoint) {
    try {
      socket.bind(endpoint);
    } catch (ZmqEndpointException e) {
      throw new AssertionError("not free again: " + endpoint, e);
    }
  }
}
