package io.niomq.internal.transport.tcp;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnknownHostException;
import java.nio.channels.SocketChannel;
import java.util.Collections;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** From host texts to addresses and back. Only {@link #lookUp} asks the name service. */
final class Hosts {
  private static final Pattern IPV4 =
      Pattern.compile("((25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)(\\.(?!$)|$)){4}");

  /** Digits that the JDK reads as decimal and getaddrinfo, which libzmq asks, as octal. */
  private static final Pattern LEADING_ZERO =
      Pattern.compile("(?:[0-9]+\\.){0,3}0[0-9]+(?:\\.[0-9]+){0,3}");

  private Hosts() {}

  /** Whether this host can open IPv6 channels at all. */
  static boolean haveIpv6() {
    return Ipv6.AVAILABLE;
  }

  static boolean isLiteral(String host) {
    return host.indexOf(':') >= 0 || IPV4.matcher(host).matches();
  }

  /** Whether one cannot say which IPv4 address is meant: {@code 010.0.0.1}. */
  static boolean isAmbiguous(String host) {
    return LEADING_ZERO.matcher(host).matches();
  }

  /** Whether {@code text}, which has no zone, is an IPv6 address. */
  static boolean isIpv6Literal(String text) {
    if (isAmbiguous(text.substring(text.lastIndexOf(':') + 1)) && text.indexOf('.') >= 0) {
      return false; // "::ffff:010.0.0.1"
    }
    try {
      InetAddress.getByName("[" + text + "]"); // brackets: the JDK does not take it for a name
      return true;
    } catch (UnknownHostException notAnAddress) {
      return false;
    }
  }

  /**
   * The address that a literal stands for.
   *
   * @throws UnknownHostException when its zone is not an interface of this host
   */
  static InetAddress literal(String host) throws UnknownHostException {
    return InetAddress.getByName(host.indexOf(':') >= 0 ? "[" + host + "]" : host);
  }

  /** The addresses of the interface with that name, or null when there is no such interface. */
  static List<InetAddress> ofInterface(String name) throws SocketException {
    NetworkInterface found = NetworkInterface.getByName(name);
    return found == null ? null : Collections.list(found.getInetAddresses());
  }

  /**
   * Asks the name service, which may take long. The JDK caches answers as its security properties
   * say.
   */
  static List<InetAddress> lookUp(String name) throws UnknownHostException {
    return List.of(InetAddress.getAllByName(name));
  }

  /**
   * The address to use out of several: IPv6 comes first where it is wanted, and an address that
   * needs no zone before one that does. Null when none is of a usable family.
   */
  static InetAddress choose(List<InetAddress> addresses, boolean ipv6) {
    InetAddress chosen = null;
    if (ipv6) {
      chosen = first(addresses, a -> a instanceof Inet6Address && !a.isLinkLocalAddress());
      if (chosen == null) {
        chosen = first(addresses, a -> a instanceof Inet6Address);
      }
    }
    return chosen != null ? chosen : first(addresses, a -> a instanceof Inet4Address);
  }

  private static InetAddress first(List<InetAddress> addresses, Predicate<InetAddress> wanted) {
    for (InetAddress address : addresses) {
      if (wanted.test(address)) {
        return address;
      }
    }
    return null;
  }

  /**
   * The address in digits; IPv6 in the short form of RFC 5952, with the zone of a link-local
   * address.
   */
  static String numeric(InetAddress address) {
    if (!(address instanceof Inet6Address ipv6)) {
      return address.getHostAddress();
    }
    String text = shortened(ipv6.getAddress());
    if (!ipv6.isLinkLocalAddress()) {
      return text;
    }
    if (ipv6.getScopedInterface() != null) {
      return text + "%" + ipv6.getScopedInterface().getName();
    }
    return ipv6.getScopeId() == 0 ? text : text + "%" + zoneName(ipv6.getScopeId());
  }

  private static String zoneName(int index) {
    try {
      NetworkInterface found = NetworkInterface.getByIndex(index);
      return found == null ? Integer.toString(index) : found.getName();
    } catch (SocketException numberWillDo) {
      return Integer.toString(index);
    }
  }

  private static String shortened(byte[] octets) {
    int[] groups = new int[8];
    for (int i = 0; i < 8; i++) {
      groups[i] = (octets[2 * i] & 0xff) << 8 | octets[2 * i + 1] & 0xff;
    }
    int gap = -1; // the longest run of zeros, of two groups or more, is left out
    int gapLength = 1;
    for (int i = 0; i < 8; i++) {
      int end = i;
      while (end < 8 && groups[end] == 0) {
        end++;
      }
      if (end - i > gapLength) {
        gap = i;
        gapLength = end - i;
      }
    }
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 8; i++) {
      if (i == gap) {
        text.append("::");
        i += gapLength - 1;
        continue;
      }
      if (i > 0 && i != gap + gapLength) {
        text.append(':');
      }
      text.append(Integer.toHexString(groups[i]));
    }
    return text.toString();
  }

  private static final class Ipv6 {
    static final boolean AVAILABLE = opens();

    private static boolean opens() {
      try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.INET6)) {
        return probe.isOpen();
      } catch (UnsupportedOperationException notOnThisHost) {
        return false;
      } catch (IOException noDescriptorSaysNothing) {
        return true;
      }
    }
  }
}
