package io.niomq.internal.security;

import io.niomq.ProtocolError;
import io.niomq.SocketOptions;
import io.niomq.ZmqArgumentException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The properties in a READY command.
 *
 * <pre>
 *   *( name-size(1) name  value-size(4) value )
 * </pre>
 *
 * Names are compared without regard to case (RFC 37; libzmq compares octets, and sends the usual
 * spellings). Of a repeated name the first value counts.
 */
public final class Metadata {
  public static final String SOCKET_TYPE = "Socket-Type";
  public static final String IDENTITY = "Identity";

  /**
   * How many octets the properties of an application may take in all: a NioMQ peer refuses commands
   * above 64 KiB during the handshake, and a libzmq peer knows no limit. The rest is left to the
   * properties that are ours, the longest routing id among them, and to what CURVE adds.
   */
  public static final int APPLICATION_MAX = 60 << 10;

  private static final int NAME_SIZE = 1;
  private static final int VALUE_SIZE = 4;

  private final List<String> names = new ArrayList<>();
  private final List<byte[]> values = new ArrayList<>();

  public void add(String name, byte[] value) {
    names.add(name);
    values.add(value);
  }

  /**
   * That the properties an application has set have room for one more, before it is set; of a
   * repeated name only the first value is sent.
   *
   * @param property a name, a colon and a value, which were checked
   * @throws ZmqArgumentException when a peer would refuse all of them together
   */
  public static void checkRoom(List<String> before, String property) {
    Set<String> counted = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    long octets = 0;
    for (String p : before) {
      octets += counted.add(name(p)) ? size(p) : 0;
    }
    if (counted.add(name(property)) && octets + size(property) > APPLICATION_MAX) {
      throw new ZmqArgumentException(
          "option "
              + SocketOptions.METADATA
              + ": the property "
              + name(property)
              + " takes "
              + size(property)
              + " octets, besides "
              + octets
              + " of those set before; allowed: "
              + APPLICATION_MAX
              + " in all, because a peer refuses a longer handshake");
    }
  }

  private static String name(String property) {
    return property.substring(0, property.indexOf(':'));
  }

  /** Of a property as it is sent: the colon makes way for the sizes of name and value. */
  private static int size(String property) {
    return NAME_SIZE + VALUE_SIZE + property.getBytes(StandardCharsets.UTF_8).length - 1;
  }

  /** The value of a property, or null. */
  public byte[] get(String name) {
    for (int i = 0; i < names.size(); i++) {
      if (names.get(i).equalsIgnoreCase(name)) {
        return values.get(i);
      }
    }
    return null;
  }

  /** Adds the properties to those that are in {@code target} already, which win. */
  public void copyTo(Map<String, byte[]> target) {
    // A stranger may send ten thousand names: no look at each for each.
    Set<String> present = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    present.addAll(target.keySet());
    for (int i = 0; i < names.size(); i++) {
      if (present.add(names.get(i))) {
        target.put(names.get(i), values.get(i));
      }
    }
  }

  public byte[] encode() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int i = 0; i < names.size(); i++) {
      byte[] name = names.get(i).getBytes(StandardCharsets.US_ASCII);
      byte[] value = values.get(i);
      out.write(name.length);
      out.writeBytes(name);
      out.write(value.length >>> 24);
      out.write(value.length >>> 16);
      out.write(value.length >>> 8);
      out.write(value.length);
      out.writeBytes(value);
    }
    return out.toByteArray();
  }

  public static Metadata decode(byte[] data, int from) throws ProtocolException {
    Metadata m = new Metadata();
    int at = from;
    while (at < data.length) {
      int nameSize = data[at++] & 0xFF;
      if (data.length - at < nameSize + 4) {
        throw new ProtocolException(
            ProtocolError.ZMTP_INVALID_METADATA, "metadata ends within a property");
      }
      String name = new String(data, at, nameSize, StandardCharsets.US_ASCII);
      at += nameSize;
      long valueSize =
          (data[at] & 0xFFL) << 24
              | (data[at + 1] & 0xFF) << 16
              | (data[at + 2] & 0xFF) << 8
              | (data[at + 3] & 0xFF);
      at += 4;
      if (valueSize > data.length - at) {
        throw new ProtocolException(
            ProtocolError.ZMTP_INVALID_METADATA, "metadata ends within the value of " + name);
      }
      m.add(name, Arrays.copyOfRange(data, at, at + (int) valueSize));
      at += (int) valueSize;
    }
    return m;
  }
}
