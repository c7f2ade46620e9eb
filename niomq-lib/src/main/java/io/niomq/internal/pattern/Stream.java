package io.niomq.internal.pattern;

import io.niomq.Errno;
import io.niomq.SocketOptions;
import io.niomq.ZmqArgumentException;
import io.niomq.ZmqUnroutableException;
import io.niomq.internal.pipe.Outgoing;
import io.niomq.internal.pipe.Pipe;

/**
 * STREAM: plain connections, each with a routing id. Messages are {@code [routing id] [octets]} in
 * both directions; {@code [routing id] [nothing]} tells that a connection was made or lost, and
 * asks for its end. libzmq's manual, zmq_socket, Native pattern.
 *
 * <p>A peer is addressable from the connect, or the accept, on; on a connecting endpoint it keeps
 * its routing id through all its connections.
 */
final class Stream extends Routing {
  Stream(PatternHost host) {
    super(host);
  }

  @Override
  public void attached(Pipe pipe) {
    byte[] id = pipe.routingId;
    if (id == null) {
      id = table.makeId();
      host.options().store(SocketOptions.ROUTING_ID, id);
    } else if (table.find(id) != null) {
      host.refuse(pipe, inUse(id));
      return;
    }
    table.put(id, pipe);
    queue.add(pipe);
  }

  @Override
  public void joining(Pipe pipe) {
    noticeIfWanted(pipe);
  }

  @Override
  public void connected(Pipe pipe) {
    readable(pipe);
  }

  @Override
  public void lost(Pipe pipe, boolean accepted) {
    noticeIfWanted(pipe);
    readable(pipe);
  }

  private void noticeIfWanted(Pipe pipe) {
    if (host.options().isOn(SocketOptions.STREAM_NOTIFY)) {
      notice(pipe);
    }
  }

  @Override
  public boolean beginSend(Outgoing first) {
    return route(first).hasRoomOrMute();
  }

  @Override
  public boolean send(Outgoing message) {
    if (message.bodyFrames() != 2) {
      throw new ZmqArgumentException(
          "a message of "
              + message.bodyFrames()
              + " frames; a STREAM sends two, the routing id and the octets");
    }
    Pipe pipe = route(message);
    if (!pipe.hasRoomOrMute()) {
      return false;
    }
    if (message.size(1) == 0) {
      table.remove(pipe); // the connection ends when this is its turn
    }
    message.skipFirst();
    host.act(pipe, pipe.append(message));
    message.clearEnvelope();
    return true;
  }

  private Pipe route(Outgoing message) {
    Pipe pipe = table.find(message);
    if (pipe == null) {
      unroutable = message.frameCopy(0);
      host.refused(Errno.EHOSTUNREACH);
      throw new ZmqUnroutableException(
          "no connection has the routing id " + text(message.frameCopy(0)));
    }
    return pipe;
  }

  @Override
  public boolean canSend() {
    return true;
  }
}
