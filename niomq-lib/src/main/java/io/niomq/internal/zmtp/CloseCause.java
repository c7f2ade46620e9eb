package io.niomq.internal.zmtp;

import io.niomq.Errno;
import io.niomq.internal.security.ProtocolException;
import java.io.IOException;

/**
 * Why a connection ended.
 *
 * @param kind whose fault it was, which decides what follows
 * @param errno the error code
 * @param reason in words
 * @param code what a monitor is told when this ends a handshake: see {@code SocketEvent.Type}
 */
public record CloseCause(Kind kind, Errno errno, String reason, int code) {

  public CloseCause(Kind kind, Errno errno, String reason) {
    this(kind, errno, reason, errno.number());
  }

  /** Whose fault it was. */
  public enum Kind {
    /** The network, or the peer closed: a connecting endpoint tries again. */
    LOST,
    /** The handshake took too long: a connecting endpoint tries again. */
    TIMEOUT,
    /** The peer broke the protocol: a connecting endpoint gives up, as in libzmq. */
    PROTOCOL,
    /** Credentials were refused: a connecting endpoint gives up. */
    AUTHENTICATION,
    /** We closed it: the endpoint or socket was closed, and everything was sent. */
    LOCAL,
    /** We closed it while messages were unsent, because the linger was over. */
    LINGER
  }

  /** The channel failed. */
  static CloseCause lost(IOException e) {
    return new CloseCause(
        Kind.LOST, Errno.ECONNRESET, "the connection was lost: " + e.getMessage());
  }

  /** The peer broke the protocol, or was refused. */
  static CloseCause of(ProtocolException e) {
    Kind kind = e.isAuthentication() ? Kind.AUTHENTICATION : Kind.PROTOCOL;
    return new CloseCause(e.isUndecided() ? Kind.LOST : kind, e.errno(), e.getMessage(), e.code());
  }
}
