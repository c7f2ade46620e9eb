package io.niomq;

/** The time set with {@code ZMQ_SNDTIMEO} or {@code ZMQ_RCVTIMEO} passed ({@code EAGAIN}). */
public final class ZmqTimeoutException extends ZmqException {
  private static final long serialVersionUID = 1L;

  /** For the library's own use. */
  public ZmqTimeoutException(String message) {
    super(Errno.EAGAIN, message);
  }
}
