package io.niomq.cli;

import io.niomq.cli.perf.InprocLat;
import io.niomq.cli.perf.InprocThr;
import io.niomq.cli.perf.LocalLat;
import io.niomq.cli.perf.LocalThr;
import io.niomq.cli.perf.RemoteLat;
import io.niomq.cli.perf.RemoteThr;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Groups the measuring programs. */
@Command(
    name = "perf",
    header = "Measures throughput and latency in the manner of libzmq's perf tools.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "TOOL",
    description = {
      "",
      "The tools take the arguments and print the result lines of libzmq's tools of the same names, so"
          + " either side of a measurement may be libzmq's. Every message is checked for its size, as"
          + " libzmq does; one of another size ends the measurement with an error.",
      ""
    },
    footer = {
      "",
      "Throughput, in two terminals (the first rounds warm the JIT up):",
      "  niomq perf local_thr tcp://127.0.0.1:5555 64 1000000 --rounds 10",
      "  niomq perf remote_thr tcp://127.0.0.1:5555 64 1000000 --rounds 10",
      "",
      "libzmq's tools know no rounds: give them the sum, here 10000000 messages.",
      "",
      "More about a tool: niomq perf TOOL --help"
    },
    subcommands = {
      LocalThr.class,
      RemoteThr.class,
      LocalLat.class,
      RemoteLat.class,
      InprocThr.class,
      InprocLat.class
    })
final class PerfCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Missing required tool");
  }
}
