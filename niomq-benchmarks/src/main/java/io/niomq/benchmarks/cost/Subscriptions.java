package io.niomq.benchmarks.cost;

import io.niomq.Socket;
import io.niomq.SocketOptions;
import io.niomq.SocketType;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.IntFunction;

/** What a subscription takes of memory, on the side of the subscriber and of the publisher. */
final class Subscriptions implements Part {
  private static final int COUNT = 100_000;
  private static final int WARM_UP_COUNT = 2000;
  private static final int OCTETS_MAX = 100;
  private static final int TOPIC_SIZE = 20;

  @Override
  public Table table() {
    return new Table(
        "A subscription",
        Table.number(COUNT, 0)
            + " different subscriptions of "
            + TOPIC_SIZE
            + " octets: octets for each, after three collections, in the SUB before it is connected"
            + " and, after that, in the XPUB over tcp. Direct memory is what the context has kept for"
            + " reuse after the subscriptions were transmitted.",
        "heap",
        "direct");
  }

  @Override
  public void measure(Table table) throws Exception {
    measure(null, "", WARM_UP_COUNT, Subscriptions::numbered);
    measure(table, "numbered topics", COUNT, Subscriptions::numbered);
    measure(table, "random topics", COUNT, Subscriptions::random);
  }

  /** Such as {@code topic/00000000000042}. */
  private static byte[] numbered(int index) {
    return String.format(Locale.ROOT, "topic/%014d", index).getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] random(int index) {
    byte[] topic = new byte[TOPIC_SIZE];
    new SplittableRandom(index).nextBytes(topic);
    return topic;
  }

  private static void measure(Table table, String name, int count, IntFunction<byte[]> topic)
      throws Exception {
    try (Sockets sockets = new Sockets()) {
      Socket xpub = sockets.open(SocketType.XPUB).set(SocketOptions.RCVHWM, 0);
      Socket sub = sockets.open(SocketType.SUB);
      String endpoint = xpub.bind(Sockets.ANY_PORT);
      MemoryUse before = MemoryUse.settled();
      for (int i = 0; i < count; i++) {
        sub.subscribe(topic.apply(i));
      }
      MemoryUse subscribed = MemoryUse.settled();
      sub.connect(endpoint);
      checkNotices(xpub, count, topic);
      MemoryUse told = MemoryUse.settled();
      if (table != null) {
        report(table, name + ", SUB", subscribed.minus(before), count);
        report(table, name + ", XPUB", told.minus(subscribed), count);
      }
    }
  }

  private static void report(Table table, String name, MemoryUse more, int count) {
    table.row(
        name,
        "heap <= " + OCTETS_MAX,
        more.heap() <= (long) OCTETS_MAX * count,
        Table.number(more.heap() / (double) count, 1),
        Table.number(more.direct() / (double) count, 1));
  }

  /** Each subscription must arrive once; its notice is the octet 1 and the topic. */
  private static void checkNotices(Socket xpub, int count, IntFunction<byte[]> topic) {
    Map<String, Integer> expected = new HashMap<>();
    for (int i = 0; i < count; i++) {
      expected.put(new String(topic.apply(i), StandardCharsets.ISO_8859_1), i);
    }
    BitSet seen = new BitSet(count);
    for (int i = 0; i < count; i++) {
      byte[] notice = xpub.recv();
      Integer index =
          expected.get(new String(notice, 1, notice.length - 1, StandardCharsets.ISO_8859_1));
      if (notice[0] != 1 || index == null || seen.get(index)) {
        throw new AssertionError("notice " + i + " is not of a subscription, or came twice");
      }
      seen.set(index);
    }
    if (!xpub.drops().isEmpty()) {
      throw new AssertionError("the XPUB dropped " + xpub.drops());
    }
  }
}
