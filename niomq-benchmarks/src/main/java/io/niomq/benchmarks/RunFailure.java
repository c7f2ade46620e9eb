package io.niomq.benchmarks;

/** A run came to nothing; the message says why. */
final class RunFailure extends Exception {
  private static final long serialVersionUID = 1L;

  RunFailure(String message) {
    super(message);
  }
}
