package io.niomq;

/** The socket or poller was closed before, or while, the call ran ({@code ENOTSOCK}). */
public final class ZmqClosedException extends ZmqException {
  private static final long serialVersionUID = 1L;

  /** For the library's own use. */
  public ZmqClosedException(String message) {
    super(Errno.ENOTSOCK, message);
  }
}
