package io.niomq.internal.transport;

import java.net.InetAddress;
import java.net.SocketAddress;

/**
 * Where one attempt to connect goes.
 *
 * @param remote the peer, or the proxy on the way to it
 * @param source the local address to connect from, or null to leave it to the operating system
 * @param tunnel what to ask the SOCKS5 proxy at {@code remote} for; null when there is no proxy
 */
public record Target(SocketAddress remote, SocketAddress source, Tunnel tunnel) {

  /** Without a proxy. */
  public Target(SocketAddress remote, SocketAddress source) {
    this(remote, source, null);
  }

  /**
   * Where a proxy should connect to.
   *
   * @param host at most 255 ASCII characters
   * @param literal the address that {@code host} is; null when it is a name
   */
  public record Tunnel(String host, InetAddress literal, int port) {}
}
