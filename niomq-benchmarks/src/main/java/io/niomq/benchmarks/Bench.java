package io.niomq.benchmarks;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
    mixinStandardHelpOptions = true,
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

  @Spec private CommandSpec spec;

  /** Exit codes: 0 all runs went well, 1 some did not, 2 the arguments are wrong. */
  public static void main(String[] args) {
    System.exit(new CommandLine(new Bench()).execute(args));
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    PrintWriter output = spec.commandLine().getOut();
    List<Work> works = works();
    if (list) {
      works.forEach(work -> output.printf("%-24s %s%n", work.name(), work.description()));
      output.flush();
      return 0;
    }
    CsvFile csv = new CsvFile(out().resolve("results.csv"));
    boolean complete = session(csv).run(works, pairs(), limitSeconds);
    Table table = new Table(new Results(csv.read()), works);
    output.println();
    output.print(table.text());
    output.println(table.verdict() + (quick ? "; too short to conclude anything from" : ""));
    output.flush();
    return complete ? 0 : 1;
  }

  private List<Work> works() {
    try {
      return Works.matching(globs);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }

  private Session session(CsvFile csv) {
    Launcher launcher =
        new Launcher(
            javaHome, System.getProperty("java.class.path"), home().resolve("target/zmq_bench"));
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
    return new Session(
        launcher,
        quick ? Timing.QUICK : Timing.FULL,
        Libraries.ALL.stream().filter(libraries::contains).toList(),
        csv,
        spec.commandLine().getErr());
  }

  private int pairs() {
    return pairs != null ? pairs : quick ? 1 : 5;
  }

  /** The directory of this module. */
  private static Path home() {
    return Path.of(System.getProperty("niomq.root", "")).resolve("niomq-benchmarks");
  }

  private Path out() throws IOException {
    Path directory = out != null ? out : home().resolve("target/bench");
    return Files.createDirectories(directory);
  }
}
