package io.niomq.benchmarks.cost;

import io.niomq.benchmarks.jmh.SocketBenchmark;
import java.io.PrintStream;
import java.util.Collection;
import java.util.Locale;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.util.Statistics;

/** What a message takes of the heap, in all threads together. */
final class Allocation implements Part {
  private static final int ITERATIONS = 5;
  private static final int ARRAY_HEADER_OCTETS = 16;

  /** An object now and then is not one for each message. */
  private static final double OCTETS_MAX = 0.05;

  @Override
  public Table table() {
    return new Table(
        "Allocation",
        "Octets of heap for each message that a PUSH sends and a PULL receives, a hundred after"
            + " another, in one thread and an I/O thread; JMH's GC profiler, medians of "
            + ITERATIONS
            + " iterations of a second.",
        "octets",
        "least",
        "most");
  }

  @Override
  public void measure(Table table) throws RunnerException {
    Options options =
        new OptionsBuilder()
            .include(SocketBenchmark.class.getName())
            .addProfiler(GCProfiler.class)
            .forks(1)
            .warmupIterations(3)
            .warmupTime(TimeValue.seconds(1))
            .measurementIterations(ITERATIONS)
            .measurementTime(TimeValue.seconds(1))
            .shouldFailOnError(true)
            .timeout(TimeValue.seconds(Limits.WAIT.toSeconds()))
            .build();
    for (RunResult result : run(options)) {
      report(table, result);
    }
  }

  /** What JMH and its forks print goes to standard error: the tables have standard output. */
  private static Collection<RunResult> run(Options options) throws RunnerException {
    PrintStream out = System.out;
    System.setOut(System.err);
    try {
      return new Runner(options).run();
    } finally {
      System.setOut(out);
    }
  }

  private static void report(Table table, RunResult result) {
    Result<?> norm = result.getSecondaryResults().get("gc.alloc.rate.norm");
    if (norm == null) {
      throw new IllegalStateException("JMH's GC profiler gave no gc.alloc.rate.norm");
    }
    Statistics octets = norm.getStatistics();
    int size = Integer.parseInt(result.getParams().getParam("size"));
    boolean array = result.getParams().getBenchmark().endsWith(".arrays");
    int wanted = array ? ARRAY_HEADER_OCTETS + size : 0;
    double median = octets.getPercentile(50);
    table.row(
        String.format(
            Locale.ROOT,
            "%s, %d octets, %s",
            result.getParams().getParam("transport"),
            size,
            array ? "`send(byte[])` and `recv()`" : "`send` and `recv` of a `ByteBuffer`"),
        array ? "the array: " + wanted : "0",
        median < wanted + OCTETS_MAX,
        Table.number(median, 3),
        Table.number(octets.getMin(), 3),
        Table.number(octets.getMax(), 3));
  }
}
