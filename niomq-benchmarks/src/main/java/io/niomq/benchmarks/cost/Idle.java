package io.niomq.benchmarks.cost;

import io.niomq.Context;
import io.niomq.Socket;
import io.niomq.SocketType;
import io.niomq.ZmqTerminatedException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.util.Map;
import java.util.TreeMap;

/** What a context takes of a processor while nothing happens in it. */
final class Idle implements Part {
  private static final String PREFIX = "idle";
  private static final int MESSAGES = 1000;
  private static final int SECONDS = 5;
  private static final double PERCENT_MAX = 0.1;
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  @Override
  public Table table() {
    return new Table(
        "An idle context",
        "One I/O thread, a PULL with one peer over tcp, a thread that waits in recv(): processor time"
            + " of each thread over "
            + SECONDS
            + " s, 1 s after "
            + MESSAGES
            + " messages.",
        "ms",
        "% of a core");
  }

  @Override
  public void measure(Table table) throws Exception {
    Thread receiver = null;
    try (Sockets sockets = new Sockets(Context.builder().threadNamePrefix(PREFIX).build())) {
      Socket pull = sockets.open(SocketType.PULL);
      Socket push = sockets.open(SocketType.PUSH);
      push.connect(pull.bind(Sockets.ANY_PORT));
      Sockets.send(push, 0, 0, MESSAGES);
      new Payload.Arrivals(1).receive(pull, MESSAGES);
      receiver = new Thread(() -> waitIn(pull), PREFIX + " receiver");
      receiver.start();
      Thread.sleep(1000);
      Map<String, Long> before = times();
      Thread.sleep(SECONDS * 1000L);
      report(table, before, times());
    } finally {
      if (receiver != null) {
        receiver.join(Limits.WAIT.toMillis());
      }
    }
  }

  private static void waitIn(Socket pull) {
    try {
      pull.recv();
      throw new IllegalStateException("nobody has sent this message");
    } catch (ZmqTerminatedException e) {
      // the end of the measurement
    }
  }

  private static void report(Table table, Map<String, Long> before, Map<String, Long> after) {
    if (!before.keySet().equals(after.keySet()) || before.size() < 2) {
      throw new AssertionError("threads " + before.keySet() + ", then " + after.keySet());
    }
    if (after.values().stream().anyMatch(nanos -> nanos <= 0)) {
      throw new AssertionError("no processor time is told of a thread that has worked: " + after);
    }
    double all = 0;
    for (Map.Entry<String, Long> thread : after.entrySet()) {
      double millis = (thread.getValue() - before.get(thread.getKey())) / 1e6;
      table.row(thread.getKey(), Table.number(millis, 3), Table.number(percent(millis), 4));
      all += millis;
    }
    table.row(
        "all",
        "< " + PERCENT_MAX + " %",
        percent(all) < PERCENT_MAX,
        Table.number(all, 3),
        Table.number(percent(all), 4));
  }

  private static double percent(double millis) {
    return millis / (SECONDS * 1000) * 100;
  }

  /** Nanoseconds that each thread of the context, and the one that waits, has taken so far. */
  private static Map<String, Long> times() {
    Map<String, Long> times = new TreeMap<>();
    for (ThreadInfo info : THREADS.getThreadInfo(THREADS.getAllThreadIds())) {
      if (info != null && info.getThreadName().startsWith(PREFIX)) {
        times.put(info.getThreadName(), THREADS.getThreadCpuTime(info.getThreadId()));
      }
    }
    return times;
  }
}
