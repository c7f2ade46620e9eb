package io.niomq.internal.security;

import io.niomq.ProtocolError;
import java.util.Arrays;
import java.util.List;

/** PLAIN, the side that lets in: see {@link PlainClient}. RFC 24. */
final class PlainServer implements Mechanism {
  private enum Step {
    HELLO,
    WELCOME,
    INITIATE,
    READY,
    DONE
  }

  private final Metadata own;
  private Step step = Step.HELLO;
  private List<byte[]> credentials;
  private Metadata peer;

  PlainServer(Metadata own) {
    this.own = own;
  }

  @Override
  public String name() {
    return PlainClient.NAME;
  }

  @Override
  public boolean isServer() {
    return true;
  }

  @Override
  public List<byte[]> takeCredentials() {
    List<byte[]> shown = credentials;
    credentials = null;
    return shown;
  }

  @Override
  public byte[] produce() {
    if (step == Step.WELCOME) {
      step = Step.INITIATE;
      return PlainClient.WELCOME.clone();
    }
    if (step == Step.READY) {
      step = Step.DONE;
      return Commands.of(Commands.READY, own.encode());
    }
    return null;
  }

  @Override
  public void process(byte[] command) throws ProtocolException {
    Commands.checkName(command);
    if (step == Step.HELLO) {
      if (!Commands.is(command, PlainClient.HELLO)) {
        throw Commands.unexpected(command, "HELLO");
      }
      int at = PlainClient.HELLO.length;
      byte[] name = text(command, at);
      byte[] password = text(command, at + 1 + name.length);
      if (at + 2 + name.length + password.length != command.length) {
        throw malformed();
      }
      credentials = List.of(name, password);
      step = Step.WELCOME;
    } else {
      if (!Commands.is(command, PlainClient.INITIATE)) {
        throw Commands.unexpected(command, "INITIATE");
      }
      peer = Metadata.decode(command, PlainClient.INITIATE.length);
      step = Step.READY;
    }
  }

  private static byte[] text(byte[] command, int at) throws ProtocolException {
    if (at >= command.length || command.length - at - 1 < (command[at] & 0xFF)) {
      throw malformed();
    }
    return Arrays.copyOfRange(command, at + 1, at + 1 + (command[at] & 0xFF));
  }

  private static ProtocolException malformed() {
    return new ProtocolException(
        ProtocolError.ZMTP_MALFORMED_COMMAND_HELLO, "a HELLO that is not a name and a password");
  }

  @Override
  public boolean isComplete() {
    return step == Step.DONE;
  }

  @Override
  public Metadata peerProperties() {
    return peer;
  }
}
