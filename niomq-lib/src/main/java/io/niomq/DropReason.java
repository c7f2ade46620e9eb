package io.niomq;

/**
 * Why a message, once accepted or offered, did not go on to a reader. Each socket counts them by
 * reason.
 */
public enum DropReason {
  /** A publisher had no peer whose subscriptions matched. */
  NO_SUBSCRIBER,
  /** The peer's queue was at its high-water mark and this pattern does not wait. */
  HIGH_WATER_MARK,
  /** A ROUTER had no peer of that routing id. */
  NO_ROUTE,
  /** The peer that a REP would have answered, or an XSUB sent to, is gone. */
  NO_PEER,
  /** The message lacks what its pattern needs, for instance a delimiter. */
  MALFORMED,
  /** A SUB received a message that matches none of its subscriptions. */
  NOT_SUBSCRIBED,
  /** A REQ received a reply that it does not wait for. */
  STALE_REPLY,
  /** The peer sent a message to a socket that does not receive. */
  NOT_RECEIVING,
  /** A newer message took its place (CONFLATE). */
  CONFLATED,
  /** The connection was lost, and with it what was queued for that peer. */
  CONNECTION_LOST,
  /** The connection was lost in the middle of sending this message. */
  PARTLY_SENT,
  /** The time to linger was over, or was zero, when the socket or endpoint was closed. */
  LINGER_EXPIRED,
  /** Received, but not read before the socket or endpoint was closed. */
  UNREAD_AT_CLOSE,
  /** An XPUB's reader did not read its subscription notices, and their queue was full. */
  NOTICES_FULL
}
