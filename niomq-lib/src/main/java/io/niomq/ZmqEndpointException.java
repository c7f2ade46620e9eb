package io.niomq;

/**
 * An endpoint could not be bound, connected, unbound or disconnected. {@link #errno()} tells why:
 * {@code EADDRINUSE}, {@code EADDRNOTAVAIL}, {@code ENODEV}, {@code EACCES}, {@code ENOENT}, {@code
 * EPROTONOSUPPORT}, {@code EAFNOSUPPORT} and others.
 */
public final class ZmqEndpointException extends ZmqException {
  private static final long serialVersionUID = 1L;

  private final String endpoint;

  /** For the library's own use. */
  public ZmqEndpointException(Errno errno, String endpoint, String reason) {
    this(errno, endpoint, reason, null);
  }

  /** For the library's own use. */
  public ZmqEndpointException(Errno errno, String endpoint, String reason, Throwable cause) {
    super(errno, endpoint + ": " + reason, cause);
    this.endpoint = endpoint;
  }

  /** The endpoint as the caller gave it. */
  public String endpoint() {
    return endpoint;
  }
}
