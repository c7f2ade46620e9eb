package io.niomq.internal.advice;

import io.niomq.explain.Cause;
import io.niomq.explain.Finding;
import io.niomq.explain.SocketReport;

/** Looks for one kind of trouble in a report. */
@FunctionalInterface
interface Rule {

  /** Takes what a rule has found. */
  @FunctionalInterface
  interface Found {
    void add(Finding finding);

    default void add(Cause cause, String sentence) {
      add(new Finding(cause, sentence));
    }
  }

  void look(SocketReport socket, Found found);

  /** "1 message", "2 messages". */
  static String count(long n, String thing) {
    return n + " " + thing + (n == 1 ? "" : "s");
  }

  /** "1 message was", "2 messages were". */
  static String were(long n, String thing) {
    return count(n, thing) + (n == 1 ? " was" : " were");
  }
}
