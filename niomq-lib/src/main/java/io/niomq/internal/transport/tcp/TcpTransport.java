package io.niomq.internal.transport.tcp;

import io.niomq.Errno;
import io.niomq.SocketOption;
import io.niomq.SocketOptions;
import io.niomq.ZmqEndpointException;
import io.niomq.internal.option.OptionValues;
import io.niomq.internal.transport.Endpoint;
import io.niomq.internal.transport.IoErrors;
import io.niomq.internal.transport.Listening;
import io.niomq.internal.transport.Target;
import io.niomq.internal.transport.Transport;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnknownHostException;
import java.nio.channels.NetworkChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.List;
import jdk.net.ExtendedSocketOptions;

/**
 * {@code tcp://host:port}. To bind, the host is {@code *}, an interface, an address or a name; to
 * connect, it is an address or a name, and may follow {@code source:port;}. A channel has the
 * family of its address, so an IPv4 peer is never shown as a mapped IPv6 one, except that {@code *}
 * with the IPV6 option takes peers of both families.
 */
public final class TcpTransport implements Transport {
  private static final Logger LOG = System.getLogger(TcpTransport.class.getName());

  /** RFC 1928 gives the size of a name in one octet. */
  private static final int SOCKS_NAME_MAX = 255;

  @Override
  public Listening bind(Endpoint endpoint, OptionValues options) {
    HostPort local = HostPort.parse(endpoint, endpoint.address());
    InetAddress address = addressToBind(endpoint, local.host(), options);
    ServerSocketChannel channel = null;
    boolean bound = false;
    try {
      channel = ServerSocketChannel.open(familyOf(address));
      channel.configureBlocking(false);
      channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
      int receiveBuffer = options.intValue(SocketOptions.RCVBUF);
      if (receiveBuffer >= 0) { // inherited by accepted channels, in time for the window scale
        channel.setOption(StandardSocketOptions.SO_RCVBUF, receiveBuffer);
      }
      channel.bind(
          new InetSocketAddress(address, local.port()), options.intValue(SocketOptions.BACKLOG));
      Listening listening = new TcpListening(channel);
      bound = true;
      return listening;
    } catch (IOException e) {
      throw IoErrors.bindFailure(endpoint, e);
    } catch (UnsupportedOperationException e) {
      throw new ZmqEndpointException(
          Errno.EAFNOSUPPORT, endpoint.text(), "this host has no IPv6", e);
    } finally {
      if (!bound && channel != null) {
        closeQuietly(channel);
      }
    }
  }

  private static InetAddress addressToBind(Endpoint endpoint, String host, OptionValues options) {
    boolean ipv6Allowed = options.isOn(SocketOptions.IPV6);
    boolean ipv6 = ipv6Allowed && Hosts.haveIpv6();
    try {
      if (host.equals("*")) {
        return Hosts.literal(ipv6 ? "::" : "0.0.0.0");
      }
      if (Hosts.isLiteral(host)) {
        if (!ipv6Allowed && host.indexOf(':') >= 0) {
          throw new ZmqEndpointException(
              Errno.ENODEV, endpoint.text(), "an IPv6 address needs the option IPV6");
        }
        return Hosts.literal(host);
      }
      List<InetAddress> addresses = Hosts.ofInterface(host);
      if (addresses == null) {
        addresses = Hosts.lookUp(host);
      }
      InetAddress chosen = Hosts.choose(addresses, ipv6);
      if (chosen == null) {
        throw new ZmqEndpointException(
            Errno.ENODEV, endpoint.text(), noUsableAddress(host, ipv6Allowed));
      }
      return chosen;
    } catch (UnknownHostException e) {
      if (host.indexOf('%') >= 0) {
        throw HostPort.malformed(
            endpoint, "zone of \"" + host + "\" is not an interface of this host");
      }
      throw new ZmqEndpointException(
          Errno.ENODEV,
          endpoint.text(),
          "\"" + host + "\" is neither an interface nor an address of this host",
          e);
    } catch (SocketException e) {
      throw IoErrors.bindFailure(endpoint, e);
    }
  }

  @Override
  public void checkConnect(Endpoint endpoint, OptionValues options) {
    Route.parse(endpoint);
  }

  @Override
  public boolean needsLookup(Endpoint endpoint, OptionValues options) {
    return !Hosts.isLiteral(next(endpoint, Route.parse(endpoint), options).host());
  }

  /** Who to connect to: the proxy, if there is one. */
  private static HostPort next(Endpoint endpoint, Route route, OptionValues options) {
    String proxy = options.get(SocketOptions.SOCKS_PROXY);
    return proxy.isEmpty() ? route.to() : HostPort.parse(endpoint, proxy);
  }

  @Override
  public Target resolve(Endpoint endpoint, OptionValues options) throws IOException {
    Route route = Route.parse(endpoint);
    boolean ipv6Allowed = options.isOn(SocketOptions.IPV6);
    HostPort next = next(endpoint, route, options);
    String host = next.host();
    InetAddress remote;
    if (!Hosts.isLiteral(host)) {
      remote = Hosts.choose(Hosts.lookUp(host), ipv6Allowed && Hosts.haveIpv6());
    } else if (ipv6Allowed || host.indexOf(':') < 0) {
      remote = Hosts.literal(host);
    } else {
      remote = null;
    }
    if (remote == null) {
      throw new UnknownHostException(noUsableAddress(host, ipv6Allowed));
    }
    InetSocketAddress source = null;
    if (route.from() != null) {
      boolean ipv6 = remote instanceof Inet6Address;
      source = new InetSocketAddress(source(route.from().host(), ipv6), route.from().port());
    }
    return new Target(
        new InetSocketAddress(remote, next.port()), source, tunnel(route.to(), options));
  }

  private static Target.Tunnel tunnel(HostPort to, OptionValues options) throws IOException {
    if (options.get(SocketOptions.SOCKS_PROXY).isEmpty()) {
      return null;
    }
    if (to.host().length() > SOCKS_NAME_MAX) {
      throw new UnknownHostException(
          "a name of "
              + to.host().length()
              + " characters, which SOCKS cannot tell; allowed: "
              + SOCKS_NAME_MAX);
    }
    InetAddress literal = Hosts.isLiteral(to.host()) ? Hosts.literal(to.host()) : null;
    return new Target.Tunnel(to.host(), literal, to.port());
  }

  private static InetAddress source(String host, boolean ipv6) throws IOException {
    List<InetAddress> addresses =
        Hosts.isLiteral(host) ? List.of(Hosts.literal(host)) : Hosts.ofInterface(host);
    if (addresses == null) {
      throw new UnknownHostException(
          "source \"" + host + "\" is neither an address nor an interface of this host");
    }
    InetAddress chosen = Hosts.choose(addresses, ipv6);
    if (chosen == null || chosen instanceof Inet6Address != ipv6) {
      throw new UnknownHostException(
          "source \""
              + host
              + "\" has no "
              + (ipv6 ? "IPv6" : "IPv4")
              + " address as its target has");
    }
    return chosen;
  }

  private static String noUsableAddress(String host, boolean ipv6Allowed) {
    return "\""
        + host
        + "\" has no "
        + (ipv6Allowed ? "address" : "IPv4 address, and the option IPV6 is off");
  }

  @Override
  public SocketChannel open(Target target, OptionValues options) throws IOException {
    SocketChannel channel;
    try {
      channel = SocketChannel.open(familyOf(((InetSocketAddress) target.remote()).getAddress()));
    } catch (UnsupportedOperationException e) {
      SocketException failure = new SocketException(Errno.EAFNOSUPPORT.text());
      failure.initCause(e);
      throw failure;
    }
    boolean ready = false;
    try {
      configure(channel, options);
      if (target.source() != null) {
        channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
        channel.bind(target.source());
      }
      ready = true;
      return channel;
    } finally {
      if (!ready) {
        closeQuietly(channel);
      }
    }
  }

  @Override
  public boolean admits(SocketChannel channel, OptionValues options) throws IOException {
    return channel.getRemoteAddress() instanceof InetSocketAddress peer
        && AddressFilter.admits(options.all(SocketOptions.TCP_ACCEPT_FILTER), peer.getAddress());
  }

  @Override
  public void configureAccepted(SocketChannel channel, OptionValues options) throws IOException {
    configure(channel, options);
  }

  private static void configure(SocketChannel channel, OptionValues options) throws IOException {
    channel.configureBlocking(false);
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    int sendBuffer = options.intValue(SocketOptions.SNDBUF);
    if (sendBuffer >= 0) {
      channel.setOption(StandardSocketOptions.SO_SNDBUF, sendBuffer);
    }
    int receiveBuffer = options.intValue(SocketOptions.RCVBUF);
    if (receiveBuffer >= 0) {
      channel.setOption(StandardSocketOptions.SO_RCVBUF, receiveBuffer);
    }
    int keepAlive = options.intValue(SocketOptions.TCP_KEEPALIVE);
    if (keepAlive >= 0) {
      channel.setOption(StandardSocketOptions.SO_KEEPALIVE, keepAlive == 1);
    }
    tune(channel, ExtendedSocketOptions.TCP_KEEPCOUNT, options, SocketOptions.TCP_KEEPALIVE_CNT);
    tune(channel, ExtendedSocketOptions.TCP_KEEPIDLE, options, SocketOptions.TCP_KEEPALIVE_IDLE);
    tune(
        channel,
        ExtendedSocketOptions.TCP_KEEPINTERVAL,
        options,
        SocketOptions.TCP_KEEPALIVE_INTVL);
    int typeOfService = options.intValue(SocketOptions.TOS);
    if (typeOfService != 0) {
      setTypeOfService(channel, typeOfService);
    }
  }

  private static void tune(
      SocketChannel channel,
      java.net.SocketOption<Integer> what,
      OptionValues options,
      SocketOption<Integer> option)
      throws IOException {
    int value = options.intValue(option);
    if (value < 0) {
      return;
    }
    try {
      channel.setOption(what, value);
    } catch (UnsupportedOperationException e) {
      throw new SocketException("this system cannot set " + option + ": " + e.getMessage());
    }
  }

  private static void setTypeOfService(SocketChannel channel, int octet) {
    try {
      channel.setOption(StandardSocketOptions.IP_TOS, octet);
    } catch (IOException | UnsupportedOperationException e) {
      // A hint to routers; the connection is as good without it.
      LOG.log(Level.WARNING, "type of service " + octet + " was refused by the system", e);
    }
  }

  @Override
  public String peerAddress(SocketChannel channel) {
    try {
      return channel.getRemoteAddress() instanceof InetSocketAddress remote
          ? Hosts.numeric(remote.getAddress())
          : "";
    } catch (IOException closed) {
      return "";
    }
  }

  @Override
  public String endpointOf(SocketAddress address) {
    if (!(address instanceof InetSocketAddress inet) || inet.getAddress() == null) {
      return "";
    }
    return text(inet);
  }

  private static String text(InetSocketAddress address) {
    String host = Hosts.numeric(address.getAddress());
    boolean ipv6 = address.getAddress() instanceof Inet6Address;
    return "tcp://" + (ipv6 ? "[" + host + "]" : host) + ":" + address.getPort();
  }

  private static ProtocolFamily familyOf(InetAddress address) {
    return address instanceof Inet6Address
        ? StandardProtocolFamily.INET6
        : StandardProtocolFamily.INET;
  }

  private static void closeQuietly(NetworkChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "closing a channel failed", e);
    }
  }

  /**
   * The address of a connect, {@code [source:port;]host:port}.
   *
   * @param from null without a source
   */
  private record Route(HostPort from, HostPort to) {
    static Route parse(Endpoint endpoint) {
      String address = endpoint.address();
      int semicolon = address.indexOf(';');
      HostPort to = HostPort.parse(endpoint, address.substring(semicolon + 1));
      if (to.anyPort()) {
        throw HostPort.malformed(endpoint, "port \"*\" can only be bound; allowed: 0 to 65535");
      }
      requireOneHost(endpoint, to);
      if (semicolon < 0) {
        return new Route(null, to);
      }
      HostPort from = HostPort.parse(endpoint, address.substring(0, semicolon));
      requireOneHost(endpoint, from);
      return new Route(from, to);
    }

    private static void requireOneHost(Endpoint endpoint, HostPort side) {
      if (side.host().indexOf('*') >= 0) {
        throw HostPort.malformed(
            endpoint,
            "host \"" + side.host() + "\" can only be bound; expected an address or name");
      }
    }
  }

  private static final class TcpListening implements Listening {
    private final ServerSocketChannel channel;
    private final String endpoint;

    TcpListening(ServerSocketChannel channel) throws IOException {
      this.channel = channel;
      endpoint = text((InetSocketAddress) channel.getLocalAddress());
    }

    @Override
    public ServerSocketChannel channel() {
      return channel;
    }

    @Override
    public String endpoint() {
      return endpoint;
    }

    @Override
    public void close() {
      closeQuietly(channel);
    }
  }
}
