package io.niomq.benchmarks.cost;

import io.niomq.Socket;
import io.niomq.SocketType;
import java.util.concurrent.Semaphore;

/** What a connection takes of memory while nothing happens on it. */
final class Connections implements Part {
  private static final int PEERS = 2000;
  private static final int WARM_UP_PEERS = 50;
  private static final int BURST = 1000;

  /** Connections are asked for their memory once in a second. */
  private static final long LATER_MILLIS = 5000;

  private static final int OCTETS_MAX = 4096;

  @Override
  public Table table() {
    return new Table(
        "An idle connection",
        "A PULL with "
            + PEERS
            + " PUSH peers of another process over tcp: octets a connection, after three collections.",
        "heap",
        "direct",
        "together");
  }

  @Override
  public void measure(Table table) throws Exception {
    try (Sockets sockets = new Sockets()) {
      measure(sockets, WARM_UP_PEERS, null); // so that what is made once is made before
    }
    try (Sockets sockets = new Sockets()) {
      measure(sockets, PEERS, table);
    }
  }

  private static void measure(Sockets sockets, int count, Table table) throws Exception {
    Socket pull = sockets.open(SocketType.PULL);
    Semaphore handshakes = Sockets.handshakes(pull);
    int port = Sockets.port(pull.bind(Sockets.ANY_PORT));
    Payload.Arrivals arrivals = new Payload.Arrivals(count);
    MemoryUse before = MemoryUse.settled();
    try (Child peers = Child.peers("PUSH", port, count)) {
      Sockets.await(handshakes, count);
      MemoryUse fresh = MemoryUse.settled().minus(before);
      peers.order("bursts " + BURST);
      arrivals.receive(pull, (long) count * BURST);
      peers.await("done");
      Thread.sleep(LATER_MILLIS);
      MemoryUse used = MemoryUse.settled().minus(before);
      if (table != null) {
        report(table, "fresh", fresh, count);
        report(table, "5 s after a burst of " + BURST + " messages each was read", used, count);
      }
    }
  }

  private static void report(Table table, String name, MemoryUse more, int count) {
    table.row(
        name,
        "<= " + OCTETS_MAX,
        more.total() <= (long) OCTETS_MAX * count,
        Table.number(more.heap() / (double) count, 0),
        Table.number(more.direct() / (double) count, 0),
        Table.number(more.total() / (double) count, 0));
  }
}
