package io.niomq.cli.perf;

import io.niomq.Socket;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.util.Locale;

/** One-way streams of messages of one size, PUSH to PULL. */
final class Throughput {
  private final PrintWriter out;
  private final int size;
  private final int count;
  private final int rounds;

  Throughput(PrintWriter out, int size, int count, int rounds) {
    this.out = out;
    this.size = size;
    this.count = count;
    this.rounds = rounds;
  }

  /** Receives all rounds; the clock starts at the very first message. */
  void receive(Socket pull) {
    ByteBuffer buffer = ByteBuffer.allocateDirect(size);
    Rounds results = new Rounds(rounds);
    receive(pull, buffer, 1);
    long start = System.nanoTime();
    for (int i = 0; i < rounds; i++) {
      receive(pull, buffer, i == 0 ? count - 1 : count);
      long end = System.nanoTime();
      double perSecond = count / seconds(end - start);
      results.add(perSecond);
      if (rounds > 1) {
        print("round %d: %d [msg/s] %.3f [Mb/s]", i + 1, (long) perSecond, megabits(perSecond));
      }
      start = end;
    }
    double perSecond = results.settled();
    print("message size: %d [B]", size);
    print("message count: %d", count);
    print("mean throughput: %d [msg/s]", (long) perSecond);
    print("mean throughput: %.3f [Mb/s]", megabits(perSecond));
  }

  private void receive(Socket pull, ByteBuffer buffer, int messages) {
    for (int i = 0; i < messages; i++) {
      buffer.clear();
      Rounds.checkSize(pull.recv(buffer), size);
    }
  }

  /** Sends all rounds; with more than one, tells how long each took to queue. */
  void send(Socket push) {
    byte[] body = new byte[size];
    for (int i = 0; i < rounds; i++) {
      long start = System.nanoTime();
      send(push, body);
      if (rounds > 1) {
        long elapsed = System.nanoTime() - start;
        print("round %d: sent %d messages in %.3f [ms]", i + 1, count, seconds(elapsed) * 1e3);
      }
    }
  }

  private void send(Socket push, byte[] body) {
    for (int i = 0; i < count; i++) {
      push.send(body);
    }
  }

  private double megabits(double messagesPerSecond) {
    return messagesPerSecond * size * 8 / 1e6;
  }

  private static double seconds(long nanos) {
    return Math.max(nanos, 1000) / 1e9; // libzmq's clock counts whole microseconds, at least one
  }

  private synchronized void print(String format, Object... values) {
    out.println(String.format(Locale.ROOT, format, values));
    out.flush();
  }
}
