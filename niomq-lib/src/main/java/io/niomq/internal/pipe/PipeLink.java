package io.niomq.internal.pipe;

import java.nio.channels.SelectableChannel;

/**
 * What is at the far end of a pipe: a connection, or the pipe of another socket (inproc). The
 * socket asks it what to do after a change, under its lock, and lets it {@link #act} afterwards,
 * without the lock.
 */
public interface PipeLink {
  /** Send on what was appended; inproc: tell the reader. */
  int SEND = 1;

  /** Let the I/O thread look after what was appended. */
  int GUARD = 2;

  /** Read again, there is room; inproc: tell the sender. */
  int RESUME = 4;

  /** Inproc: tell the peer that this side has closed. */
  int CLOSE = 8;

  /** Let the channel take what is queued before the sender goes on; for calls that may wait. */
  int PACE = 16;

  /**
   * A message or command was appended to the pipe's outbound queue. Under the lock; returns actions
   * to take.
   */
  int onAppended(Pipe pipe);

  /**
   * Whether somebody looks after what is appended, and does not leave while the socket {@linkplain
   * Pipe#heldBack holds messages back}. Under the lock.
   */
  default boolean isGuarded() {
    return false;
  }

  /**
   * Credit was returned by taking messages from the inbound queue. Under the lock; returns actions
   * to take.
   */
  int onCredit(Pipe pipe);

  /** Does what {@link #onAppended} or {@link #onCredit} asked for. Without any socket's lock. */
  void act(Pipe pipe, int actions);

  /**
   * The inbound queue was found empty: makes sure that the socket is told of what comes next. Under
   * the lock of the pipe's own socket.
   *
   * @return true when something came meanwhile: look again
   */
  boolean arm(Pipe pipe);

  /**
   * Gives memory of both queues back if nothing has passed through them since this was last called.
   * Under the lock.
   *
   * @return whether nothing has
   */
  default boolean trim(Pipe pipe) {
    return true;
  }

  /** The channel that a waiting caller may read, or null. */
  SelectableChannel channel();

  /**
   * Reads what is there, once, without waiting, and publishes it; false when nothing could be read
   * now, or the connection is at its end. Without any socket's lock.
   */
  boolean fill();

  /**
   * When octets of the peer were read ({@link System#nanoTime}); 0 when none were, or nobody knows
   * (inproc). Any thread.
   */
  default long heardAt() {
    return 0;
  }

  /** Whether more octets were read since {@link #heardAt}. Any thread. */
  default boolean heardSince() {
    return false;
  }

  /**
   * How many octets of a large message have come that is not complete yet. For who calls {@link
   * #fill}.
   */
  default int octetsOfIncomplete() {
    return 0;
  }

  /** Whether {@link #fill} can never read again: the caller should forget the channel. */
  boolean isFinished();

  /**
   * A wait on this socket really waited, so that the next message goes straight to the channel.
   * Under the lock.
   */
  void refillBudget();
}
