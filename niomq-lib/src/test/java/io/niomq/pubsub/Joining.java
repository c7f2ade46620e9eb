package io.niomq.pubsub;

import io.niomq.Socket;
import io.niomq.testing.Await;
import java.time.Duration;

/** Waits until a subscription has reached its publisher: what a program does to lose no message. */
final class Joining {
  private Joining() {}

  /**
   * Returns when {@code subscriber} receives what begins with {@code topic}, and has read it all.
   */
  static void await(Socket publisher, Socket subscriber, String topic) {
    Await.until(
        subscriber + " receives " + topic,
        () -> {
          publisher.send(topic + "joined?");
          return subscriber.recv(Duration.ofMillis(20)) != null;
        });
    publisher.send(topic + "joined!");
    while (!subscriber.recvString().equals(topic + "joined!")) {
      continue; // a question that was asked once too often
    }
  }

  /**
   * Returns when {@code subscriber} receives what begins with {@code other}, but no more {@code
   * topic}.
   */
  static void awaitLeft(Socket publisher, Socket subscriber, String topic, String other) {
    Await.until(
        subscriber + " no longer receives " + topic,
        () -> {
          publisher.send(topic + "left?");
          publisher.send(other + "mark");
          boolean left = true;
          while (!subscriber.recvString().equals(other + "mark")) {
            left = false;
          }
          return left;
        });
  }
}
