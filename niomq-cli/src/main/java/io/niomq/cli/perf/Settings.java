package io.niomq.cli.perf;

import io.niomq.CloseReport;
import io.niomq.Context;
import io.niomq.Socket;
import io.niomq.SocketOptions;
import io.niomq.SocketType;
import java.time.Duration;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The options that all measuring programs share. */
final class Settings {
  @Option(
      names = "--rounds",
      paramLabel = "N",
      defaultValue = "1",
      converter = Positive.class,
      description =
          "Measure N times over the same sockets and print a line for each round; both sides must be"
              + " told. The first rounds warm the JIT up; the result at the end is the median of the"
              + " second half. Default: ${DEFAULT-VALUE}.")
  int rounds;

  @Option(
      names = "--hwm",
      paramLabel = "N",
      converter = Natural.class,
      description = "Send and receive high-water mark in messages, 0 for none. Default: 1000.")
  private Integer highWaterMark;

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      defaultValue = "60",
      converter = Positive.class,
      description =
          "Give up after this long without any message, so that nothing hangs when the peer is"
              + " missing. Default: ${DEFAULT-VALUE}.")
  private int timeoutSeconds;

  Duration timeout() {
    return Duration.ofSeconds(timeoutSeconds);
  }

  /** A socket none of whose calls waits for ever, nor its close after a failure. */
  Socket open(Context context, SocketType type) {
    Socket socket = context.socket(type);
    socket.set(SocketOptions.RCVTIMEO, timeout());
    socket.set(SocketOptions.SNDTIMEO, timeout());
    socket.set(SocketOptions.LINGER, Duration.ZERO);
    if (highWaterMark != null) {
      socket.set(SocketOptions.SNDHWM, highWaterMark);
      socket.set(SocketOptions.RCVHWM, highWaterMark);
    }
    return socket;
  }

  /** Waits until all that was sent is gone; fails when it is not within the timeout. */
  void finish(Context context, Socket socket) {
    socket.set(SocketOptions.LINGER, SocketOptions.FOREVER);
    socket.close();
    CloseReport report = context.close(timeout());
    if (!report.complete()) {
      throw new PerfException(
          "not everything could be sent within "
              + timeoutSeconds
              + " s (dropped: "
              + report.dropped()
              + "); is the other side there? See --timeout");
    }
  }

  /** Accepts 1 and more. */
  static final class Positive implements ITypeConverter<Integer> {
    @Override
    public Integer convert(String value) {
      return atLeast(1, value);
    }
  }

  /** Accepts 0 and more. */
  static final class Natural implements ITypeConverter<Integer> {
    @Override
    public Integer convert(String value) {
      return atLeast(0, value);
    }
  }

  private static int atLeast(int min, String value) {
    try {
      int number = Integer.parseInt(value);
      if (number >= min) {
        return number;
      }
    } catch (NumberFormatException e) {
      // told below
    }
    throw new TypeConversionException(
        "'" + value + "' is not a number from " + min + " to " + Integer.MAX_VALUE);
  }
}
