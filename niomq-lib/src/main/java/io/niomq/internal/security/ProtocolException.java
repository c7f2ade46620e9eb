package io.niomq.internal.security;

import io.niomq.Errno;
import io.niomq.ProtocolError;

/** The peer broke the protocol: it costs its own connection, and nobody else sees this. */
public final class ProtocolException extends Exception {
  private static final long serialVersionUID = 1L;

  private final Errno errno;
  private final boolean authentication;
  private final boolean incompatible;
  private final int code;
  private final boolean ours;

  public ProtocolException(String message) {
    this(ProtocolError.ZMTP_UNSPECIFIED, message);
  }

  public ProtocolException(ProtocolError error, String message) {
    this(Errno.EPROTO, message, false, error.number(), false);
  }

  public ProtocolException(Errno errno, String message, boolean authentication) {
    this(errno, message, authentication, ProtocolError.ZMTP_UNSPECIFIED.number(), false);
  }

  private ProtocolException(
      Errno errno, String message, boolean authentication, int code, boolean incompatible) {
    this(errno, message, authentication, code, incompatible, false);
  }

  private ProtocolException(
      Errno errno,
      String message,
      boolean authentication,
      int code,
      boolean incompatible,
      boolean ours) {
    super(message, null, false, false);
    this.ours = ours;
    this.errno = errno;
    this.authentication = authentication;
    this.code = code;
    this.incompatible = incompatible;
  }

  /** Credentials were refused, with that status: 300, 400 or 500. */
  public static ProtocolException refused(int status, String message) {
    return new ProtocolException(Errno.EPROTO, message, true, status, false);
  }

  /** The same, but it was our own ZAP handler's word: it may be another one the next time. */
  public ProtocolException byOurHandler() {
    return new ProtocolException(errno, getMessage(), authentication, code, incompatible, true);
  }

  /** Nobody could decide whether to let the peer in, so it is not. */
  public static ProtocolException undecided(String message) {
    return new ProtocolException(Errno.EFAULT, message, false, Errno.EFAULT.number(), false);
  }

  /** The peer's type of socket is one that ours cannot talk to. */
  public static ProtocolException incompatible(String message) {
    int code = ProtocolError.ZMTP_INVALID_METADATA.number();
    return new ProtocolException(Errno.EPROTO, message, false, code, true);
  }

  public Errno errno() {
    return errno;
  }

  /** Whether credentials were refused. */
  public boolean isAuthentication() {
    return authentication;
  }

  /** Whether the types of the two sockets do not fit. */
  public boolean isIncompatible() {
    return incompatible;
  }

  /** Whether our own ZAP handler has refused the peer. */
  public boolean isByOurHandler() {
    return ours;
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
