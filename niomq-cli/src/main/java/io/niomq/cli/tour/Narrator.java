package io.niomq.cli.tour;

import java.io.PrintWriter;
import java.util.Locale;

/** Prints the story of the tour, line by line, from any thread. */
final class Narrator {
  /** No line is longer, unless a word of the story is. */
  static final int WIDTH = 100;

  private final PrintWriter out;

  Narrator(PrintWriter out) {
    this.out = out;
  }

  /** One line as it is. */
  synchronized void line(String text) {
    out.println(text);
    out.flush();
  }

  /** A line of the story: who, and what happened. */
  void say(String who, String what) {
    line(String.format(Locale.ROOT, "   %-14s %s", who, what));
  }

  /** A line with {@code left} at its beginning and {@code right}, if any, at its end. */
  void heading(String left, String right) {
    String end = right.isEmpty() ? "" : " " + right + " ---";
    String begin = "--- " + left + " ";
    line(begin + "-".repeat(Math.max(3, WIDTH - begin.length() - end.length())) + end);
  }

  /** An exception with its stack trace. */
  synchronized void trace(Throwable failure) {
    failure.printStackTrace(out);
    out.flush();
  }
}
