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

/** Measures round trips with {@code local_lat}, ours or libzmq's. */
@Command(
    name = "remote_lat",
    header = "Sends a message to and fro and tells the time of one way (REQ).",
    mixinStandardHelpOptions = true,
    sortOptions = false)
public final class RemoteLat implements Callable<Integer> {
  @Parameters(
      index = "0",
      paramLabel = "<connect-to>",
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
      description = "How many round trips to make in a round.")
  private int count;

  @Mixin private Link link;
  @Mixin private Settings settings;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    Latency program = new Latency(out, size, count, settings.rounds);
    try (Context context = Context.create();
        Socket socket = settings.open(context, SocketType.REQ)) {
      link.connect(socket, endpoint);
      program.ask(socket);
      settings.finish(context, socket);
    }
    return 0;
  }
}
