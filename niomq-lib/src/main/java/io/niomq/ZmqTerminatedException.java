package io.niomq;

/** The context was closed or shut down while, or before, the call ran ({@code ETERM}). */
public final class ZmqTerminatedException extends ZmqException {
  private static final long serialVersionUID = 1L;

  /** For the library's own use. */
  public ZmqTerminatedException(String message) {
    super(Errno.ETERM, message);
  }
}
