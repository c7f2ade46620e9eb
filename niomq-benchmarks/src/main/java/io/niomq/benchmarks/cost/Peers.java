package io.niomq.benchmarks.cost;

import com.sun.management.UnixOperatingSystemMXBean;
import io.niomq.Socket;
import io.niomq.SocketOptions;
import io.niomq.SocketType;
import java.lang.management.ManagementFactory;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Semaphore;

/** What a message costs the one who receives it, by the number of those who send. */
final class Peers implements Part {
  private static final int[] COUNTS = {1, 100, 1000, 10_000};
  private static final int WARM_UP = 200_000;
  private static final int MESSAGES = 400_000;
  private static final int BASE = 100;
  private static final int MOST = 10_000;
  private static final double RATIO_MAX = 2;

  /** Descriptors that are needed beside those of the peers. */
  private static final int OTHER_FILES = 200;

  @Override
  public Table table() {
    return new Table(
        "Many peers",
        "PUSH peers in another process, whose only thread writes one message of "
            + Payload.SIZE
            + " octets to each connection in turn, "
            + Table.number(MESSAGES, 0)
            + " in all, to one PULL: processor time of the PULL's process.",
        "ns/message",
        "messages/s",
        "ns / ns at " + BASE);
  }

  @Override
  public void measure(Table table) throws Exception {
    if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
        && unix.getMaxFileDescriptorCount() < MOST + OTHER_FILES) {
      throw new IllegalStateException(
          "this process may have only "
              + unix.getMaxFileDescriptorCount()
              + " files open (ulimit -n); "
              + (MOST + OTHER_FILES)
              + " are needed");
    }
    measure(table, "NioMQ", true, Peers::measureNiomq);
    String reason = LibzmqPeers.provide();
    if (reason == null) {
      measure(table, "libzmq", false, LibzmqPeers::measure);
    } else {
      table.row("libzmq: " + reason);
    }
  }

  /** Measures with so many peers, that many turns of all of them before and then so many more. */
  interface Measurement {
    Processor.Rate measure(int peers, int warmUpTurns, int turns) throws Exception;
  }

  private static void measure(Table table, String library, boolean hasTarget, Measurement one)
      throws Exception {
    Map<Integer, Double> costs = new HashMap<>();
    for (int peers : COUNTS) {
      String name = library + ", " + Table.number(peers, 0) + (peers == 1 ? " peer" : " peers");
      Processor.Rate rate;
      try {
        rate = one.measure(peers, WARM_UP / peers, MESSAGES / peers);
      } catch (Exception | AssertionError e) {
        e.printStackTrace();
        table.failed(name + ": " + e);
        continue;
      }
      costs.put(peers, rate.cpuNanos());
      Double base = costs.get(BASE);
      String[] figures = {
        Table.number(rate.cpuNanos(), 0),
        Table.number(rate.perSecond(), 0),
        base == null ? "" : Table.number(rate.cpuNanos() / base, 2)
      };
      if (hasTarget && peers == MOST && base != null) {
        boolean met = rate.cpuNanos() <= RATIO_MAX * base;
        table.row(name, "<= " + RATIO_MAX + " x that at " + BASE, met, figures);
      } else {
        table.row(name, figures);
      }
    }
  }

  private static Processor.Rate measureNiomq(int count, int warmUpTurns, int turns)
      throws Exception {
    try (Sockets sockets = new Sockets()) {
      Socket pull = sockets.open(SocketType.PULL).set(SocketOptions.BACKLOG, 1000);
      Semaphore handshakes = Sockets.handshakes(pull);
      int port = Sockets.port(pull.bind(Sockets.ANY_PORT));
      Payload.Arrivals arrivals = new Payload.Arrivals(count);
      try (Child peers = Child.peers("PUSH", port, count)) {
        Sockets.await(handshakes, count);
        peers.order("turns " + warmUpTurns);
        arrivals.receive(pull, (long) count * warmUpTurns);
        peers.await("done");
        Processor processor = new Processor();
        peers.order("turns " + turns);
        arrivals.receive(pull, (long) count * turns);
        Processor.Rate rate = processor.of((long) count * turns);
        peers.await("done");
        return rate;
      }
    }
  }
}
