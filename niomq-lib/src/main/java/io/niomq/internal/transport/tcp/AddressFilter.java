package io.niomq.internal.transport.tcp;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/**
 * {@code ZMQ_TCP_ACCEPT_FILTER}: an address, or a network such as {@code 10.0.0.0/8}, that peers
 * may come from.
 */
final class AddressFilter {
  /** How many bits precede the IPv4 address in an IPv6 address that stands for one. */
  private static final int MAPPED_BITS = 96;

  private AddressFilter() {}

  /** Whether a peer may come from {@code address}; everybody may when there is no filter. */
  static boolean admits(List<String> filters, InetAddress address) {
    if (filters.isEmpty()) {
      return true;
    }
    for (String filter : filters) {
      if (matches(filter, address)) {
        return true;
      }
    }
    return false;
  }

  private static boolean matches(String filter, InetAddress address) {
    int slash = filter.indexOf('/');
    byte[] network;
    try {
      network = Hosts.literal(slash < 0 ? filter : filter.substring(0, slash)).getAddress();
    } catch (UnknownHostException e) {
      throw new AssertionError("checked when the option was set: " + filter, e);
    }
    byte[] peer = address.getAddress();
    if (peer.length != network.length) {
      return false;
    }
    int bits = slash < 0 ? 8 * network.length : Integer.parseInt(filter.substring(slash + 1));
    if (network.length == 4 && filter.indexOf(':') >= 0 && slash >= 0) {
      bits = Math.max(0, bits - MAPPED_BITS); // "::ffff:10.0.0.0/104" is 10.0.0.0/8
    }
    for (int i = 0; i < bits; i++) {
      int mask = 0x80 >> (i & 7);
      if (((network[i >> 3] ^ peer[i >> 3]) & mask) != 0) {
        return false;
      }
    }
    return true;
  }
}
