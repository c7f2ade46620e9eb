package io.niomq.cli;

import io.niomq.cli.tour.Tour;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows the patterns with real messages. */
@Command(
    name = "tour",
    header = "Shows every pattern with real messages, in less than a minute.",
    mixinStandardHelpOptions = true,
    description = {
      "",
      "Each stop is a small program in the manner of the ZeroMQ Guide. Some run in this process, some"
          + " start others and talk to them over tcp and ipc on this machine. The exit code is 0 only if"
          + " all came out as promised.",
      ""
    })
final class TourCommand implements Callable<Integer> {
  @Parameters(
      paramLabel = "STOP",
      arity = "0..*",
      description = "Visit only these stops; without any, visit all.")
  private List<String> stops = List.of();

  @Option(names = "--list", description = "List the stops.")
  private boolean list;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    Tour tour;
    try {
      tour = Tour.of(stops);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
    if (list) {
      tour.list(out);
      return 0;
    }
    return tour.visit(out) ? 0 : 1;
  }
}
