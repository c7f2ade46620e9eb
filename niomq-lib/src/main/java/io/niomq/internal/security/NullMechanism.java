package io.niomq.internal.security;

import io.niomq.ProtocolError;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * No security: both sides send READY at once.
 *
 * <pre>
 *   05 "READY" properties
 *   05 "ERROR" reason-size(1) reason
 * </pre>
 *
 * RFC 37, The NULL Security Mechanism. RFC 37 has the connecting side go first; libzmq does not,
 * and both orders work.
 */
public final class NullMechanism implements Mechanism {
  private static final byte[] READY = "\5READY".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] ERROR = "\5ERROR".getBytes(StandardCharsets.US_ASCII);

  private final Metadata own;
  private boolean sent;
  private Metadata peer;

  public NullMechanism(Metadata own) {
    this.own = own;
  }

  @Override
  public String name() {
    return "NULL";
  }

  @Override
  public byte[] produce() {
    if (sent) {
      return null;
    }
    sent = true;
    byte[] properties = own.encode();
    byte[] command = Arrays.copyOf(READY, READY.length + properties.length);
    System.arraycopy(properties, 0, command, READY.length, properties.length);
    return command;
  }

  @Override
  public void process(byte[] command) throws ProtocolException {
    if (startsWith(command, READY)) {
      peer = Metadata.decode(command, READY.length);
    } else if (startsWith(command, ERROR)) {
      throw refused(command);
    } else {
      throw new ProtocolException(
          ProtocolError.ZMTP_UNEXPECTED_COMMAND, "expected the command READY");
    }
  }

  private static ProtocolException refused(byte[] command) {
    if (command.length <= ERROR.length
        || command.length - ERROR.length - 1 < (command[ERROR.length] & 0xFF)) {
      return new ProtocolException(
          ProtocolError.ZMTP_MALFORMED_COMMAND_ERROR, "malformed ERROR command");
    }
    int size = command[ERROR.length] & 0xFF;
    String reason = new String(command, ERROR.length + 1, size, StandardCharsets.ISO_8859_1);
    String message = "the peer refused the connection: " + reason;
    return switch (reason) {
      case "300", "400", "500" -> ProtocolException.refused(Integer.parseInt(reason), message);
      default -> new ProtocolException(message);
    };
  }

  private static boolean startsWith(byte[] command, byte[] name) {
    return command.length >= name.length
        && Arrays.equals(command, 0, name.length, name, 0, name.length);
  }

  @Override
  public boolean isComplete() {
    return sent && peer != null;
  }

  @Override
  public Metadata peerProperties() {
    return peer;
  }

  /** The command that tells a peer why it is refused. */
  public static byte[] error(String reason) {
    byte[] text = reason.getBytes(StandardCharsets.US_ASCII);
    int size = Math.min(255, text.length);
    byte[] command = Arrays.copyOf(ERROR, ERROR.length + 1 + size);
    command[ERROR.length] = (byte) size;
    System.arraycopy(text, 0, command, ERROR.length + 1, size);
    return command;
  }
}
