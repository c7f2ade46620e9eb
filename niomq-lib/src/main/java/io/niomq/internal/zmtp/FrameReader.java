package io.niomq.internal.zmtp;

import io.niomq.internal.security.ProtocolException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;

/** Brings octets from a channel into a connection's inbound queue. One thread at a time. */
interface FrameReader {
  /**
   * Reads what one call should, and publishes the whole messages; returns how many octets came, or
   * what the channel's read returned if none did.
   */
  int read(ReadableByteChannel channel) throws IOException, ProtocolException;

  /** Takes octets that were read before. */
  void accept(ByteBuffer octets) throws ProtocolException;

  /** A command to send back (PONG), or null when there is none (left). */
  byte[] takeReply();

  /** The time to live that the peer's last PING told, in tenths of a second; 0 for none. */
  default int timeToLive() {
    return 0;
  }

  /** How many octets of a large body have come that is not complete yet. */
  default int octetsOfIncomplete() {
    return 0;
  }

  /** Nothing came for a while: gives memory back that is not needed. Under the socket's lock. */
  default void trim() {}

  /**
   * The connection has ended: gives back what an incomplete message holds.
   *
   * @return whether there was one
   */
  boolean giveUp();
}
