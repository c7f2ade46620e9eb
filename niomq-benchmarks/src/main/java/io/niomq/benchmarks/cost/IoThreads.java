package io.niomq.benchmarks.cost;

import io.niomq.Context;
import io.niomq.Socket;
import io.niomq.SocketType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** Whether a second I/O thread makes several busy sockets slower. */
final class IoThreads implements Part {
  private static final int PAIRS = 4;
  private static final int TIMES = 3;
  private static final int WARM_UP = 300_000;
  private static final int MESSAGES = 600_000;
  private static final int ROUNDS = 3;

  @Override
  public Table table() {
    return new Table(
        "More I/O threads",
        PAIRS
            + " PUSH and PULL over tcp in one context, a thread each: messages a second in all, of "
            + Payload.SIZE
            + " octets; contexts of one and of two I/O threads in turn, "
            + TIMES
            + " times, the median of "
            + ROUNDS
            + " rounds each.",
        "median of all",
        "each time");
  }

  @Override
  public void measure(Table table) throws Exception {
    double[] one = new double[TIMES];
    double[] two = new double[TIMES];
    for (int i = 0; i < TIMES; i++) {
      one[i] = measure(1);
      two[i] = measure(2);
    }
    table.row("ioThreads 1", Table.number(median(one), 0), list(one));
    table.row(
        "ioThreads 2",
        ">= that of 1",
        median(two) >= median(one),
        Table.number(median(two), 0),
        list(two));
  }

  private static String list(double[] values) {
    return String.join(
        ", ", Arrays.stream(values).mapToObj(value -> Table.number(value, 0)).toList());
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  private static double measure(int ioThreads) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(2 * PAIRS);
    try (Sockets sockets = new Sockets(Context.builder().ioThreads(ioThreads).build())) {
      List<Link> links = new ArrayList<>();
      for (int i = 0; i < PAIRS; i++) {
        Socket pull = sockets.open(SocketType.PULL);
        Socket push = sockets.open(SocketType.PUSH);
        push.connect(pull.bind(Sockets.ANY_PORT));
        links.add(new Link(push, pull));
      }
      round(threads, links, WARM_UP);
      double[] perSecond = new double[ROUNDS];
      for (int i = 0; i < ROUNDS; i++) {
        perSecond[i] = round(threads, links, MESSAGES);
      }
      return median(perSecond);
    } finally {
      threads.shutdown();
    }
  }

  private static double round(ExecutorService threads, List<Link> links, int messages)
      throws Exception {
    long start = System.nanoTime();
    List<Future<?>> ends = new ArrayList<>();
    for (Link link : links) {
      ends.add(threads.submit(() -> link.receive(messages)));
      ends.add(threads.submit(() -> link.send(messages)));
    }
    for (Future<?> end : ends) {
      end.get(Limits.WAIT.toSeconds(), TimeUnit.SECONDS);
    }
    return (double) messages * links.size() / (System.nanoTime() - start) * 1e9;
  }

  /** A PUSH and its PULL; each is used by one thread at a time. */
  private static final class Link {
    private final Socket push;
    private final Socket pull;
    private final Payload.Arrivals arrivals = new Payload.Arrivals(1);
    private int sent;

    Link(Socket push, Socket pull) {
      this.push = push;
      this.pull = pull;
    }

    void send(int messages) {
      Sockets.send(push, 0, sent, messages);
      sent += messages;
    }

    void receive(int messages) {
      arrivals.receive(pull, messages);
    }
  }
}
