package io.niomq.internal.socket;

/**
 * How many warnings of drops a context may log: each socket limits its own, but there may be many
 * sockets. What is left out is told with the next one. Of the events thread.
 */
final class Warnings {
  /** So many at most ... */
  static final int MAX = 20;

  /** ... in this time. */
  static final long TIME_NANOS = 10_000_000_000L;

  private long begun;
  private int used = MAX;
  private long leftOut;

  /** Whether one more may be logged now. */
  boolean mayWarn() {
    return mayWarn(System.nanoTime());
  }

  boolean mayWarn(long now) {
    if (used == MAX) {
      if (begun != 0 && now - begun < TIME_NANOS) {
        leftOut++;
        return false;
      }
      begun = now == 0 ? 1 : now;
      used = 0;
    }
    used++;
    return true;
  }

  /** The end of a warning: how many were left out before it. */
  String leftOut() {
    long n = leftOut;
    leftOut = 0;
    return n == 0 ? "" : " (" + n + (n == 1 ? " warning was" : " warnings were") + " left out)";
  }
}
