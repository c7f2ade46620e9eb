package io.niomq.interop;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * Octets as the specification writes them: {@code "04 1A 05 'READY' 00*7"} is hexadecimal, with
 * texts in quotes and {@code *n} for repetition (decimal) of the octet before it.
 */
final class Octets {
  private static final HexFormat HEX = HexFormat.ofDelimiter(" ").withUpperCase();

  private Octets() {}

  static byte[] of(String text) {
    ByteArrayOutputStream octets = new ByteArrayOutputStream();
    int at = 0;
    while (at < text.length()) {
      char c = text.charAt(at);
      if (c == ' ') {
        at++;
      } else if (c == '\'') {
        int end = text.indexOf('\'', at + 1);
        octets.writeBytes(text.substring(at + 1, end).getBytes(StandardCharsets.US_ASCII));
        at = end + 1;
      } else {
        int octet = Integer.parseInt(text, at, at + 2, 16);
        at += 2;
        int times = 1;
        if (at < text.length() && text.charAt(at) == '*') {
          int end = at + 1;
          while (end < text.length() && Character.isDigit(text.charAt(end))) {
            end++;
          }
          times = Integer.parseInt(text, at + 1, end, 10);
          at = end;
        }
        for (int i = 0; i < times; i++) {
          octets.write(octet);
        }
      }
    }
    return octets.toByteArray();
  }

  static String show(byte[] octets) {
    return HEX.formatHex(octets);
  }
}
