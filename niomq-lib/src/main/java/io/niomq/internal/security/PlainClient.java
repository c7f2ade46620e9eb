package io.niomq.internal.security;

import io.niomq.ProtocolError;
import java.nio.charset.StandardCharsets;

/**
 * PLAIN, the side that names itself. Name and password go over the wire as they are.
 *
 * <pre>
 *   05 "HELLO" size(1) name size(1) password  ->
 *                                             <-  07 "WELCOME"
 *   08 "INITIATE" properties                  ->
 *                                             <-  05 "READY" properties
 * </pre>
 *
 * RFC 24. Instead of WELCOME or READY an ERROR may come.
 */
final class PlainClient implements Mechanism {
  static final String NAME = "PLAIN";
  static final byte[] HELLO = Commands.name("HELLO");
  static final byte[] WELCOME = Commands.name("WELCOME");
  static final byte[] INITIATE = Commands.name("INITIATE");

  private final Metadata own;
  private byte[] next;
  private boolean welcomed;
  private Metadata peer;

  PlainClient(Metadata own, String name, String password) {
    this.own = own;
    byte[] nameOctets = name.getBytes(StandardCharsets.UTF_8);
    byte[] passwordOctets = password.getBytes(StandardCharsets.UTF_8);
    this.next =
        Commands.of(HELLO, size(nameOctets), nameOctets, size(passwordOctets), passwordOctets);
  }

  private static byte[] size(byte[] text) {
    assert text.length <= 255;
    return new byte[] {(byte) text.length};
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public byte[] produce() {
    byte[] command = next;
    next = null;
    return command;
  }

  @Override
  public void process(byte[] command) throws ProtocolException {
    if (!welcomed) {
      if (!Commands.is(command, WELCOME)) {
        throw Commands.unexpected(command, "WELCOME");
      }
      if (command.length != WELCOME.length) {
        throw new ProtocolException(
            ProtocolError.ZMTP_MALFORMED_COMMAND_WELCOME, "a WELCOME with something after it");
      }
      welcomed = true;
      next = Commands.of(INITIATE, own.encode());
    } else {
      if (!Commands.is(command, Commands.READY)) {
        throw Commands.unexpected(command, "READY");
      }
      peer = Metadata.decode(command, Commands.READY.length);
    }
  }

  @Override
  public boolean isComplete() {
    return peer != null;
  }

  @Override
  public Metadata peerProperties() {
    return peer;
  }
}
