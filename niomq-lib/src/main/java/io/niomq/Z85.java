package io.niomq;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Octets as printable text, 4 octets to 5 characters, which are safe in source code, command lines
 * and configuration files. CURVE keys are written like that: 32 octets in 40 characters.
 *
 * <p>Thread-safe.
 *
 * @see "RFC 32, https://rfc.zeromq.org/spec/32/"
 */
public final class Z85 {
  private static final byte[] DIGITS =
      ("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ" + ".-:+=^!/*?&<>()[]{}@%$#")
          .getBytes(StandardCharsets.US_ASCII);

  private static final byte[] VALUES = values();

  private Z85() {}

  private static byte[] values() {
    byte[] values = new byte[128];
    Arrays.fill(values, (byte) -1);
    for (int i = 0; i < DIGITS.length; i++) {
      values[DIGITS[i]] = (byte) i;
    }
    return values;
  }

  /**
   * The text of {@code octets}.
   *
   * @throws ZmqArgumentException {@code EINVAL} when their number is not divisible by 4
   * @see "zmq_z85_encode"
   */
  public static String encode(byte[] octets) {
    if (octets.length % 4 != 0) {
      throw new ZmqArgumentException(
          "Z85 encodes 4 octets at a time; " + octets.length + " octets are not divisible by 4");
    }
    byte[] text = new byte[octets.length / 4 * 5];
    for (int in = 0, out = 0; in < octets.length; in += 4, out += 5) {
      long value =
          (octets[in] & 0xFFL) << 24
              | (octets[in + 1] & 0xFF) << 16
              | (octets[in + 2] & 0xFF) << 8
              | octets[in + 3] & 0xFF;
      for (int digit = 4; digit >= 0; digit--) {
        text[out + digit] = DIGITS[(int) (value % 85)];
        value /= 85;
      }
    }
    return new String(text, StandardCharsets.US_ASCII);
  }

  /**
   * The octets of {@code text}. Messages of errors name positions, never the text: it may be a
   * secret key.
   *
   * @throws ZmqArgumentException {@code EINVAL} when its length is not divisible by 5, when it has
   *     a character that Z85 does not use, or five characters that stand for more than 4 octets
   *     hold
   * @see "zmq_z85_decode, which in contrast refuses an empty text"
   */
  public static byte[] decode(String text) {
    int length = text.length();
    if (length % 5 != 0) {
      throw new ZmqArgumentException(
          "Z85 decodes 5 characters at a time; " + length + " characters are not divisible by 5");
    }
    byte[] octets = new byte[length / 5 * 4];
    for (int in = 0, out = 0; in < length; in += 5, out += 4) {
      long value = 0;
      for (int i = in; i < in + 5; i++) {
        value = value * 85 + digit(text, i);
      }
      if (value > 0xFFFF_FFFFL) {
        throw new ZmqArgumentException(
            "the 5 characters from position " + in + " stand for more than 4 octets can hold");
      }
      octets[out] = (byte) (value >> 24);
      octets[out + 1] = (byte) (value >> 16);
      octets[out + 2] = (byte) (value >> 8);
      octets[out + 3] = (byte) value;
    }
    return octets;
  }

  private static int digit(String text, int position) {
    char c = text.charAt(position);
    int value = c < VALUES.length ? VALUES[c] : -1;
    if (value < 0) {
      throw new ZmqArgumentException(
          "the character at position " + position + " is none of the 85 that Z85 uses");
    }
    return value;
  }
}
