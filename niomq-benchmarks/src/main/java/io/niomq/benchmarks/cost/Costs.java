package io.niomq.benchmarks.cost;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What NioMQ costs when it is idle, what a message takes of the heap, and how the costs grow with
 * connections, peers, subscriptions and threads. Each part prints a table in Markdown, each figure
 * beside its target; arguments select parts by name. A part that loses a message, or takes too
 * long, is shown as failed, and the exit code is 1 then.
 */
public final class Costs {
  private static final Duration LIMIT = Duration.ofSeconds(Limits.RUN_SECONDS);

  private Costs() {}

  private static Map<String, Part> parts() {
    Map<String, Part> parts = new LinkedHashMap<>();
    parts.put("idle", new Idle());
    parts.put("allocation", new Allocation());
    parts.put("connections", new Connections());
    parts.put("bursts", new Bursts());
    parts.put("subscriptions", new Subscriptions());
    parts.put("peers", new Peers());
    parts.put("fanout", new Fanout());
    parts.put("topics", new Topics());
    parts.put("io-threads", new IoThreads());
    return parts;
  }

  /** Exit codes: 0 all was measured, 1 something failed, 2 the arguments are wrong. */
  public static void main(String[] args) {
    Map<String, Part> parts = parts();
    List<String> chosen = args.length == 0 ? List.copyOf(parts.keySet()) : Arrays.asList(args);
    for (String name : chosen) {
      if (!parts.containsKey(name)) {
        System.err.println(
            "costs: no part '" + name + "'; there are: " + String.join(" ", parts.keySet()));
        System.exit(2);
      }
    }
    Limits.haltAfter(LIMIT, "costs: not done within " + LIMIT.toSeconds() + " s; all threads:");
    List<String> failed = new ArrayList<>();
    for (String name : chosen) {
      long start = System.nanoTime();
      System.err.println("costs: " + name + " ...");
      if (!measure(parts.get(name))) {
        failed.add(name);
      }
      System.err.printf("costs: %s took %.1f s%n", name, (System.nanoTime() - start) / 1e9);
    }
    if (!failed.isEmpty()) {
      System.err.println("costs: FAILED: " + failed.stream().collect(Collectors.joining(" ")));
    }
    System.exit(failed.isEmpty() ? 0 : 1);
  }

  private static boolean measure(Part part) {
    Table table = part.table();
    boolean done = true;
    try {
      part.measure(table);
    } catch (Exception | AssertionError e) {
      e.printStackTrace();
      table.failed(e.toString());
      done = false;
    }
    System.out.println(table);
    System.out.flush();
    return done && !table.hasFailures();
  }
}
