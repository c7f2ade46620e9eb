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

/** Measures PUSH to PULL within this process. */
@Command(
    name = "inproc_thr",
    header = "Sends messages from one thread to another and tells how many a second.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
public final class InprocThr implements Callable<Integer> {
  private static final String ENDPOINT = "inproc://inproc_thr";

  @Parameters(
      index = "0",
      paramLabel = "<message-size>",
      converter = Settings.Natural.class,
      description = "Octets of a message; every message received is checked for it.")
  private int size;

  @Parameters(
      index = "1",
      paramLabel = "<message-count>",
      converter = Settings.Positive.class,
      description = "How many messages to send in a round.")
  private int count;

  @Mixin private Settings settings;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    Throughput program = new Throughput(out, size, count, settings.rounds);
    Throughput silent =
        new Throughput(new PrintWriter(Writer.nullWriter()), size, count, settings.rounds);
    try (Context context = Context.create();
        Socket pull = settings.open(context, SocketType.PULL);
        Socket push = settings.open(context, SocketType.PUSH)) {
      pull.bind(ENDPOINT);
      push.connect(ENDPOINT);
      Companion companion = Companion.start(() -> silent.send(push));
      program.receive(pull);
      companion.join(settings.timeout());
    }
    return 0;
  }
}
