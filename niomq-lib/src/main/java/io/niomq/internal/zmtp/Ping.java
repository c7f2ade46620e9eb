package io.niomq.internal.zmtp;

import io.niomq.internal.security.ProtocolException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A PING from the peer.
 *
 * <pre>
 *   04 "PING" ttl(2, tenths of a second) context
 *   04 "PONG" context                     at most 16 octets of it
 * </pre>
 *
 * RFC 37, Connection Heartbeating.
 */
final class Ping {
  private static final int HEADER = 7;
  private static final int CONTEXT_MAX = 16;
  private static final byte[] PING = "\4PING".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] PONG = "\4PONG".getBytes(StandardCharsets.US_ASCII);

  private Ping() {}

  static boolean is(byte[] command) {
    return command.length >= PING.length
        && Arrays.equals(command, 0, PING.length, PING, 0, PING.length);
  }

  /** The command to send back. */
  static byte[] answer(byte[] ping) throws ProtocolException {
    if (ping.length < HEADER) {
      throw new ProtocolException("a PING of " + ping.length + " octets; at least 7 are needed");
    }
    int context = Math.min(CONTEXT_MAX, ping.length - HEADER);
    byte[] pong = Arrays.copyOf(PONG, PONG.length + context);
    System.arraycopy(ping, HEADER, pong, PONG.length, context);
    return pong;
  }

  /** How long the peer says that it may be silent, in tenths of a second; 0: no limit. */
  static int timeToLive(byte[] ping) {
    return (ping[PING.length] & 0xFF) << 8 | ping[PING.length + 1] & 0xFF;
  }
}
