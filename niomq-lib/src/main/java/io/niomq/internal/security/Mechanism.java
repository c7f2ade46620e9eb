package io.niomq.internal.security;

import java.util.List;

/**
 * A security mechanism's part in one handshake: it sees command bodies, and knows no channel.
 * Driven by one thread.
 *
 * <p>The handshake asks, again and again, for {@link #takeCredentials}, {@link #produce} and {@link
 * #isComplete}, and then gives the next command to {@link #process}. Between credentials and what
 * follows lies the decision whether the peer is let in ({@link Authentication}), which takes time;
 * a mechanism whose handshake goes on may take it that it was.
 *
 * @see "RFC 37, Security Mechanism"
 */
public interface Mechanism {
  /** The name in the greeting, at most 20 ASCII characters. */
  String name();

  /** Whether this side is the server, where a mechanism has one. */
  default boolean isServer() {
    return false;
  }

  /**
   * What the peer has shown to be let in, once, when it is time to decide; null otherwise. A
   * mechanism that needs no decision on this side never has any.
   */
  default List<byte[]> takeCredentials() {
    return null;
  }

  /** The next command to send, name and data; null when it is the peer's turn. */
  byte[] produce() throws ProtocolException;

  /** A command came. */
  void process(byte[] command) throws ProtocolException;

  /** Whether both sides are ready for messages. */
  boolean isComplete();

  /** What the peer told of itself; null before it has. */
  Metadata peerProperties();

  /**
   * What is to be done to the frames of the traffic, after {@link #isComplete}, when it is the
   * caller's to {@link FrameCipher#end}; null when they go over the wire as they are.
   */
  default FrameCipher takeCipher() {
    return null;
  }

  /** The handshake is over, in one way or the other: forgets its keys. */
  default void end() {}
}
