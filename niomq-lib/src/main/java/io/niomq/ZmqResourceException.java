package io.niomq;

/** A limit was reached: too many sockets in the context, or no descriptor left ({@code EMFILE}). */
public final class ZmqResourceException extends ZmqException {
  private static final long serialVersionUID = 1L;

  /** For the library's own use. */
  public ZmqResourceException(String message, Throwable cause) {
    super(Errno.EMFILE, message, cause);
  }
}
