package io.niomq;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The checks of those options whose values have a form of their own. */
final class OptionChecks {
  private static final int KEY_SIZE = 32;

  private static final Pattern HOST_AND_PORT =
      Pattern.compile("(?:\\[([0-9A-Fa-f:.]+)(?:%[\\w.-]+)?\\]|([\\w.-]+)):([0-9]{1,5})");
  private static final int PORT_MAX = 65535;
  private static final Pattern NETWORK = Pattern.compile("([0-9A-Fa-f:.]+)(?:/([0-9]{1,3}))?");

  /** What the JDK takes for an address without asking the name service, and C for the same one. */
  private static final Pattern IPV4 =
      Pattern.compile("((25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)(\\.(?!$)|$)){4}");

  /** Digits that the JDK reads as decimal and C as octal. */
  private static final Pattern LEADING_ZERO =
      Pattern.compile("(?:[0-9]+\\.){0,3}0[0-9]+(?:\\.[0-9]+){0,3}");

  private OptionChecks() {}

  /** Whether it is a name or an address, an IPv6 one in brackets, with a port. Looks no name up. */
  static boolean isHostAndPort(String text) {
    if (text.isEmpty()) {
      return true;
    }
    Matcher m = HOST_AND_PORT.matcher(text);
    if (!m.matches()) {
      return false;
    }
    int port = Integer.parseInt(m.group(3));
    String ipv6 = m.group(1);
    return port >= 1
        && port <= PORT_MAX
        && (ipv6 == null ? !LEADING_ZERO.matcher(m.group(2)).matches() : isIpv6(ipv6));
  }

  /** Whether it is an address, perhaps with the length of a prefix. Looks no name up. */
  static boolean isNetwork(String text) {
    if (text.isEmpty()) {
      return true;
    }
    Matcher m = NETWORK.matcher(text);
    if (!m.matches()) {
      return false;
    }
    String address = m.group(1);
    boolean ipv6 = address.indexOf(':') >= 0;
    int bits = m.group(2) == null ? 0 : Integer.parseInt(m.group(2));
    return bits <= (ipv6 ? 128 : 32) && (ipv6 ? isIpv6(address) : IPV4.matcher(address).matches());
  }

  /** Whether it is an IPv6 address, perhaps with an IPv4 address as its end. Looks no name up. */
  private static boolean isIpv6(String text) {
    String end = text.substring(text.lastIndexOf(':') + 1);
    if (end.indexOf('.') >= 0 && !IPV4.matcher(end).matches()) {
      return false;
    }
    try {
      InetAddress.getByName("[" + text + "]"); // brackets: the JDK does not take it for a name
      return true;
    } catch (UnknownHostException notAnAddress) {
      return false;
    }
  }

  /** Whether it is a name that applications may give, a colon, and a value. */
  static boolean isProperty(String v) {
    int colon = v.indexOf(':');
    return colon >= 3
        && colon <= 255
        && colon + 1 < v.length()
        && v.substring(0, colon).matches("X-[A-Za-z0-9-_.+]+");
  }

  /** The 32 octets of a CURVE key, which may be given in its Z85 form; null when it is none. */
  static byte[] key(byte[] key) {
    if (key.length == KEY_SIZE) {
      return key;
    }
    int characters = KEY_SIZE / 4 * 5;
    boolean terminated = key.length == characters + 1 && key[characters] == 0; // as in C
    if (key.length != characters && !terminated) {
      return null;
    }
    try {
      return Z85.decode(new String(key, 0, characters, StandardCharsets.ISO_8859_1));
    } catch (ZmqArgumentException notZ85) {
      return null;
    }
  }
}
