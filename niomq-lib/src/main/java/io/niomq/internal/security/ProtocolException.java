package io.niomq.internal.security;

import io.niomq.Errno;

/** The peer broke the protocol: it costs its own connection, and nobody else sees this. */
public final class ProtocolException extends Exception {
  private static final long serialVersionUID = 1L;

  private final Errno errno;
  private final boolean authentication;

  public ProtocolException(String message) {
    this(Errno.EPROTO, message, false);
  }

  public ProtocolException(Errno errno, String message, boolean authentication) {
    super(message, null, false, false);
    this.errno = errno;
    this.authentication = authentication;
  }

  public Errno errno() {
    return errno;
  }

  /** Whether credentials were refused. */
  public boolean isAuthentication() {
    return authentication;
  }
}
