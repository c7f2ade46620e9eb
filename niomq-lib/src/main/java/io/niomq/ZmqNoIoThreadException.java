package io.niomq;

/**
 * The context has no I/O thread, so it serves only {@code inproc}, or none that {@link
 * SocketOptions#AFFINITY} names ({@code EMTHREAD}).
 */
public final class ZmqNoIoThreadException extends ZmqException {
  private static final long serialVersionUID = 1L;

  /** For the library's own use. */
  public ZmqNoIoThreadException(String message) {
    super(Errno.EMTHREAD, message);
  }
}
