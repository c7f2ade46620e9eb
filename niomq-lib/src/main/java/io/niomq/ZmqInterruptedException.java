package io.niomq;

/**
 * The calling thread was interrupted before or while it waited ({@code EINTR}). The interrupt flag
 * stays set; the socket, its connections and the context are unharmed, and the call may be repeated
 * once the flag is cleared.
 */
public final class ZmqInterruptedException extends ZmqException {
  private static final long serialVersionUID = 1L;

  /** For the library's own use. */
  public ZmqInterruptedException(String message) {
    super(Errno.EINTR, message);
  }
}
