package io.niomq.internal.pattern;

import io.niomq.SocketOptions;
import io.niomq.internal.pipe.Incoming;
import io.niomq.internal.pipe.Outgoing;
import io.niomq.internal.pipe.Pipe;

/** RFC 28, The DEALER Socket Type: round-robin out, fair-queued in, nothing added. */
final class Dealer implements SocketBehavior {
  private final PatternHost host;
  private final RoundRobin robin;
  private final FairQueue queue;
  private final Probe probe;
  private final Hello hello;

  Dealer(PatternHost host) {
    this.host = host;
    this.robin = new RoundRobin(host, true);
    this.queue = new FairQueue(host, true);
    this.probe = new Probe(host);
    this.hello = new Hello(host);
  }

  @Override
  public void attached(Pipe pipe) {
    robin.add(pipe);
    queue.add(pipe);
    hello.attached(pipe);
    if (host.options().isOn(SocketOptions.PROBE_ROUTER)) {
      probe.send(pipe);
    }
    host.changed();
  }

  @Override
  public void joining(Pipe pipe) {
    hello.joining(pipe);
  }

  @Override
  public void lost(Pipe pipe, boolean accepted) {
    byte[] message = host.options().get(SocketOptions.HICCUP_MSG);
    if (!accepted && message.length > 0) {
      pipe.in.append(new Outgoing().of(message, 0, message.length));
      readable(pipe);
    }
  }

  @Override
  public void ended(Pipe pipe) {
    robin.remove(pipe);
    queue.ended(pipe);
  }

  @Override
  public void detached(Pipe pipe) {
    robin.remove(pipe);
    queue.remove(pipe);
  }

  @Override
  public void readable(Pipe pipe) {
    queue.readable(pipe);
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
    Pipe pipe = queue.next();
    if (pipe == null) {
      return false;
    }
    message.set(pipe.in, pipe, null);
    return true;
  }

  @Override
  public void received(Incoming message) {
    queue.finish(message.pipe);
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
    return queue.next() != null;
  }
}
