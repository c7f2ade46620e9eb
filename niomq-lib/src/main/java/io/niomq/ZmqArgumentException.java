package io.niomq;

/**
 * An argument is wrong; the message names the value and the allowed range ({@code EINVAL} or {@code
 * ENAMETOOLONG}).
 */
public final class ZmqArgumentException extends IllegalArgumentException implements ZmqError {
  private static final long serialVersionUID = 1L;

  private final Errno errno;

  /** For the library's own use. */
  public ZmqArgumentException(String message) {
    this(Errno.EINVAL, message);
  }

  /** For the library's own use. */
  public ZmqArgumentException(Errno errno, String message) {
    super(message + " (" + errno.name() + ": " + errno.text() + ")");
    this.errno = errno;
  }

  @Override
  public Errno errno() {
    return errno;
  }
}
