package io.niomq.internal.security;

import io.niomq.ProtocolError;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The commands that mechanisms have in common.
 *
 * <pre>
 *   name-size(1) name data
 *   05 "READY" properties
 *   05 "ERROR" reason-size(1) reason
 * </pre>
 */
public final class Commands {
  public static final byte[] READY = name("READY");
  private static final byte[] ERROR = name("ERROR");

  /** How libzmq 4.3 spells ERROR in PLAIN: the size was lost to the E that follows it. */
  private static final byte[] ERROR_MISSPELT = "^RROR".getBytes(StandardCharsets.US_ASCII);

  private Commands() {}

  /** The octets that a command of that name begins with. */
  public static byte[] name(String name) {
    return ((char) name.length() + name).getBytes(StandardCharsets.US_ASCII);
  }

  public static boolean is(byte[] command, byte[] name) {
    return command.length >= name.length
        && Arrays.equals(command, 0, name.length, name, 0, name.length);
  }

  /** A command of that name and data. */
  public static byte[] of(byte[] name, byte[]... data) {
    int size = name.length;
    for (byte[] d : data) {
      size += d.length;
    }
    ByteBuffer command = ByteBuffer.allocate(size).put(name);
    for (byte[] d : data) {
      command.put(d);
    }
    return command.array();
  }

  /** The command that tells a peer why it is refused. */
  public static byte[] error(String reason) {
    byte[] text = reason.getBytes(StandardCharsets.US_ASCII);
    int size = Math.min(255, text.length);
    return of(ERROR, new byte[] {(byte) size}, Arrays.copyOf(text, size));
  }

  /** That a command has a whole name, which servers look at first. */
  public static void checkName(byte[] command) throws ProtocolException {
    if (command.length < 2 || command.length <= (command[0] & 0xFF)) {
      throw new ProtocolException(
          ProtocolError.ZMTP_MALFORMED_COMMAND_UNSPECIFIED, "a command without a whole name");
    }
  }

  /** Another command came than {@code expected}: what that means. */
  public static ProtocolException unexpected(byte[] command, String expected) {
    if (is(command, ERROR)) {
      return refused(command, ERROR.length);
    }
    if (is(command, ERROR_MISSPELT)) {
      return refused(command, ERROR_MISSPELT.length);
    }
    return new ProtocolException(
        ProtocolError.ZMTP_UNEXPECTED_COMMAND, "expected the command " + expected);
  }

  private static ProtocolException refused(byte[] command, int at) {
    if (command.length <= at || command.length - at - 1 < (command[at] & 0xFF)) {
      return new ProtocolException(
          ProtocolError.ZMTP_MALFORMED_COMMAND_ERROR, "malformed ERROR command");
    }
    String reason = new String(command, at + 1, command[at] & 0xFF, StandardCharsets.ISO_8859_1);
    String message = "the peer refused the connection: " + reason;
    return switch (reason) {
      case "300", "400", "500" -> ProtocolException.refused(Integer.parseInt(reason), message);
      default -> new ProtocolException(message);
    };
  }
}
