package io.niomq.benchmarks.cost;

import com.sun.management.UnixOperatingSystemMXBean;
import io.niomq.Socket;
import io.niomq.SocketOptions;
import io.niomq.SocketType;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.function.ToDoubleFunction;

/** What a message costs the one who receives it, by the number of those who send. */
final class Peers implements Part {
  private static final int[] COUNTS = {1, 100, 1000, 10_000};
  private static final int WARM_UP = 200_000;
  private static final int MESSAGES = 200_000;
  private static final int ROUNDS = 5;
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
            + " octets to each connection in turn, to one PULL: processor time of the PULL's process;"
            + " medians of "
            + ROUNDS
            + " rounds of "
            + Table.number(MESSAGES, 0)
            + " messages.",
        "ns/message",
        "(from - to)",
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

  /**
   * Measures with so many peers: that many turns of all of them before, and then rounds of so many.
   */
  interface Measurement {
    Processor.Rate[] measure(int peers, int warmUpTurns, int turns, int rounds) throws Exception;
  }

  private static void measure(Table table, String library, boolean hasTarget, Measurement one)
      throws Exception {
    Map<Integer, Double> costs = new HashMap<>();
    for (int peers : COUNTS) {
      String name = library + ", " + Table.number(peers, 0) + (peers == 1 ? " peer" : " peers");
      Processor.Rate[] rates;
      try {
        rates = one.measure(peers, WARM_UP / peers, MESSAGES / peers, ROUNDS);
      } catch (Exception | AssertionError e) {
        e.printStackTrace();
        table.failed(name + ": " + e);
        continue;
      }
      double[] nanos = sorted(rates, Processor.Rate::cpuNanos);
      double[] perSecond = sorted(rates, Processor.Rate::perSecond);
      double cost = nanos[ROUNDS / 2];
      costs.put(peers, cost);
      Double base = costs.get(BASE);
      String[] figures = {
        Table.number(cost, 0),
        Table.number(nanos[0], 0) + " - " + Table.number(nanos[ROUNDS - 1], 0),
        Table.number(perSecond[ROUNDS / 2], 0),
        base == null ? "" : Table.number(cost / base, 2)
      };
      if (hasTarget && peers == MOST && base != null) {
        boolean met = cost <= RATIO_MAX * base;
        table.row(name, "<= " + RATIO_MAX + " x that at " + BASE, met, figures);
      } else {
        table.row(name, figures);
      }
    }
  }

  private static double[] sorted(Processor.Rate[] rates, ToDoubleFunction<Processor.Rate> figure) {
    return Arrays.stream(rates).mapToDouble(figure).sorted().toArray();
  }

  private static Processor.Rate[] measureNiomq(int count, int warmUpTurns, int turns, int rounds)
      throws Exception {
    Processor.Rate[] rates = new Processor.Rate[rounds];
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
        for (int i = 0; i < rounds; i++) {
          Processor processor = new Processor();
          peers.order("turns " + turns);
          arrivals.receive(pull, (long) count * turns);
          rates[i] = processor.of((long) count * turns);
          peers.await("done");
        }
        return rates;
      }
    }
  }
}
