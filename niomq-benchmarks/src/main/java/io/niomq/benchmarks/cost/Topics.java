package io.niomq.benchmarks.cost;

import io.niomq.DropReason;
import io.niomq.Socket;
import io.niomq.SocketType;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.SplittableRandom;

/** What it costs to publish, by the number of subscriptions that a topic is matched against. */
final class Topics implements Part {
  private static final int[] COUNTS = {1, 1000, 100_000, 1_000_000};
  private static final int TOPIC_SIZE = 20;

  /** Topics sent in turn, chosen at random among the subscriptions. */
  private static final int CHOSEN = 4096;

  private static final int BURST = 500;
  private static final int BURSTS = 1000;
  private static final int WARM_UP_BURSTS = 500;

  private static final int BASE = 1000;
  private static final double RATIO_MAX = 2;

  private double baseMatching;
  private double baseStrange;

  @Override
  public Table table() {
    return new Table(
        "Many subscriptions",
        "A PUB with so many random subscriptions of "
            + TOPIC_SIZE
            + " octets, all of one XSUB over inproc: ns for each send, the median of "
            + Table.number(BURSTS, 0)
            + " bursts of "
            + BURST
            + ". Messages of "
            + Payload.SIZE
            + " octets, on a topic of one subscription, or one that differs from a subscription in"
            + " its last octet and is dropped.",
        "ns, matching",
        "ns, not matching");
  }

  @Override
  public void measure(Table table) throws Exception {
    for (int count : COUNTS) {
      try (Sockets sockets = new Sockets()) {
        measure(sockets, count, table);
      }
    }
  }

  private void measure(Sockets sockets, int count, Table table) throws Exception {
    Socket pub = sockets.open(SocketType.PUB);
    Socket xsub = sockets.open(SocketType.XSUB);
    xsub.connect(pub.bind("inproc://topics"));
    SplittableRandom random = new SplittableRandom(count);
    byte[][] all = new byte[count][1 + TOPIC_SIZE];
    for (byte[] subscription : all) {
      random.nextBytes(subscription);
      subscription[0] = 1;
      xsub.send(subscription);
    }
    Bodies matching = new Bodies(CHOSEN);
    Bodies strange = new Bodies(CHOSEN);
    for (int i = 0; i < CHOSEN; i++) {
      byte[] topic = Arrays.copyOfRange(all[random.nextInt(count)], 1, 1 + TOPIC_SIZE);
      matching.topic(i, topic);
      topic[TOPIC_SIZE - 1] ^= 1;
      strange.topic(i, topic);
    }
    awaitSubscriptions(pub, xsub, Arrays.copyOfRange(all[count - 1], 1, 1 + TOPIC_SIZE));
    all = null;

    double match = measure(pub, xsub, matching);
    long droppedBefore = dropped(pub);
    double noMatch = measure(pub, null, strange);
    long sent = (long) BURST * (WARM_UP_BURSTS + BURSTS);
    if (dropped(pub) - droppedBefore != sent || xsub.tryRecv() != null) {
      throw new AssertionError("a message that nobody has subscribed to was delivered");
    }
    report(table, count, match, noMatch);
  }

  private void report(Table table, int count, double match, double noMatch) {
    String name = Table.number(count, 0) + (count == 1 ? " subscription" : " subscriptions");
    String[] figures = {Table.number(match, 0), Table.number(noMatch, 0)};
    if (count == BASE) {
      baseMatching = match;
      baseStrange = noMatch;
    }
    if (count > BASE) {
      boolean met = match <= RATIO_MAX * baseMatching && noMatch <= RATIO_MAX * baseStrange;
      table.row(name, "<= " + RATIO_MAX + " x that at " + Table.number(BASE, 0), met, figures);
    } else {
      table.row(name, figures);
    }
  }

  /** Subscriptions arrive in order, so all are there when messages of the last one come through. */
  private static void awaitSubscriptions(Socket pub, Socket xsub, byte[] last)
      throws InterruptedException {
    long limit = System.nanoTime() + Limits.WAIT.toNanos();
    do {
      if (System.nanoTime() - limit > 0) {
        throw new AssertionError("the last subscription has not arrived");
      }
      pub.send(last);
      Thread.sleep(10);
    } while (xsub.tryRecv() == null);
    if (xsub.tryRecv() != null) {
      throw new AssertionError("a message came twice");
    }
  }

  private static long dropped(Socket pub) {
    return pub.drops().getOrDefault(DropReason.NO_SUBSCRIBER, 0L);
  }

  /** Nanoseconds for a send; what is sent must arrive at {@code receiver}, if there is one. */
  private static double measure(Socket pub, Socket receiver, Bodies bodies) {
    double[] each = new double[BURSTS];
    ByteBuffer received = ByteBuffer.allocateDirect(2 * Payload.SIZE);
    int at = 0;
    for (int burst = -WARM_UP_BURSTS; burst < BURSTS; burst++) {
      long start = System.nanoTime();
      for (int i = 0; i < BURST; i++) {
        pub.send(bodies.get(at + i));
      }
      long nanos = System.nanoTime() - start;
      if (burst >= 0) {
        each[burst] = nanos / (double) BURST;
      }
      for (int i = 0; receiver != null && i < BURST; i++) {
        int size = receiver.recv(received.clear());
        if (size != Payload.SIZE || !received.flip().equals(bodies.get(at + i))) {
          throw new AssertionError("a message is not the next one");
        }
      }
      at += BURST;
    }
    Arrays.sort(each);
    return each[BURSTS / 2];
  }

  /** Messages made beforehand. */
  private static final class Bodies {
    private final ByteBuffer[] bodies;

    Bodies(int count) {
      bodies = new ByteBuffer[count];
    }

    void topic(int index, byte[] topic) {
      bodies[index] = ByteBuffer.allocateDirect(Payload.SIZE).put(topic);
      bodies[index].putInt(TOPIC_SIZE, index);
    }

    ByteBuffer get(int index) {
      return bodies[index % bodies.length].clear();
    }
  }
}
