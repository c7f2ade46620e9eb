package io.niomq.testing;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Random;

/** Octets as the specification writes them. */
public final class Octets {
  private Octets() {}

  /** The octets of texts such as {@code "02 0000000000000003 616263"}. */
  public static byte[] hex(String... texts) {
    return HexFormat.of().parseHex(String.join("", texts).replace(" ", ""));
  }

  public static String text(byte[] octets) {
    return HexFormat.of().withUpperCase().formatHex(octets);
  }

  public static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  public static String utf8(byte[] octets) {
    return new String(octets, StandardCharsets.UTF_8);
  }

  public static byte[] join(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  /** {@code size} octets that differ from each other and between seeds. */
  public static byte[] random(long seed, int size) {
    byte[] octets = new byte[size];
    new Random(seed).nextBytes(octets);
    return octets;
  }

  /** Number {@code i} as a body. */
  public static byte[] number(int i) {
    return utf8(Integer.toString(i));
  }

  public static int number(byte[] body) {
    return Integer.parseInt(utf8(body));
  }
}
