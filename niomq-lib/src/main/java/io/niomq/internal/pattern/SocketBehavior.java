package io.niomq.internal.pattern;

import io.niomq.SocketOption;
import io.niomq.internal.pipe.Incoming;
import io.niomq.internal.pipe.Outgoing;
import io.niomq.internal.pipe.Pipe;

/**
 * What a socket type does with messages and peers: one class a type, as its RFC says. Messages are
 * always whole.
 *
 * <p>Every method is called under the socket's lock, by whichever thread has something to say: the
 * application's, a connection's, an inproc peer's. None may wait or do I/O.
 */
public interface SocketBehavior {

  /**
   * Whether the next peer may have this routing id.
   *
   * @throws RuntimeException when not
   */
  default void checkRoutingId(byte[] id) {}

  /**
   * A pipe was added; on a connecting endpoint before the peer is known, else together with {@link
   * #connected}.
   */
  void attached(Pipe pipe);

  /**
   * A connection is about to join the pipe, which may be attached already, not yet, or no longer
   * (it sends what is left). Nobody reads or writes its queues at this moment: what is appended to
   * the outbound one comes after what the application has queued, what is appended to the inbound
   * one before all that the peer will send.
   */
  default void joining(Pipe pipe) {}

  /** The peer is known and may be talked to: after each handshake, and at once for inproc. */
  default void connected(Pipe pipe) {}

  /**
   * A peer that was {@link #connected} is gone, and not because this side wanted it. Called before
   * {@link #disconnected} or {@link #ended}. Nobody else writes to the inbound queue at this
   * moment.
   *
   * @param accepted whether the peer had connected to us, or is of the same process
   */
  default void lost(Pipe pipe, boolean accepted) {}

  /** The connection was lost, but the pipe stays (connecting endpoints). */
  default void disconnected(Pipe pipe) {}

  /**
   * No message comes from this pipe any more and none can be sent to it; what has arrived is still
   * to be read.
   */
  void ended(Pipe pipe);

  /** The pipe is gone: forget it. Called once, after {@link #ended} or instead of it. */
  void detached(Pipe pipe);

  /** There may be messages in the pipe. */
  void readable(Pipe pipe);

  /** There is room in the pipe again. */
  default void writable(Pipe pipe) {}

  /**
   * Routes one message.
   *
   * @return false when the call would have to wait; nothing has happened then
   * @throws RuntimeException when the pattern forbids it; nothing has happened then
   */
  boolean send(Outgoing message);

  /** Appends to their queues the messages that {@link #send} has held back. */
  default void releaseHeld() {}

  /**
   * Checks the first frame of a message that will be sent frame by frame; false when the call would
   * have to wait.
   */
  default boolean beginSend(Outgoing first) {
    return true;
  }

  /**
   * Finds the next message for the application and sets the cursor to its first frame; may be
   * repeated.
   *
   * @return false when there is none
   * @throws RuntimeException when the pattern forbids receiving now
   */
  boolean recv(Incoming message);

  /** The application has the message that {@link #recv} found: takes it from its queue. */
  void received(Incoming message);

  /** Whether {@link #send} would accept a message now. */
  boolean canSend();

  /**
   * How many messages {@link #send} would accept now, at least, whatever they are; no more than
   * {@code most}.
   */
  default int room(int most) {
    return canSend() ? 1 : 0;
  }

  /** Whether {@link #recv} would find a message now. */
  boolean canRecv();

  /**
   * Whether a message is written to a quiet connection without regard to bursts: for lock-step
   * patterns.
   */
  default boolean flushesEachMessage() {
    return false;
  }

  /** The application subscribes (SUB), or lets a peer subscribe (XPUB). */
  default void subscribe(byte[] prefix) {
    throw new IllegalStateException();
  }

  /** The application unsubscribes (SUB), or has a peer unsubscribed (XPUB). */
  default void unsubscribe(byte[] prefix) {
    throw new IllegalStateException();
  }

  /** How many distinct prefixes are subscribed to: {@code ZMQ_TOPICS_COUNT}. */
  default int topics() {
    return 0;
  }

  /**
   * How many connected peers have subscriptions (PUB, XPUB).
   *
   * @param topic counts only those that would get a message with this first frame; null: all
   */
  default int subscribers(byte[] topic) {
    throw new IllegalStateException();
  }

  /** An option has a new value. */
  default void optionChanged(SocketOption<?> option) {}

  /** Tells what only the pattern knows. */
  default void explain(PatternFacts facts) {}

  /** How many subscriptions a publisher holds for this peer; -1 when it is none. */
  default int subscriptionsOf(Pipe pipe) {
    return -1;
  }

  /**
   * How many messages a publisher had been given when this peer first subscribed; -1 when it has
   * not, or this is no publisher.
   */
  default long missedBy(Pipe pipe) {
    return -1;
  }

  /** The socket is closed and all its pipes are gone: gives back what is left. */
  default void closed() {}
}
