package io.niomq.explain;

/** What a {@link Finding} is about. Each has a test that provokes it. */
public enum Cause {
  /** A SUB or XSUB that has not subscribed to anything. */
  NO_SUBSCRIPTION,
  /** A SUB whose publishers have sent nothing that matches. */
  NOTHING_RECEIVED,
  /** A publisher sent what no connected peer has subscribed to. */
  NO_SUBSCRIPTION_MATCHED,
  /** A publisher sent before anybody had subscribed: the slow joiner. */
  PUBLISHED_TOO_EARLY,
  /** A publisher sent before it was bound or connected. */
  BOUND_TOO_LATE,
  /** A subscriber came after messages that it therefore has not got. */
  JOINED_LATE,
  /** A peer of a publisher that has not subscribed to anything. */
  PEER_WITHOUT_SUBSCRIPTION,
  /** Messages were dropped because a peer reads more slowly than they are sent. */
  SLOW_PEER,
  /** Messages gather here because the application does not read them. */
  UNREAD,
  /** The socket was neither bound nor connected. */
  NO_ENDPOINT,
  /** Nobody has connected to a bound endpoint so far. */
  NOBODY_CONNECTED,
  /** No attempt to connect to an endpoint has succeeded so far. */
  NEVER_CONNECTED,
  /** Attempts to connect get no answer. */
  CONNECT_TIMES_OUT,
  /** A connection was lost and could not be made again so far. */
  DISCONNECTED,
  /** An endpoint could not be bound. */
  BIND_FAILED,
  /** An inproc endpoint that nobody has bound. */
  INPROC_NOT_BOUND,
  /** An inproc endpoint that is bound in another context of this process. */
  INPROC_OTHER_CONTEXT,
  /** A peer of a type that this socket cannot talk to. */
  INCOMPATIBLE_PEER,
  /** A peer with another security mechanism. */
  OTHER_MECHANISM,
  /** A handshake failed for another reason, or the pattern refused the peer. */
  PEER_REFUSED,
  /** Messages are queued for a peer that is not connected. */
  STUCK,
  /** One of several peers got nearly all messages. */
  UNEVEN,
  /** Threads wait in send. */
  SEND_WAITS,
  /** Calls were refused because the socket has to do something else first. */
  OUT_OF_TURN,
  /** Calls failed because they would have had to wait (longer). */
  WOULD_WAIT,
  /** Calls were made after the socket was closed. */
  USED_AFTER_CLOSE,
  /** Calls were made after the context was closed or shut down. */
  USED_AFTER_SHUTDOWN,
  /** A mandatory ROUTER was given a routing id that nobody has. */
  UNROUTABLE,
  /** The reply that a REQ waits for cannot come. */
  REPLY_LOST,
  /** The peer whose request a REP has read is gone. */
  ASKER_GONE,
  /** The socket is closed and has messages left to send. */
  LINGERING,
  /** Messages were dropped: the sentence tells why. */
  DROPPED
}
