package io.niomq;

/** The transport cannot carry the socket's type ({@code ENOCOMPATPROTO}). */
public final class ZmqIncompatibleProtocolException extends ZmqException {
  private static final long serialVersionUID = 1L;

  /** For the library's own use. */
  public ZmqIncompatibleProtocolException(String message) {
    super(Errno.ENOCOMPATPROTO, message);
  }
}
