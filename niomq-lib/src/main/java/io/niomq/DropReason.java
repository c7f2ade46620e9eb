package io.niomq;

/**
 * Why a message, once accepted or offered, did not go on to a reader. Each socket counts them by
 * reason, in all and by peer: {@link Socket#drops}, {@link Socket#onDrop}.
 */
public enum DropReason {
  /** A publisher had no peer whose subscriptions matched. */
  NO_SUBSCRIBER("no subscription of a connected peer matched"),
  /** The peer's queue was at its high-water mark and this pattern does not wait. */
  HIGH_WATER_MARK("the peer's queue was at its high-water mark"),
  /** A ROUTER had no peer of that routing id. */
  NO_ROUTE("no connected peer has the routing id"),
  /** The peer that a REP would have answered, or an XSUB sent to, is gone. */
  NO_PEER("the peer is gone"),
  /** The message lacks what its pattern needs, for instance a delimiter. */
  MALFORMED("frames are missing that the pattern needs, such as a delimiter"),
  /** A SUB received a message that matches none of its subscriptions. */
  NOT_SUBSCRIBED("no subscription of this socket matches"),
  /** A REQ received a reply that it does not wait for. */
  STALE_REPLY("the request was no longer open"),
  /** The peer sent a message to a socket that does not receive. */
  NOT_RECEIVING("this type of socket does not receive"),
  /** A newer message took its place (CONFLATE). */
  CONFLATED("only the newest is kept (ZMQ_CONFLATE)"),
  /** The connection was lost, and with it what was queued for that peer. */
  CONNECTION_LOST("the connection was lost before sending"),
  /** The connection was lost in the middle of sending this message. */
  PARTLY_SENT("the connection was lost in the middle of sending"),
  /** The connection was lost in the middle of receiving this message. */
  PARTLY_RECEIVED("the connection was lost in the middle of receiving"),
  /** The peer sent a frame above {@link SocketOptions#MAXMSGSIZE}, which ends its connection. */
  TOO_LARGE("a frame is larger than allowed (ZMQ_MAXMSGSIZE)"),
  /**
   * It was queued for a peer that then turned out to be one that this socket cannot talk to, by its
   * type, its mechanism or its protocol.
   */
  REFUSED("the handshake with the peer failed"),
  /** The time to linger was over, or was zero, when the socket or endpoint was closed. */
  LINGER_EXPIRED("the time to linger was over before sending (ZMQ_LINGER)"),
  /**
   * Received, but not read to its end before the socket or endpoint was closed, or before the
   * thread ended that had begun to.
   */
  UNREAD_AT_CLOSE("the close came before reading"),
  /**
   * Begun frame by frame ({@link Socket#sendMore}) and not ended before the socket was closed, or
   * its thread ended; or the send of the last frame failed for another reason than time.
   */
  UNFINISHED("a close or an error came before the last frame"),
  /**
   * An XPUB's reader did not read its subscription notices and messages, and their queue was full:
   * a million of them, or 128 MiB.
   */
  NOTICES_FULL("the queue of subscription notices is full"),
  /**
   * An event, not a message, that the reader of a monitor, or a listener, was too slow for: see
   * {@link Socket#onEvent}, {@link Socket#onSubscription} and {@link Socket#monitor}.
   */
  EVENT_UNREAD("the reader of a monitor, or a listener, is too slow for the events");

  private final String meaning;

  DropReason(String meaning) {
    this.meaning = meaning;
  }

  /** The reason as the end of a sentence that begins with "the message was dropped because". */
  public String meaning() {
    return meaning;
  }
}
