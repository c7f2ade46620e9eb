package io.niomq.benchmarks;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.jar.JarFile;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Compares NioMQ with libzmq, JeroMQ and plain NIO, whole programs side by side. */
@Command(
    name = "./niomq bench",
    header = "Measures NioMQ, libzmq, JeroMQ and plain NIO in turn, A B A B, on this machine.",
    description = {
      "",
      "Each run takes one process a side; every message is checked. The table shows medians, and the"
          + " ratios of runs of the same pair beside the ratio to be reached.",
      ""
    },
    sortOptions = false)
public final class Bench implements Callable<Integer> {
  @Parameters(
      paramLabel = "WORK",
      arity = "0..*",
      description =
          "Names or globs of workloads, such as 'thr-tcp-*'; all if none is given. Streams of other"
              + " sizes than those of the list are there, too, such as thr-ipc-4096.")
  private List<String> globs = new ArrayList<>();

  @Option(
      names = "--pairs",
      paramLabel = "N",
      description =
          "How many times to run everything; with --by-turns, how many turns each copy has. Default: 5; with --by-turns 12.")
  private Integer pairs;

  @Option(names = "--quick", description = "One pair, short times: shows that all works, no more.")
  private boolean quick;

  @Option(
      names = "--by-turns",
      description =
          "Start the programs of all at once, and let each go on for half a second in turn while the"
              + " others are stopped. For workloads that count messages a second; tells small"
              + " differences better than whole runs do. Results also go to DIR/by-turns.csv.")
  private boolean byTurns;

  @Option(
      names = "--build",
      paramLabel = "NAME=JAR",
      description = "With --by-turns: NioMQ's library of another build takes part under that name.")
  private List<String> builds = new ArrayList<>();

  @Option(
      names = "--copies",
      paramLabel = "N",
      description =
          "With --by-turns: how many times to start the programs of each, because processes of the"
              + " same build differ. Default: 2.")
  private Integer copies;

  @Option(names = "--list", description = "Lists the workloads.")
  private boolean list;

  @Option(
      names = "--limit",
      paramLabel = "SECONDS",
      defaultValue = "7200",
      description = "Begin no run after this long. Default: ${DEFAULT-VALUE}.")
  private int limitSeconds;

  @Option(
      names = "--libraries",
      paramLabel = "NAME",
      split = ",",
      description = "Some of NioMQ,libzmq,JeroMQ,plainnio. Default: all.")
  private List<String> libraries = new ArrayList<>(Libraries.ALL);

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Where results go. Default: niomq-benchmarks/target/bench.")
  private Path out;

  @Option(
      names = "--java",
      paramLabel = "HOME",
      description = "The JDK for the programs that are measured. Default: that of this program.")
  private Path javaHome = Path.of(System.getProperty("java.home"));

  /** As the report is to show it. */
  private String command = "./niomq bench";

  @Option(
      names = "--costs",
      description =
          "Measure what contexts, messages, connections and subscriptions cost, and no workloads;"
              + " any WORK names parts of that.")
  private boolean costs;

  @Option(
      names = "--report",
      description =
          "Measure nothing: write docs/PERFORMANCE.md and its images anew from the results that are"
              + " in DIR.")
  private boolean report;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "This page.")
  private boolean help;

  @Spec private CommandSpec spec;

  /** Exit codes: 0 all runs went well, 1 some did not, 2 the arguments are wrong. */
  public static void main(String[] args) {
    Bench bench = new Bench();
    bench.command = RunInfo.command(args);
    System.exit(new CommandLine(bench).execute(args));
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    checkOptions();
    Path directory = Files.createDirectories(out != null ? out : home().resolve("target/bench"));
    CsvFile csv = new CsvFile(directory.resolve("results.csv"));
    Path info = directory.resolve("run.properties");
    CostsFile costsFile = new CostsFile(directory.resolve("costs.md"));
    if (report) {
      Path document = root().resolve("docs/PERFORMANCE.md");
      new Report(document).write(new Results(csv.read()), RunInfo.read(info), costsFile.read());
      return 0;
    }
    if (costs) {
      return costsFile.measure(launcher(), globs) ? 0 : 1;
    }
    List<Work> works = works();
    if (list) {
      return list(works);
    }
    return byTurns
        ? byTurns(works, new CsvFile(directory.resolve("by-turns.csv")))
        : measure(works, csv, info);
  }

  private void checkOptions() {
    if ((copies != null && copies < 1) || (pairs != null && pairs < 1)) {
      throw wrong("--pairs and --copies are numbers from 1 on");
    }
    if (!byTurns && (copies != null || !builds.isEmpty())) {
      throw wrong("--build and --copies need --by-turns");
    }
    if (byTurns && (costs || report || list)) {
      throw wrong("--by-turns does not go with --costs, --report or --list");
    }
  }

  private ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  private int list(List<Work> works) {
    PrintWriter output = spec.commandLine().getOut();
    works.forEach(work -> output.printf("%-24s %s%n", work.name(), work.description()));
    output.flush();
    return 0;
  }

  private int measure(List<Work> works, CsvFile csv, Path info)
      throws IOException, InterruptedException {
    Launcher launcher = launcher();
    checkLibraries(launcher);
    Timing timing = quick ? Timing.QUICK : Timing.FULL;
    csv.begin();
    RunInfo.here(launcher, root(), command, timing).write(info);
    List<String> inOrder = Libraries.ALL.stream().filter(libraries::contains).toList();
    boolean complete =
        new Session(launcher, timing, inOrder, csv, spec.commandLine().getErr())
            .run(works, pairs != null ? pairs : quick ? 1 : 5, limitSeconds);
    Results results = new Results(csv.read());
    Table table = new Table(results, works);
    PrintWriter output = spec.commandLine().getOut();
    output.println();
    output.print(table.text());
    output.println(table.verdict() + (quick ? "; too short to conclude anything from" : ""));
    output.printf(
        Locale.ROOT,
        "time stolen by others on the host: median %.1f %%, at most %.1f %%%n",
        results.stolen().median(),
        results.stolen().max());
    output.flush();
    return complete ? 0 : 1;
  }

  private int byTurns(List<Work> chosen, CsvFile csv) throws IOException, InterruptedException {
    List<Work> works = chosen.stream().filter(Turns::canMeasure).toList();
    if (works.size() < chosen.size() && !globs.isEmpty()) {
      throw wrong("with --by-turns, only workloads that count messages, of 1 MiB at most");
    }
    List<Contestant> contestants = contestants();
    csv.begin();
    int turns = pairs != null ? pairs : quick ? 2 : 12;
    Timing timing = quick ? Timing.QUICK : Timing.FULL;
    PrintWriter output = spec.commandLine().getOut();
    boolean complete =
        new Turns(contestants, copies != null ? copies : 2, turns, timing, csv, output)
            .run(works, limitSeconds);
    if (quick) {
      output.println("too short to conclude anything from");
      output.flush();
    }
    return complete ? 0 : 1;
  }

  private List<Contestant> contestants() {
    checkLibraries(launcher());
    List<Contestant> contestants = new ArrayList<>();
    for (String library : Libraries.ALL) {
      if (libraries.contains(library)) {
        contestants.add(new Contestant(library, library, launcher()));
      }
    }
    for (String build : builds) {
      Contestant other = build(build);
      if (contestants.stream().anyMatch(each -> each.name().equals(other.name()))) {
        throw wrong("'" + other.name() + "' takes part already");
      }
      contestants.add(other);
    }
    return contestants;
  }

  private Contestant build(String nameAndArchive) {
    int equals = nameAndArchive.indexOf('=');
    String name = nameAndArchive.substring(0, Math.max(0, equals));
    if (name.isEmpty() || name.contains(",")) {
      throw wrong("'" + nameAndArchive + "' is not NAME=JAR");
    }
    Path archive = Path.of(nameAndArchive.substring(equals + 1));
    if (!holdsNioMq(archive)) {
      throw wrong("there is no io.niomq.Socket in " + archive + "; give the jar of a niomq-lib");
    }
    return new Contestant(name, Libraries.NIOMQ, launcher().before(archive.toAbsolutePath()));
  }

  private static boolean holdsNioMq(Path archive) {
    String socket = "io/niomq/Socket.class";
    if (Files.isDirectory(archive)) {
      return Files.exists(archive.resolve(socket));
    }
    try (JarFile jar = new JarFile(archive.toFile())) {
      return jar.getEntry(socket) != null;
    } catch (IOException e) {
      return false; // not there, or no archive
    }
  }

  private Launcher launcher() {
    return new Launcher(
        javaHome, System.getProperty("java.class.path"), home().resolve("target/zmq_bench"));
  }

  private List<Work> works() {
    try {
      return Works.matching(globs);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }

  private void checkLibraries(Launcher launcher) {
    for (String library : libraries) {
      if (!Libraries.ALL.contains(library)) {
        throw new ParameterException(
            spec.commandLine(), "'" + library + "' is not one of " + Libraries.ALL);
      }
    }
    if (libraries.contains(Libraries.LIBZMQ) && !launcher.hasLibzmq()) {
      throw new ParameterException(
          spec.commandLine(),
          "the program for libzmq is not built; leave libzmq out with --libraries, or install gcc"
              + " and libzmq3-dev");
    }
  }

  private static Path root() {
    return Path.of(System.getProperty("niomq.root", "")).toAbsolutePath();
  }

  /** The directory of this module. */
  private static Path home() {
    return root().resolve("niomq-benchmarks");
  }
}
