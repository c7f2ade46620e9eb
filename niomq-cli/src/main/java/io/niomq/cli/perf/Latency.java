package io.niomq.cli.perf;

import io.niomq.Socket;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.util.Locale;

/** Round trips of messages of one size, REQ to REP and back. */
final class Latency {
  private final PrintWriter out;
  private final int size;
  private final int count;
  private final int rounds;

  Latency(PrintWriter out, int size, int count, int rounds) {
    this.out = out;
    this.size = size;
    this.count = count;
    this.rounds = rounds;
  }

  /** Makes all round trips and reports the time of one way. */
  void ask(Socket req) {
    ByteBuffer buffer = ByteBuffer.allocateDirect(size);
    Rounds results = new Rounds(rounds);
    for (int i = 0; i < rounds; i++) {
      long start = System.nanoTime();
      ask(req, buffer);
      double micros = (System.nanoTime() - start) / 1e3 / (2.0 * count);
      results.add(micros);
      if (rounds > 1) {
        print("round %d: %.3f [us]", i + 1, micros);
      }
    }
    print("message size: %d [B]", size);
    print("roundtrip count: %d", count);
    print("average latency: %.3f [us]", results.settled());
  }

  private void ask(Socket req, ByteBuffer buffer) {
    for (int i = 0; i < count; i++) {
      buffer.clear();
      req.send(buffer);
      buffer.clear();
      Rounds.checkSize(req.recv(buffer), size);
    }
  }

  /**
   * Answers all requests with what they brought; with more than one round, tells how long each
   * took.
   */
  void answer(Socket rep) {
    ByteBuffer buffer = ByteBuffer.allocateDirect(size);
    for (int i = 0; i < rounds; i++) {
      long start = System.nanoTime();
      answer(rep, buffer);
      if (rounds > 1) {
        double millis = (System.nanoTime() - start) / 1e6;
        print("round %d: answered %d requests in %.3f [ms]", i + 1, count, millis);
      }
    }
  }

  private void answer(Socket rep, ByteBuffer buffer) {
    for (int i = 0; i < count; i++) {
      buffer.clear();
      Rounds.checkSize(rep.recv(buffer), size);
      buffer.flip();
      rep.send(buffer);
    }
  }

  private synchronized void print(String format, Object... values) {
    out.println(String.format(Locale.ROOT, format, values));
    out.flush();
  }
}
