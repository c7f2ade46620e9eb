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

/** Receives what {@code remote_thr}, ours or libzmq's, sends. */
@Command(
    name = "local_thr",
    header = "Receives messages and tells how many came a second (PULL).",
    mixinStandardHelpOptions = true,
    sortOptions = false)
public final class LocalThr implements Callable<Integer> {
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
      paramLabel = "<message-count>",
      converter = Settings.Positive.class,
      description = "How many messages to receive in a round.")
  private int count;

  @Mixin private Link link;
  @Mixin private Settings settings;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    Throughput program = new Throughput(out, size, count, settings.rounds);
    try (Context context = Context.create();
        Socket socket = settings.open(context, SocketType.PULL)) {
      link.bind(socket, endpoint);
      program.receive(socket);
      settings.finish(context, socket);
    }
    return 0;
  }
}
