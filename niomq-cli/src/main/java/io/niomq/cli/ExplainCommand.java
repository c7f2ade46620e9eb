package io.niomq.cli;

import io.niomq.cli.explain.RunningJvm;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Asks a running program what its sockets are doing. */
@Command(
    name = "explain",
    header = "Tells what the sockets of a running program are doing, and why messages are missing.",
    mixinStandardHelpOptions = true,
    description = {
      "",
      "PID is the process of a Java program of the same user that uses NioMQ. Its contexts are seen"
          + " from two seconds after they were made, unless the program has turned that off"
          + " (Context.Builder.management). The program goes on undisturbed.",
      "",
      "A line that begins with an exclamation mark is a likely reason why a message did not arrive.",
      ""
    },
    footer = {"", "Exit codes: 0 it was told, 1 it could not be, 2 the arguments are wrong."})
final class ExplainCommand implements Callable<Integer> {
  @Parameters(paramLabel = "PID", description = "The process; jps lists those of Java programs.")
  private long pid;

  @Option(names = "--json", description = "Print a JSON array with an object for each context.")
  private boolean json;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    if (pid < 1) {
      throw new ParameterException(
          spec.commandLine(), "Invalid value for PID: " + pid + " is not the number of a process");
    }
    List<String> contexts = RunningJvm.contexts(pid, json);
    if (json) {
      spec.commandLine().getOut().println("[" + String.join(",\n", contexts) + "]");
    } else {
      spec.commandLine().getOut().print(String.join("\n", contexts));
      spec.commandLine().getOut().flush();
    }
    return 0;
  }
}
