package io.niomq.internal.pattern;

import io.niomq.internal.pipe.Incoming;
import io.niomq.internal.pipe.Outgoing;
import io.niomq.internal.pipe.Pipe;

/**
 * RFC 30, The PUSH Socket Type: round-robin over the peers that have room; waits while none has.
 */
final class Push implements SocketBehavior {
  private final PatternHost host;
  private final RoundRobin robin;

  Push(PatternHost host) {
    this.host = host;
    this.robin = new RoundRobin(host, true);
  }

  @Override
  public void attached(Pipe pipe) {
    robin.add(pipe);
    host.changed();
  }

  @Override
  public void ended(Pipe pipe) {
    robin.remove(pipe);
    host.finished(pipe);
  }

  @Override
  public void detached(Pipe pipe) {
    robin.remove(pipe);
  }

  @Override
  public void readable(Pipe pipe) {
    Discard.all(host, pipe);
  }

  @Override
  public void writable(Pipe pipe) {
    robin.activate(pipe);
    host.changed();
  }

  @Override
  public boolean send(Outgoing message) {
    Pipe pipe = robin.next();
    if (pipe == null) {
      return false;
    }
    robin.send(pipe, message);
    return true;
  }

  @Override
  public boolean recv(Incoming message) {
    throw new AssertionError("the socket refuses this");
  }

  @Override
  public void received(Incoming message) {
    throw new AssertionError("the socket refuses this");
  }

  @Override
  public boolean canSend() {
    return robin.next() != null;
  }

  @Override
  public int room(int most) {
    return robin.room(most);
  }

  @Override
  public boolean canRecv() {
    return false;
  }
}
