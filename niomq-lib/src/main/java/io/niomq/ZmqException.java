package io.niomq;

/** An operation on a socket, context or poller failed; {@link #errno()} tells how. */
public class ZmqException extends RuntimeException implements ZmqError {
  private static final long serialVersionUID = 1L;

  private final Errno errno;

  /** For the library's own use. */
  public ZmqException(Errno errno, String message) {
    this(errno, message, null);
  }

  /** For the library's own use. */
  public ZmqException(Errno errno, String message, Throwable cause) {
    super(message + " (" + errno.name() + ": " + errno.text() + ")", cause);
    this.errno = errno;
  }

  @Override
  public final Errno errno() {
    return errno;
  }
}
