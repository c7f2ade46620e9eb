package io.niomq.benchmarks.cost;

import io.niomq.Socket;
import io.niomq.SocketOptions;
import io.niomq.SocketType;

/** Whether the memory of a burst is given back after the burst was read. */
final class Bursts implements Part {
  private static final int MESSAGES = 500_000;
  private static final int WARM_UP_MESSAGES = 2000;
  private static final long LATER_MILLIS = 2000;
  private static final double GIVEN_BACK_MIN = 0.9;
  private static final double MEBI = 1 << 20;

  @Override
  public Table table() {
    return new Table(
        "Memory after a burst",
        "A PUSH sends "
            + Table.number(MESSAGES, 0)
            + " messages of "
            + Payload.SIZE
            + " octets to a PULL of the same context, without high-water marks; then they are read."
            + " MiB of heap and of direct memory, after three collections each; \"later\" is "
            + LATER_MILLIS / 1000
            + " s after the last message was read.",
        "heap",
        "direct",
        "together",
        "given back");
  }

  @Override
  public void measure(Table table) throws Exception {
    for (String transport : new String[] {"inproc", "tcp"}) {
      try (Sockets sockets = new Sockets()) {
        Socket pull = sockets.open(SocketType.PULL).set(SocketOptions.RCVHWM, 0);
        Socket push = sockets.open(SocketType.PUSH).set(SocketOptions.SNDHWM, 0);
        push.connect(pull.bind(transport.equals("tcp") ? Sockets.ANY_PORT : "inproc://burst"));
        Payload.Arrivals arrivals = new Payload.Arrivals(1);
        Sockets.send(push, 0, 0, WARM_UP_MESSAGES);
        arrivals.receive(pull, WARM_UP_MESSAGES);

        MemoryUse before = MemoryUse.settled();
        Sockets.send(push, 0, WARM_UP_MESSAGES, MESSAGES);
        MemoryUse peak = MemoryUse.settled();
        arrivals.receive(pull, MESSAGES);
        MemoryUse after = MemoryUse.settled();
        Thread.sleep(LATER_MILLIS);
        MemoryUse later = MemoryUse.settled();

        table.row(transport + ", before", figures(before));
        table.row(transport + ", all queued", figures(peak));
        table.row(transport + ", all read", figures(after, givenBack(before, peak, after)));
        double share = givenBack(before, peak, later);
        table.row(
            transport + ", later",
            ">= " + Table.number(GIVEN_BACK_MIN * 100, 0) + " %",
            share >= GIVEN_BACK_MIN,
            figures(later, share));
      }
    }
  }

  private static double givenBack(MemoryUse before, MemoryUse peak, MemoryUse after) {
    return 1 - after.minus(before).total() / (double) peak.minus(before).total();
  }

  private static String[] figures(MemoryUse use) {
    return new String[] {
      Table.number(use.heap() / MEBI, 1),
      Table.number(use.direct() / MEBI, 1),
      Table.number(use.total() / MEBI, 1)
    };
  }

  private static String[] figures(MemoryUse use, double givenBack) {
    String[] three = figures(use);
    return new String[] {three[0], three[1], three[2], Table.number(100 * givenBack, 0) + " %"};
  }
}
