package io.niomq.internal.security;

import io.niomq.Errno;
import io.niomq.ProtocolError;

/** The peer broke the protocol: it costs its own connection, and nobody else sees this. */
public final class ProtocolException extends Exception {
  private static final long serialVersionUID = 1L;

  private final Errno errno;
  private final boolean authentication;
  private final int code;

  public ProtocolException(String message) {
    this(ProtocolError.ZMTP_UNSPECIFIED, message);
  }

  public ProtocolException(ProtocolError error, String message) {
    this(Errno.EPROTO, message, false, error.number());
  }

  public ProtocolException(Errno errno, String message, boolean authentication) {
    this(errno, message, authentication, ProtocolError.ZMTP_UNSPECIFIED.number());
  }

  private ProtocolException(Errno errno, String message, boolean authentication, int code) {
    super(message, null, false, false);
    this.errno = errno;
    this.authentication = authentication;
    this.code = code;
  }

  /** Credentials were refused, with that status: 300, 400 or 500. */
  public static ProtocolException refused(int status, String message) {
    return new ProtocolException(Errno.EPROTO, message, true, status);
  }

  /** Nobody could decide whether to let the peer in, so it is not. */
  public static ProtocolException undecided(String message) {
    return new ProtocolException(Errno.EFAULT, message, false, Errno.EFAULT.number());
  }

  public Errno errno() {
    return errno;
  }

  /** Whether credentials were refused. */
  public boolean isAuthentication() {
    return authentication;
  }

  /** Whether it was nobody's fault but that of a missing ZAP handler. */
  public boolean isUndecided() {
    return errno == Errno.EFAULT;
  }

  /** What a monitor is told: the number of a {@link ProtocolError}, or the status of a refusal. */
  public int code() {
    return code;
  }
}
