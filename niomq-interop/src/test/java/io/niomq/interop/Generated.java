package io.niomq.interop;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Contents that both sides can make up for themselves; {@code libzmq_peer.py} has the same table.
 */
final class Generated {
  private static final byte[] TABLE = new byte[65536 + 256];

  static {
    for (int k = 0; k < TABLE.length; k++) {
      TABLE[k] = (byte) (k * 31 ^ k >> 7);
    }
  }

  private Generated() {}

  /** The message of that number: the number in 8 octets, then a stretch of the table. */
  static byte[] body(long number, int size) {
    ByteBuffer body = ByteBuffer.allocate(size);
    body.putLong(number).put(TABLE, (int) (number & 0xFF), size - Long.BYTES);
    return body.array();
  }

  /** A large frame: the table, again and again. */
  static byte[] blob(int size) {
    byte[] blob = new byte[size];
    for (int at = 0; at < size; at += TABLE.length) {
      System.arraycopy(TABLE, 0, blob, at, Math.min(TABLE.length, size - at));
    }
    return blob;
  }

  static String sha256(byte[] octets) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(octets));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has SHA-256", e);
    }
  }
}
