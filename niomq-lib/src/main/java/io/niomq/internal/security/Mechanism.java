package io.niomq.internal.security;

/**
 * A security mechanism's part in one handshake: it sees command bodies, and knows no channel.
 * Driven by one thread.
 *
 * @see "RFC 37, Security Mechanism"
 */
public interface Mechanism {
  /** The name in the greeting, at most 20 ASCII characters. */
  String name();

  /** The next command to send, name and data; null when it is the peer's turn. */
  byte[] produce();

  /** A command came. */
  void process(byte[] command) throws ProtocolException;

  /** Whether both sides are ready for messages. */
  boolean isComplete();

  /** What the peer told of itself; after {@link #isComplete}. */
  Metadata peerProperties();
}
