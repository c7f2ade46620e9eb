package io.niomq;

/**
 * The socket may not do that now, for instance a REQ that awaits a reply may not send ({@code
 * EFSM}).
 */
public final class ZmqStateException extends ZmqException {
  private static final long serialVersionUID = 1L;

  /** For the library's own use. */
  public ZmqStateException(String message) {
    super(Errno.EFSM, message);
  }
}
