package io.niomq.cli.explain;

/** A program cannot be asked, for a reason that its user can understand. */
public final class ExplainException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  ExplainException(String message) {
    super(message);
  }

  ExplainException(String message, Throwable cause) {
    super(message, cause);
  }
}
