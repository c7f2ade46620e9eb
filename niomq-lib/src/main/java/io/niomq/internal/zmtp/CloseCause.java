package io.niomq.internal.zmtp;

import io.niomq.Errno;

/**
 * Why a connection ended.
 *
 * @param kind whose fault it was, which decides what follows
 * @param errno the error code
 * @param reason in words
 */
public record CloseCause(Kind kind, Errno errno, String reason) {

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
}
