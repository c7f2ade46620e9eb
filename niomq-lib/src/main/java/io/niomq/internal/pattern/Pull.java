package io.niomq.internal.pattern;

import io.niomq.internal.pipe.Incoming;
import io.niomq.internal.pipe.Outgoing;
import io.niomq.internal.pipe.Pipe;

/** RFC 30, The PULL Socket Type: fair-queued from all peers. */
final class Pull implements SocketBehavior {
  private final FairQueue queue;

  Pull(PatternHost host) {
    this.queue = new FairQueue(host, true);
  }

  @Override
  public void attached(Pipe pipe) {
    queue.add(pipe);
  }

  @Override
  public void ended(Pipe pipe) {
    queue.ended(pipe);
  }

  @Override
  public void detached(Pipe pipe) {
    queue.remove(pipe);
  }

  @Override
  public void readable(Pipe pipe) {
    queue.readable(pipe);
  }

  @Override
  public boolean send(Outgoing message) {
    throw new AssertionError("the socket refuses this");
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
    return false;
  }

  @Override
  public boolean canRecv() {
    return queue.next() != null;
  }
}
