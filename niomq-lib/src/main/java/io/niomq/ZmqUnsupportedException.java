package io.niomq;

/**
 * The socket's type does not have this operation, for instance sending on a PULL, or pure Java
 * cannot do what an option asks for ({@code ENOTSUP}).
 */
public final class ZmqUnsupportedException extends UnsupportedOperationException
    implements ZmqError {
  private static final long serialVersionUID = 1L;

  /** For the library's own use. */
  public ZmqUnsupportedException(String message) {
    super(message + " (" + Errno.ENOTSUP.name() + ": " + Errno.ENOTSUP.text() + ")");
  }

  @Override
  public Errno errno() {
    return Errno.ENOTSUP;
  }
}
