package io.niomq.cli.perf;

/** A measurement came to nothing; the message is for the user. */
public final class PerfException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  PerfException(String message) {
    super(message);
  }
}
