package io.niomq.benchmarks;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
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
      description = "Names or globs of workloads, such as 'thr-tcp-*'; all if none is given.")
  private List<String> globs = new ArrayList<>();

  @Option(
      names = "--pairs",
      paramLabel = "N",
      description = "How many times to run everything. Default: 5.")
  private Integer pairs;

  @Option(names = "--quick", description = "One pair, short times: shows that all works, no more.")
  private boolean quick;

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
    return list ? list(works) : measure(works, csv, info);
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
