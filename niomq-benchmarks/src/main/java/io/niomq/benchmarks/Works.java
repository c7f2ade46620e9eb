package io.niomq.benchmarks;

import static io.niomq.benchmarks.Measure.NO_TARGET;

import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** All workloads, with the ratios that NioMQ must reach. */
final class Works {
  private static final String PROXY_WINDOW = "outstanding=400";

  /** Of messages of this size so few are sent a second that compilers are slow to notice. */
  private static final int FEW_A_SECOND = 16 << 10;

  /** What a latency may be of that of a plain NIO ping-pong. */
  private static final double TO_PING_PONG = 1.3;

  private static final Pattern STREAM = Pattern.compile("thr-(tcp|ipc|inproc)-([1-9][0-9]{0,8}+)");

  private static final List<Work> ALL = all();

  private Works() {}

  /**
   * Those whose name matches one of the globs, in the order of the table; all if there is none.
   * Streams of other sizes, such as thr-ipc-4096, follow if they are named.
   */
  static List<Work> matching(List<String> globs) {
    if (globs.isEmpty()) {
      return ALL;
    }
    List<Work> found = new ArrayList<>(ALL);
    Set<Work> others = new LinkedHashSet<>();
    List<PathMatcher> matchers = new ArrayList<>();
    for (String glob : globs) {
      Matcher stream = STREAM.matcher(glob);
      if (stream.matches() && ALL.stream().noneMatch(work -> work.name().equals(glob))) {
        others.add(stream(stream.group(1), Integer.parseInt(stream.group(2))));
        continue;
      }
      PathMatcher matcher = FileSystems.getDefault().getPathMatcher("glob:" + glob);
      if (ALL.stream().noneMatch(work -> matcher.matches(Path.of(work.name())))) {
        throw new IllegalArgumentException(
            "'" + glob + "' matches no workload; see ./niomq bench --list");
      }
      matchers.add(matcher);
    }
    found.removeIf(work -> matchers.stream().noneMatch(m -> m.matches(Path.of(work.name()))));
    found.addAll(others);
    return found;
  }

  /** Of a size that nothing has to be reached for. */
  private static Work stream(String transport, int size) {
    if (size < Long.BYTES) {
      throw new IllegalArgumentException(
          "'" + size + "' octets have no room for a sequence number; 8 or more do");
    }
    boolean few = size >= FEW_A_SECOND;
    Measure measure = few ? Measure.slowRate() : Measure.rate();
    return transport.equals("inproc")
        ? inprocStream(size, measure).warming(few ? 4 : 1)
        : stream(transport, size, Libraries.ALL, measure);
  }

  private static List<Work> all() {
    List<Work> works = new ArrayList<>();
    works.add(stream("tcp", 16, Libraries.ALL, Measure.rate(2.5, NO_TARGET)));
    works.add(stream("tcp", 64, Libraries.ALL, Measure.rate(3, NO_TARGET)));
    works.add(stream("tcp", 256, Libraries.ALL, Measure.rate(3, NO_TARGET)));
    works.add(stream("tcp", 1024, Libraries.ALL, Measure.rate(2, 0.9)));
    works.add(stream("tcp", 16384, Libraries.ALL, Measure.slowRate(1.4, 0.9)));
    works.add(stream("tcp", 65536, Libraries.ALL, Measure.slowRate(1.1, 0.9)));
    works.add(stream("tcp", 1048576, Libraries.ALL, Measure.slowRate(1.1, 0.9)));
    works.add(stream("tcp", 10 << 20, Libraries.ZEROMQ, Measure.slowRate(1, NO_TARGET)));
    works.add(stream("ipc", 64, Libraries.ALL, Measure.rate(3, NO_TARGET)));
    works.add(inprocStream(64, Measure.rate(4, NO_TARGET)));
    works.add(inprocStream(1024, Measure.rate(3, NO_TARGET)));
    for (String transport : List.of("tcp", "ipc")) {
      works.add(
          roundTrips(
              "lat-" + transport + "-64", "", transport, Libraries.ALL, 0.35, TO_PING_PONG, 1));
    }
    for (String transport : List.of("tcp", "ipc")) {
      works.add(pinned(transport));
    }
    works.add(
        Work.of(
            "lat-inproc-64",
            "REQ and REP, one way, two threads of a process",
            "inproc",
            64,
            Libraries.ZEROMQ,
            latencies(0.7, NO_TARGET),
            Side.connects("inproc-lat").measuring()));
    works.add(largeRoundTrips(1 << 20));
    for (int threads : new int[] {2, 4}) {
      works.add(
          roundTrips(
              "lat-tcp-64-threads-" + threads,
              ", " + threads + " client threads with a socket each",
              "tcp",
              Libraries.ZEROMQ,
              0.4,
              NO_TARGET,
              threads));
    }
    works.add(
        roundTrips(
            "lat-tcp-64-polled",
            ", both sides wait in a poller",
            "tcp",
            Libraries.ZEROMQ,
            0.35,
            NO_TARGET,
            1,
            "polls=1"));
    works.add(brokeredRoundTrips());
    works.add(computing(500, 0.6));
    works.add(computing(1500, 0.9));
    works.add(computing(5000, 1.0));
    for (int burst : new int[] {1, 10, 100, 2000}) {
      works.add(burst(burst));
    }
    works.add(broadcast(1, 3));
    works.add(broadcast(10, 2));
    works.add(broadcast(100, 2));
    works.add(broker());
    works.add(sharing(10));
    works.add(sharing(50));
    works.add(steady(100_000));
    works.add(steady(300_000));
    return List.copyOf(works);
  }

  private static Work stream(String transport, int size, List<String> libraries, Measure measure) {
    return Work.of(
            "thr-" + transport + "-" + size,
            "PUSH to PULL, messages a second",
            transport,
            size,
            libraries,
            List.of(measure),
            Side.binds("pull", 1).measuring(),
            Side.connects("push"))
        .warming(size >= FEW_A_SECOND ? 4 : 1);
  }

  private static Work inprocStream(int size, Measure measure) {
    return Work.of(
        "thr-inproc-" + size,
        "PUSH to PULL, two threads of a process, messages a second",
        "inproc",
        size,
        Libraries.ZEROMQ,
        List.of(measure),
        Side.connects("inproc-thr").measuring());
  }

  private static Work roundTrips(
      String name,
      String how,
      String transport,
      List<String> libraries,
      double toLibzmq,
      double toPlain,
      int threads,
      String... more) {
    String[] arguments = Arrays.copyOf(more, more.length + 1);
    arguments[more.length] = "threads=" + threads;
    return Work.of(
            name,
            "REQ and REP, one way" + how,
            transport,
            64,
            libraries,
            latencies(toLibzmq, toPlain),
            Side.binds("rep", threads, arguments),
            Side.connects("req", arguments).measuring())
        .warming(threads > 1 ? 4 : 1); // the compilers hardly get a processor
  }

  private static Work largeRoundTrips(int size) {
    return Work.of(
            "lat-tcp-" + size,
            "REQ and REP, one way",
            "tcp",
            size,
            Libraries.ALL,
            List.of(Measure.time("p50", 1.0, NO_TARGET)),
            Side.binds("rep", 1),
            Side.connects("req").measuring())
        .warming(4);
  }

  private static Work brokeredRoundTrips() {
    return Work.of(
            "lat-tcp-64-brokered",
            "REQ and REP with ROUTER and DEALER in a proxy between them, half a round trip",
            "tcp",
            64,
            Libraries.ZEROMQ,
            latencies(0.5, NO_TARGET),
            Side.binds("broker", 2),
            Side.connects("rep-behind"),
            Side.connects("req").measuring())
        .warming(4);
  }

  private static Work pinned(String transport) {
    return Work.of(
        "lat-" + transport + "-64-pinned",
        "REQ and REP, one way, each process on a processor of its own",
        transport,
        64,
        Libraries.ALL,
        latencies(0.65, TO_PING_PONG),
        Side.binds("rep", 1).on(0),
        Side.connects("req").measuring().on(1));
  }

  private static List<Measure> latencies(double toLibzmq, double toPlain) {
    return List.of(Measure.time("p50", toLibzmq, toPlain), Measure.time("p99.9", 1.0, NO_TARGET));
  }

  /** Too few calls are made here for a percentile above the median to mean much. */
  private static Work computing(int micros, double toLibzmq) {
    return Work.of(
        "lat-tcp-64-compute-" + micros,
        "REQ and REP, one way, the client computes " + micros + " us before each call",
        "tcp",
        64,
        Libraries.ZEROMQ,
        List.of(Measure.time("p50", toLibzmq, NO_TARGET)),
        Side.binds("rep", 1),
        Side.connects("req", "compute-micros=" + micros).measuring());
  }

  private static Work burst(int messages) {
    boolean onGrid = messages < 2000;
    Work work =
        Work.of(
                "burst-" + messages,
                (onGrid
                        ? "a burst every 200 us"
                        : "a burst 200 us after the arrival of the last one")
                    + ": arrival of its last message",
                "tcp",
                64,
                Libraries.ZEROMQ,
                List.of(Measure.time("p50", 0.7, NO_TARGET), Measure.time("p99", 1.0, NO_TARGET)),
                Side.binds("burst-pull", 1, "burst=" + messages).measuring(),
                Side.connects("burst-push", "burst=" + messages))
            .warming(4);
    return onGrid ? work : work.sharingArrival();
  }

  private static Work broadcast(int subscribers, double toLibzmq) {
    return Work.of(
        "pub-" + subscribers,
        "PUB to " + subscribers + " SUB in one process, messages delivered a second in all",
        "tcp",
        64,
        Libraries.ZEROMQ,
        List.of(Measure.rate(toLibzmq, NO_TARGET), Measure.plain("lost-percent", "% lost")),
        Side.binds("pub", 1),
        Side.connects("sub", "threads=" + subscribers).measuring());
  }

  /** As fast as libzmq, at least: who writes to many in turn must not write message by message. */
  private static Work sharing(int receivers) {
    return Work.of(
        "share-" + receivers,
        "PUSH to " + receivers + " PULL in one process, messages a second in all",
        "tcp",
        64,
        Libraries.ZEROMQ,
        List.of(Measure.rate(1, NO_TARGET)),
        Side.binds("share-push", 1),
        Side.connects("share-pull", "threads=" + receivers).measuring());
  }

  private static Work steady(int rate) {
    return Work.of(
        "steady-" + rate,
        "PUSH to PULL, " + rate + " messages a second at a steady pace: arrival",
        "tcp",
        64,
        Libraries.ZEROMQ,
        List.of(Measure.time("p50", 1, NO_TARGET), Measure.time("p90", 1, NO_TARGET)),
        Side.binds("steady-pull", 1).measuring(),
        Side.connects("steady-push", "period-nanos=" + 1_000_000_000 / rate));
  }

  private static Work broker() {
    return Work.of(
            "broker",
            "2 DEALER clients, ROUTER and DEALER in a proxy, 2 DEALER workers: round trips a second",
            "tcp",
            64,
            Libraries.ZEROMQ,
            List.of(Measure.rate(2, NO_TARGET)),
            Side.binds("broker", 2),
            Side.connects("worker", "threads=2"),
            Side.connects("client", "threads=2", PROXY_WINDOW).measuring())
        .warming(4);
  }
}
