package io.niomq.explain;

/** Whose turn it is in a lock-step socket. */
public enum Turn {
  /** The type knows no turns. */
  ANY,
  /** The application's, to send. */
  SEND,
  /** The application's, to receive. */
  RECEIVE,
  /** The application waits for a reply whose peer is gone. */
  REPLY_LOST,
  /** The application owes a reply to a peer that is gone. */
  ASKER_GONE
}
