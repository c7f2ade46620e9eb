package io.niomq.cli;

import io.niomq.ZmqError;
import io.niomq.ZmqTimeoutException;
import io.niomq.cli.explain.ExplainException;
import io.niomq.cli.perf.PerfException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * The {@code niomq} command. Exit codes: 0 as asked, 1 it went wrong, 2 the arguments are wrong.
 */
@Command(
    name = "niomq",
    header = "ZeroMQ for the JVM: watch it work, measure it, ask it.",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      TourCommand.class,
      PerfCommand.class,
      ExplainCommand.class,
      TourPeerCommand.class,
      HelpCommand.class
    })
public final class Main implements Runnable {
  @Spec private CommandSpec spec;

  /** Runs one command and ends the process with its exit code. */
  public static void main(String[] args) {
    System.exit(commandLine().execute(args));
  }

  /** The command with its subcommands, ready to execute. */
  static CommandLine commandLine() {
    return new CommandLine(new Main())
        .setUsageHelpWidth(100)
        .setParameterExceptionHandler(Main::refuse)
        .setExecutionExceptionHandler(Main::explain);
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Missing required subcommand");
  }

  /** Wrong arguments get the reason, what was perhaps meant, and always the usage. */
  private static int refuse(ParameterException e, String[] arguments) {
    CommandLine command = e.getCommandLine();
    command.getErr().println(e.getMessage());
    UnmatchedArgumentException.printSuggestions(e, command.getErr());
    command.usage(command.getErr());
    return command.getCommandSpec().exitCodeOnInvalidInput();
  }

  /**
   * What ZeroMQ refuses is told in one sentence; anything else is a fault of ours and keeps its
   * stack trace.
   */
  private static int explain(Exception e, CommandLine command, ParseResult parsed)
      throws Exception {
    if (!(e instanceof ZmqError)
        && !(e instanceof PerfException)
        && !(e instanceof ExplainException)) {
      throw e;
    }
    boolean adjustable = command.getCommandSpec().findOption("--timeout") != null;
    String hint =
        e instanceof ZmqTimeoutException && adjustable
            ? "; is the other side there? See --timeout"
            : "";
    command
        .getErr()
        .println(command.getCommandSpec().qualifiedName() + ": " + e.getMessage() + hint);
    return command.getCommandSpec().exitCodeOnExecutionException();
  }

  /** Reads the version that the build wrote down. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() throws IOException {
      Properties properties = new Properties();
      try (InputStream in = Main.class.getResourceAsStream("version.properties")) {
        properties.load(in);
      }
      return new String[] {
        "niomq " + properties.getProperty("version"),
        "Java " + Runtime.version() + ", " + System.getProperty("os.name")
      };
    }
  }
}
