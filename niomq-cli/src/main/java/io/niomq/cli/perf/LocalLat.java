package io.niomq.cli.perf;

import io.niomq.Context;
import io.niomq.Socket;
import io.niomq.SocketType;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Answers {@code remote_lat}, ours or libzmq's. */
@Command(
    name = "local_lat",
    header = "Answers each message with itself (REP).",
    mixinStandardHelpOptions = true,
    sortOptions = false)
public final class LocalLat implements Callable<Integer> {
  @Parameters(
      index = "0",
      paramLabel = "<bind-to>",
      description = "The endpoint, e.g. tcp://127.0.0.1:5555.")
  private String endpoint;

  @Parameters(
      index = "1",
      paramLabel = "<message-size>",
      converter = Settings.Natural.class,
      description = "Octets of a message; every message received is checked for it.")
  private int size;

  @Parameters(
      index = "2",
      paramLabel = "<roundtrip-count>",
      converter = Settings.Positive.class,
      description = "How many round trips to answer in a round.")
  private int count;

  @Mixin private Link link;
  @Mixin private Settings settings;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    Latency program = new Latency(out, size, count, settings.rounds);
    try (Context context = Context.create();
        Socket socket = settings.open(context, SocketType.REP)) {
      link.bind(socket, endpoint);
      program.answer(socket);
      settings.finish(context, socket);
    }
    return 0;
  }
}
