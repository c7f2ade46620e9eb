package io.niomq;

/**
 * No connected peer has the routing id that a mandatory ROUTER was told to send to ({@code
 * EHOSTUNREACH}).
 */
public final class ZmqUnroutableException extends ZmqException {
  private static final long serialVersionUID = 1L;

  /** For the library's own use. */
  public ZmqUnroutableException(String message) {
    super(Errno.EHOSTUNREACH, message);
  }
}
