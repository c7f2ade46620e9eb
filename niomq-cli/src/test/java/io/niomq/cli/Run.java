package io.niomq.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.concurrent.CompletableFuture;
import picocli.CommandLine;

/** What a command came to. */
record Run(int exitCode, String out, String err) {

  /** Runs a command in this process. */
  static Run niomq(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine command =
        Main.commandLine().setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
    int exitCode = command.execute(arguments);
    return new Run(exitCode, out.toString(), err.toString());
  }

  /** Runs a command, its words separated by blanks, in a thread of its own. */
  static CompletableFuture<Run> start(String command) {
    return CompletableFuture.supplyAsync(
        () -> niomq(command.split(" ")), task -> new Thread(task, command).start());
  }
}
