package io.niomq.benchmarks.cost;

import io.niomq.Socket;
import io.niomq.SocketType;
import java.util.concurrent.Semaphore;

/** What one publisher delivers to a thousand subscribers. */
final class Fanout implements Part {
  private static final int PEERS = 1000;

  /** Messages in a batch: few enough that no subscriber meets its high-water mark. */
  private static final int BATCH = 500;

  private static final int WARM_UP_BATCHES = 2;
  private static final int BATCHES = 6;

  @Override
  public Table table() {
    return new Table(
        "Many subscribers",
        "One PUB, "
            + PEERS
            + " SUB peers in another process, whose only thread reads and discards; batches of "
            + BATCH
            + " messages of "
            + Payload.SIZE
            + " octets, the next one when the last subscriber has all of the one before. Processor"
            + " time of the PUB's process.",
        "ns/delivery",
        "deliveries/s");
  }

  @Override
  public void measure(Table table) throws Exception {
    try (Sockets sockets = new Sockets()) {
      Socket pub = sockets.open(SocketType.PUB);
      Semaphore handshakes = Sockets.handshakes(pub);
      int port = Sockets.port(pub.bind(Sockets.ANY_PORT));
      try (Child peers = Child.peers("SUB", port, PEERS)) {
        Sockets.await(handshakes, PEERS);
        Thread.sleep(1000); // the subscriptions were sent; a PUB does not tell when it has them
        for (int i = 0; i < WARM_UP_BATCHES; i++) {
          batch(pub, peers, i);
        }
        Processor processor = new Processor();
        for (int i = 0; i < BATCHES; i++) {
          batch(pub, peers, WARM_UP_BATCHES + i);
        }
        Processor.Rate rate = processor.of((long) BATCHES * BATCH * PEERS);
        table.row(
            Table.number(PEERS, 0) + " subscribers",
            Table.number(rate.cpuNanos(), 0),
            Table.number(rate.perSecond(), 0));
      }
      if (!pub.drops().isEmpty()) {
        throw new AssertionError("the PUB dropped " + pub.drops());
      }
    }
  }

  private static void batch(Socket pub, Child peers, int index) throws Exception {
    peers.order("expect " + BATCH);
    peers.await("listening");
    Sockets.send(pub, 0, index * BATCH, BATCH);
    peers.await("done");
  }
}
