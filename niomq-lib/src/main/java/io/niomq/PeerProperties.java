package io.niomq;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What is known of the peer that sent a message: what it told of itself in the handshake, what the
 * ZAP handler told of it, and its address. Names are compared without regard to case (RFC 37).
 * Immutable; thread-safe.
 *
 * <ul>
 *   <li>{@link #SOCKET_TYPE}, {@link #IDENTITY}, {@code Resource}, {@code X-…}: the peer's own
 *       words ({@link SocketOptions#METADATA} sets them on its side), which nobody has checked;
 *   <li>{@link #USER_ID} and others: from the ZAP handler's reply, if it was asked. They win over
 *       the peer's own; a peer cannot name its own user;
 *   <li>{@link #PEER_ADDRESS}: the numeric address of a tcp peer, without port; for ipc {@code
 *       localhost:user:group}.
 * </ul>
 *
 * <p>Messages of inproc peers have none, as in libzmq.
 *
 * @see "zmq_msg_gets; RFC 37, Connection Metadata; RFC 27"
 */
public final class PeerProperties {
  public static final String SOCKET_TYPE = "Socket-Type";
  public static final String IDENTITY = "Identity";
  public static final String USER_ID = "User-Id";
  public static final String PEER_ADDRESS = "Peer-Address";

  /** Of a message whose peer is not known, or is a socket of the same context. */
  public static final PeerProperties NONE = new PeerProperties(Map.of());

  private final Map<String, byte[]> values = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);

  /** For the library's own use: takes the values over. */
  public PeerProperties(Map<String, byte[]> values) {
    this.values.putAll(values);
  }

  /** A property as text in UTF-8; null when there is no such property. */
  public String get(String name) {
    byte[] value = values.get(name);
    return value == null ? null : new String(value, StandardCharsets.UTF_8);
  }

  /** The octets of a property, for instance of a binary routing id; null when there is none. */
  public byte[] bytes(String name) {
    byte[] value = values.get(name);
    return value == null ? null : value.clone();
  }

  /** The names of all properties. */
  public Set<String> names() {
    return Set.copyOf(values.keySet());
  }

  public boolean isEmpty() {
    return values.isEmpty();
  }

  /** Names and values as text. */
  @Override
  public String toString() {
    Map<String, String> texts = new LinkedHashMap<>();
    values.keySet().forEach(name -> texts.put(name, get(name)));
    return texts.toString();
  }
}
