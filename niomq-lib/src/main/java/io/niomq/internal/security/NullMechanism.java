package io.niomq.internal.security;

import java.util.List;

/**
 * No security: both sides send READY at once, or, where a ZAP handler is asked (by the peer's
 * address), after its answer.
 *
 * <p>RFC 37, The NULL Security Mechanism. RFC 37 has the connecting side go first; libzmq does not,
 * and both orders work.
 */
public final class NullMechanism implements Mechanism {
  public static final String NAME = "NULL";

  private final Metadata own;
  private boolean asked;
  private boolean sent;
  private Metadata peer;

  public NullMechanism(Metadata own) {
    this.own = own;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public List<byte[]> takeCredentials() {
    if (asked) {
      return null;
    }
    asked = true;
    return List.of();
  }

  @Override
  public byte[] produce() {
    if (sent) {
      return null;
    }
    sent = true;
    return Commands.of(Commands.READY, own.encode());
  }

  @Override
  public void process(byte[] command) throws ProtocolException {
    if (!Commands.is(command, Commands.READY)) {
      throw Commands.unexpected(command, "READY");
    }
    peer = Metadata.decode(command, Commands.READY.length);
  }

  @Override
  public boolean isComplete() {
    return sent && peer != null;
  }

  @Override
  public Metadata peerProperties() {
    return peer;
  }
}
