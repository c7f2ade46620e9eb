package io.niomq.benchmarks.program;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/** One side of a workload: {@code Program LIBRARY ROLE KEY=VALUE...}; see the package. */
public final class Program {
  private final Library library;
  private final Arguments arguments;

  private Program(String library, List<String> arguments) {
    this.arguments = new Arguments(arguments);
    Lifetime.begin(this.arguments.nanos("limit"));
    this.library = Library.named(library);
  }

  /** Plays one role until the process is told to end. */
  public static void main(String[] args) throws IOException, InterruptedException {
    if (args.length < 2) {
      System.err.println("usage: Program LIBRARY ROLE KEY=VALUE...");
      System.exit(2);
    }
    List<String> all = Arrays.asList(args);
    new Program(all.get(0), all.subList(2, all.size())).play(all.get(1));
    Thread.sleep(Long.MAX_VALUE); // Lifetime ends the process
  }

  private void play(String role) throws IOException, InterruptedException {
    switch (role) {
      case "pull" -> new Streams(library, arguments).pull();
      case "push" -> new Streams(library, arguments).push();
      case "inproc-thr" -> new Streams(library, arguments).within();
      case "rep" -> new RoundTrips(library, arguments).rep();
      case "rep-behind" -> new RoundTrips(library, arguments).repBehind();
      case "req" -> new RoundTrips(library, arguments).req();
      case "inproc-lat" -> new RoundTrips(library, arguments).within();
      case "burst-pull" -> new Bursts(library, arguments).pull();
      case "burst-push" -> new Bursts(library, arguments).push();
      case "pub" -> new Broadcast(library, arguments).pub();
      case "sub" -> new Broadcast(library, arguments).sub();
      case "share-push" -> new Broadcast(library, arguments).sharePush();
      case "share-pull" -> new Broadcast(library, arguments).sharePull();
      case "steady-push" -> new Steady(library, arguments).push();
      case "steady-pull" -> new Steady(library, arguments).pull();
      case "broker" -> new Brokered(library, arguments).broker();
      case "worker" -> new Brokered(library, arguments).worker();
      case "client" -> new Brokered(library, arguments).client();
      default -> throw new IllegalArgumentException("'" + role + "' is not a role");
    }
  }
}
