package io.niomq.cli.tour;

import static io.niomq.cli.tour.Patience.open;

import io.niomq.Context;
import io.niomq.Socket;
import io.niomq.SocketOptions;
import io.niomq.SocketType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Node coordination: a publisher that must not lose its first messages says hello until every
 * subscriber has confirmed, over a REQ and REP of their own, that it hears.
 */
final class NodeCoordination implements Stop {
  private static final int SUBSCRIBERS = 3;
  private static final int UPDATES = 100_000;

  /** Between two hellos; a confirmation ends it at once. */
  private static final Duration HELLO_INTERVAL = Duration.ofMillis(10);

  @Override
  public About about() {
    return new About(
        "coordination",
        "Node coordination before publishing",
        "tcp, 4 processes",
        "A publisher waits until three subscribers hear it; then none of them misses an update.");
  }

  @Override
  public void run(Stage stage) throws Exception {
    try (Context context = Context.create();
        Socket publisher = open(context, SocketType.PUB);
        Socket confirmations = open(context, SocketType.REP)) {
      publisher.set(SocketOptions.SNDHWM, 0); // subscribers may be slow, but must not miss anything
      String updates = publisher.bind("tcp://127.0.0.1:*");
      String sync = confirmations.bind("tcp://127.0.0.1:*");
      List<PeerProcess> subscribers = new ArrayList<>();
      for (int i = 1; i <= SUBSCRIBERS; i++) {
        subscribers.add(stage.process("coordinated-subscriber", "subscriber " + i, updates, sync));
      }

      long deadline = System.nanoTime() + Patience.LIMIT.toNanos();
      int hellos = 0;
      int confirmed = 0;
      while (confirmed < SUBSCRIBERS && System.nanoTime() < deadline) {
        publisher.send("hello");
        hellos++;
        if (confirmations.recvString(HELLO_INTERVAL) != null) {
          confirmations.send("");
          confirmed++;
        }
      }
      stage.say("publisher", "said hello %d times", hellos);
      stage.expect("subscribers that have confirmed to hear it", SUBSCRIBERS, confirmed);

      for (int i = 0; i < UPDATES; i++) {
        publisher.send(Integer.toString(i));
      }
      publisher.send("END");
      stage.say("publisher", "broadcast %,d updates", UPDATES);

      List<Integer> received = new ArrayList<>();
      for (PeerProcess subscriber : subscribers) {
        received.add(Integer.parseInt(subscriber.await("updates received in order: ")));
        stage.delivered(received.get(received.size() - 1));
        subscriber.exitCode();
      }
      stage.expect(
          "updates that each subscriber received in order",
          Collections.nCopies(SUBSCRIBERS, UPDATES),
          received);
    }
  }

  /** A subscriber: subscribes first, confirms when it hears something, then counts. */
  static void subscriber(String... arguments) {
    try (Context context = Context.create();
        Socket subscriber = open(context, SocketType.SUB);
        Socket sync = open(context, SocketType.REQ)) {
      subscriber.subscribe("");
      subscriber.connect(arguments[0]);
      sync.connect(arguments[1]);
      subscriber.recv(); // a hello: from here on nothing is missed
      sync.send("I hear you");
      sync.recv();
      int inOrder = 0;
      for (String update = subscriber.recvString();
          !update.equals("END");
          update = subscriber.recvString()) {
        inOrder += update.equals(Integer.toString(inOrder)) ? 1 : 0;
      }
      System.out.println("updates received in order: " + inOrder);
    }
  }
}
