package io.niomq.internal.security;

/**
 * What a mechanism does to the frames of the traffic: it seals payloads into the bodies of frames,
 * and opens such bodies.
 *
 * <pre>
 *   body      prefix ({@link #overhead} octets) | sealed payload
 *   payload   flags(1) data
 * </pre>
 *
 * Sealing and opening do not share anything, so two threads may do one each; each by one thread at
 * a time. {@link #end} comes when both have stopped.
 */
public interface FrameCipher {
  /** More frames of the message follow. */
  int FLAG_MORE = 1;

  /** The data is a command. */
  int FLAG_COMMAND = 2;

  /** How much longer a body is than its payload. */
  int overhead();

  /**
   * Seals in place: the payload stands at {@code at + overhead()}, and the body will begin at
   * {@code at}.
   */
  void seal(byte[] octets, int at, int payloadSize);

  /**
   * Opens in place: the body begins at {@code at}, and the payload will stand at {@code at +
   * overhead()}.
   */
  void open(byte[] octets, int at, int bodySize) throws ProtocolException;

  /** Forgets the keys. */
  void end();
}
