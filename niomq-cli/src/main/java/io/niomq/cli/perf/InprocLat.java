package io.niomq.cli.perf;

import io.niomq.Context;
import io.niomq.Socket;
import io.niomq.SocketType;
import java.io.PrintWriter;
import java.io.Writer;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Measures REQ to REP and back within this process. */
@Command(
    name = "inproc_lat",
    header = "Sends a message between two threads and tells the time of one way.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
public final class InprocLat implements Callable<Integer> {
  private static final String ENDPOINT = "inproc://inproc_lat";

  @Parameters(
      index = "0",
      paramLabel = "<message-size>",
      converter = Settings.Natural.class,
      description = "Octets of a message; every message received is checked for it.")
  private int size;

  @Parameters(
      index = "1",
      paramLabel = "<roundtrip-count>",
      converter = Settings.Positive.class,
      description = "How many round trips to make in a round.")
  private int count;

  @Mixin private Settings settings;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    Latency program = new Latency(out, size, count, settings.rounds);
    Latency silent =
        new Latency(new PrintWriter(Writer.nullWriter()), size, count, settings.rounds);
    try (Context context = Context.create();
        Socket req = settings.open(context, SocketType.REQ);
        Socket rep = settings.open(context, SocketType.REP)) {
      req.bind(ENDPOINT);
      rep.connect(ENDPOINT);
      Companion companion = Companion.start(() -> silent.answer(rep));
      program.ask(req);
      companion.join(settings.timeout());
    }
    return 0;
  }
}
