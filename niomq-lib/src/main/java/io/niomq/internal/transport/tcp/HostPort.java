package io.niomq.internal.transport.tcp;

import io.niomq.ZmqArgumentException;
import io.niomq.internal.transport.Endpoint;

/**
 * The two halves of {@code host:port}, split at the last colon.
 *
 * @param host without brackets; never empty
 * @param port 0 to 65535; 0 for {@code *}, see {@link #anyPort}
 * @param anyPort whether the port was written {@code *}
 */
record HostPort(String host, int port, boolean anyPort) {
  private static final int PORT_MAX = 65535;

  /**
   * Takes {@code part}, which is the whole of the endpoint's address or one side of its semicolon,
   * apart.
   */
  static HostPort parse(Endpoint endpoint, String part) {
    int colon = part.lastIndexOf(':');
    if (colon < 0) {
      throw malformed(endpoint, "\"" + part + "\" has no port; expected host:port");
    }
    String portText = part.substring(colon + 1);
    boolean anyPort = portText.equals("*");
    int port = anyPort ? 0 : port(endpoint, portText);
    return new HostPort(host(endpoint, part.substring(0, colon)), port, anyPort);
  }

  private static String host(Endpoint endpoint, String text) {
    boolean opened = text.startsWith("[");
    if (opened != text.endsWith("]")) {
      throw malformed(
          endpoint, "host \"" + text + "\" has an unpaired bracket; expected [IPv6 address]:port");
    }
    String host = opened ? text.substring(1, text.length() - 1) : text;
    if (host.isEmpty()) {
      throw malformed(endpoint, "the host is missing; expected host:port");
    }
    for (int i = 0; i < host.length(); i++) {
      char c = host.charAt(i);
      if (!isHostCharacter(c)) {
        throw malformed(
            endpoint,
            "host \""
                + host
                + "\" has '"
                + c
                + "' in it; allowed: letters, digits and . - _ : % *");
      }
    }
    if (Hosts.isAmbiguous(host)) {
      throw malformed(
          endpoint,
          "host \""
              + host
              + "\" has a number with a leading zero, which may be meant as octal; expected numbers"
              + " from 0 to 255 without");
    }
    int zone = host.indexOf('%');
    if (zone == host.length() - 1) {
      throw malformed(endpoint, "host \"" + host + "\" has an empty zone after '%'");
    }
    String bare = zone < 0 ? host : host.substring(0, zone);
    if (bare.indexOf(':') >= 0 ? !Hosts.isIpv6Literal(bare) : zone >= 0) {
      throw malformed(endpoint, "host \"" + host + "\" is not an IPv6 address");
    }
    return host;
  }

  private static boolean isHostCharacter(char c) {
    return c >= 'a' && c <= 'z'
        || c >= 'A' && c <= 'Z'
        || c >= '0' && c <= '9'
        || ".-_:%*".indexOf(c) >= 0;
  }

  private static int port(Endpoint endpoint, String text) {
    int port = text.isEmpty() ? -1 : 0;
    for (int i = 0; i < text.length() && port >= 0; i++) {
      char c = text.charAt(i);
      port = c >= '0' && c <= '9' ? port * 10 + (c - '0') : -1;
      if (port > PORT_MAX) {
        port = -1;
      }
    }
    if (port < 0) {
      throw malformed(
          endpoint,
          "port \"" + text + "\" is not allowed; allowed: 0 to " + PORT_MAX + ", and * for bind");
    }
    return port;
  }

  static ZmqArgumentException malformed(Endpoint endpoint, String reason) {
    return new ZmqArgumentException("endpoint " + endpoint.text() + ": " + reason);
  }
}
