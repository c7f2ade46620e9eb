package io.niomq.internal.pattern;

import io.niomq.internal.pipe.Incoming;
import io.niomq.internal.pipe.Outgoing;
import io.niomq.internal.pipe.Pipe;

/**
 * RFC 31, The PAIR Socket Type: exactly one peer; another one is refused as long as the first is
 * there.
 */
final class Pair implements SocketBehavior {
  private final PatternHost host;
  private final RoundRobin robin;
  private final FairQueue queue;
  private Pipe only;

  Pair(PatternHost host) {
    this.host = host;
    this.robin = new RoundRobin(host, true);
    this.queue = new FairQueue(host, true);
  }

  @Override
  public void attached(Pipe pipe) {
    if (only != null) {
      host.refuse(pipe, "this PAIR has a peer already");
      return;
    }
    only = pipe;
    robin.add(pipe);
    queue.add(pipe);
    host.changed();
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
    if (only == pipe) {
      only = null;
    }
  }

  @Override
  public void readable(Pipe pipe) {
    queue.readable(pipe);
  }

  @Override
  public void writable(Pipe pipe) {
    if (pipe == only) {
      robin.activate(pipe);
      host.changed();
    }
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
