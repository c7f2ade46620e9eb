package io.niomq.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.niomq.Message;
import io.niomq.SocketType;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.function.BooleanSupplier;

/** A small exchange of messages in every direction that a legal pair of socket types allows. */
final class Exchange {
  private static final Duration A_MOMENT = Duration.ofMillis(20);
  private static final int ROUNDS = 3;

  /** Published until it arrives: then the subscriptions are known to the publisher. */
  private static final String PROBE = "probe";

  private Exchange() {}

  /** What has to be set before the ends are joined. */
  static void prepare(End end) {
    switch (end.type()) {
      case ROUTER -> {
        end.name(nameOf(end));
        end.mandatory();
      }
      case SUB -> {
        end.subscribe("A");
        end.subscribe(PROBE);
      }
      default -> {
        // as it comes
      }
    }
  }

  private static String nameOf(End end) {
    return end instanceof NioSocket ? "a NioMQ router" : "a libzmq router";
  }

  /** Runs the exchange for two joined ends, whichever way round they are given. */
  static void run(End a, End b) {
    switch (a.type()) {
      case PAIR -> {
        oneWay(a, b);
        oneWay(b, a);
      }
      case PUSH -> oneWay(a, b);
      case REQ -> {
        if (b.type() == SocketType.REP) {
          lockStep(a, b);
        } else {
          requestToRouter(a, b);
        }
      }
      case DEALER -> {
        switch (b.type()) {
          case REP -> requestFromDealer(a, b);
          case ROUTER -> dealerToRouter(a, b);
          default -> {
            oneWay(a, b);
            oneWay(b, a);
          }
        }
      }
      case ROUTER -> {
        if (b.type() == SocketType.ROUTER) {
          routers(a, b);
        } else {
          run(b, a);
        }
      }
      case PUB, XPUB -> publish(a, b);
      default -> run(b, a);
    }
  }

  private static void oneWay(End from, End to) {
    for (int i = 0; i < ROUNDS; i++) {
      from.send("number", "", "" + i);
      assertThat(to.recv()).isEqualTo(Message.of("number", "", "" + i));
    }
    from.send("alone");
    assertThat(to.recv()).isEqualTo(Message.of("alone"));
  }

  private static void lockStep(End req, End rep) {
    for (int i = 0; i < ROUNDS; i++) {
      req.send("question", "" + i);
      assertThat(rep.recv()).isEqualTo(Message.of("question", "" + i));
      rep.send("answer", "", "" + i);
      assertThat(req.recv()).isEqualTo(Message.of("answer", "", "" + i));
    }
  }

  private static void requestToRouter(End req, End router) {
    for (int i = 0; i < ROUNDS; i++) {
      req.send("question " + i);
      Message request = router.recv();
      byte[] id = request.removeFirst();
      assertThat(request).isEqualTo(Message.of("", "question " + i));
      router.send(Message.of("", "answer " + i).addFirst(id));
      assertThat(req.recv()).isEqualTo(Message.of("answer " + i));
    }
  }

  private static void requestFromDealer(End dealer, End rep) {
    for (int i = 0; i < ROUNDS; i++) {
      dealer.send("hop", "", "question " + i);
      assertThat(rep.recv()).isEqualTo(Message.of("question " + i));
      rep.send("answer " + i);
      assertThat(dealer.recv()).isEqualTo(Message.of("hop", "", "answer " + i));
    }
  }

  private static void dealerToRouter(End dealer, End router) {
    for (int i = 0; i < ROUNDS; i++) {
      dealer.send("question " + i, "");
      Message request = router.recv();
      byte[] id = request.removeFirst();
      assertThat(request).isEqualTo(Message.of("question " + i, ""));
      router.send(Message.of("answer " + i).addFirst(id));
      router.send(Message.of("and more").addFirst(id));
      assertThat(dealer.recv()).isEqualTo(Message.of("answer " + i));
      assertThat(dealer.recv()).isEqualTo(Message.of("and more"));
    }
  }

  private static void routers(End a, End b) {
    until(() -> a.trySend(Message.of(nameOf(b), "hello")));
    assertThat(b.recv()).isEqualTo(Message.of(nameOf(a), "hello"));
    for (int i = 0; i < ROUNDS; i++) {
      b.send(nameOf(a), "question " + i);
      assertThat(a.recv()).isEqualTo(Message.of(nameOf(b), "question " + i));
      a.send(nameOf(b), "answer " + i);
      assertThat(b.recv()).isEqualTo(Message.of(nameOf(a), "answer " + i));
    }
  }

  private static void publish(End pub, End sub) {
    if (sub.type() == SocketType.XSUB) {
      sub.subscribe("A");
      sub.subscribe(PROBE);
    }
    awaitSubscribed(pub, sub, PROBE);
    if (pub.type() == SocketType.XPUB) {
      // Both notices are there: a peer's subscriptions are taken in order, and some may be older.
      Set<Message> notices = new HashSet<>();
      until(
          () -> {
            Message notice = pub.recv(A_MOMENT);
            if (notice != null) {
              notices.add(notice);
            }
            return notices.contains(Message.of("\u0001A"))
                && notices.contains(Message.of("\u0001" + PROBE));
          });
    }
    pub.send("A1", "", "first");
    pub.send("B", "of no interest");
    pub.send("A2");
    assertThat(recvPast(PROBE, sub)).isEqualTo(Message.of("A1", "", "first"));
    assertThat(recvPast(PROBE, sub)).isEqualTo(Message.of("A2"));
    if (sub.type() == SocketType.XSUB) {
      sub.send("upstream", "message");
      if (pub.type() == SocketType.XPUB) {
        assertThat(pub.recv()).isEqualTo(Message.of("upstream", "message"));
      }
    }
    sub.unsubscribe("A");
    if (pub.type() == SocketType.XPUB) {
      assertThat(pub.recv()).isEqualTo(Message.of("\0A"));
      pub.send("A3");
      pub.send(PROBE + "2");
      assertThat(recvPast(PROBE, sub)).isEqualTo(Message.of(PROBE + "2"));
      sub.unsubscribe(PROBE);
      assertThat(pub.recv()).isEqualTo(Message.of("\0" + PROBE));
    }
  }

  /** Publishes {@code topic} until it comes through. */
  static void awaitSubscribed(End pub, End sub, String topic) {
    until(
        () -> {
          pub.poke();
          pub.send(topic);
          Message probe = sub.recv(A_MOMENT);
          assertThat(probe).isIn(null, Message.of(topic));
          return probe != null;
        });
  }

  /**
   * The next message that is not exactly {@code topic}, of which some may still be on their way.
   */
  static Message recvPast(String topic, End sub) {
    Message probe = Message.of(topic.getBytes(StandardCharsets.UTF_8));
    Message message = sub.recv();
    while (message.equals(probe)) {
      message = sub.recv();
    }
    return message;
  }

  /** Tries until it succeeds; each try waits a little by itself. */
  static void until(BooleanSupplier attempt) {
    long deadline = System.nanoTime() + NioSockets.LONGEST_WAIT.toNanos();
    while (!attempt.getAsBoolean()) {
      if (System.nanoTime() - deadline > 0) {
        throw new AssertionError("not within " + NioSockets.LONGEST_WAIT);
      }
      Thread.yield();
    }
  }
}
