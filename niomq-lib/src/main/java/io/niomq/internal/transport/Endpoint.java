package io.niomq.internal.transport;

import io.niomq.Errno;
import io.niomq.ZmqArgumentException;
import io.niomq.ZmqEndpointException;
import io.niomq.ZmqIncompatibleProtocolException;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * An endpoint, taken apart at its {@code ://}. What the address means is the transport's affair.
 *
 * @param text the endpoint as the caller gave it
 */
public record Endpoint(String text, String scheme, String address) {
  private static final String FORM =
      "expected transport://address, for instance tcp://127.0.0.1:5555";
  private static final List<String> SCHEMES = List.of("tcp", "ipc", "inproc");

  /** libzmq's other transports, and why they are not here. */
  private static final Map<String, String> OTHERS =
      Map.of(
          "pgm", "multicast needs native code",
          "epgm", "multicast needs native code",
          "norm", "multicast needs native code",
          "vmci", "sockets between virtual machines need native code",
          "vsock", "sockets between virtual machines need native code",
          "tipc", "the JDK has no such sockets",
          "ws", "there is no WebSocket transport",
          "wss", "there is no WebSocket transport");

  /**
   * @throws ZmqArgumentException {@code EINVAL} when a part is missing
   * @throws ZmqEndpointException {@code EPROTONOSUPPORT} when the scheme is not one of ours
   * @throws ZmqIncompatibleProtocolException {@code ENOCOMPATPROTO} when no socket type that we
   *     have can use it
   */
  public static Endpoint parse(String text) {
    if (text == null) {
      throw new ZmqArgumentException("endpoint is null: " + FORM);
    }
    int separator = text.indexOf("://");
    if (separator < 0) {
      throw new ZmqArgumentException("endpoint \"" + text + "\" has no \"://\": " + FORM);
    }
    String scheme = text.substring(0, separator);
    String address = text.substring(separator + 3);
    if (scheme.isEmpty()) {
      throw new ZmqArgumentException("endpoint \"" + text + "\" has no transport: " + FORM);
    }
    if (address.isEmpty()) {
      throw new ZmqArgumentException("endpoint \"" + text + "\" has no address: " + FORM);
    }
    if (scheme.equals("udp")) {
      throw new ZmqIncompatibleProtocolException(
          "endpoint \"" + text + "\": udp carries RADIO, DISH and DGRAM only");
    }
    if (!SCHEMES.contains(scheme)) {
      boolean onlyCase = SCHEMES.contains(scheme.toLowerCase(Locale.ROOT));
      throw new ZmqEndpointException(
          Errno.EPROTONOSUPPORT,
          text,
          "transport \""
              + scheme
              + "\" is not supported"
              + (OTHERS.containsKey(scheme) ? " (" + OTHERS.get(scheme) + ")" : "")
              + "; supported: tcp, ipc, inproc"
              + (onlyCase ? ", in lower case" : ""));
    }
    return new Endpoint(text, scheme, address);
  }

  @Override
  public String toString() {
    return text;
  }
}
