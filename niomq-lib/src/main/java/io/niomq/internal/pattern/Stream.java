package io.niomq.internal.pattern;

import io.niomq.SocketOptions;
import io.niomq.ZmqArgumentException;
import io.niomq.ZmqUnroutableException;
import io.niomq.internal.pipe.Incoming;
import io.niomq.internal.pipe.Outgoing;
import io.niomq.internal.pipe.Pipe;
import java.util.HexFormat;

/**
 * STREAM: plain connections, each with a routing id. Messages are {@code [routing id] [octets]} in
 * both directions; {@code [routing id] [nothing]} tells that a connection was made or lost, and
 * asks for its end. libzmq's manual, zmq_socket, Native pattern.
 *
 * <p>A peer is addressable from the connect, or the accept, on; on a connecting endpoint it keeps
 * its routing id through all its connections.
 */
final class Stream implements SocketBehavior {
  private static final byte[] NOTHING = {};

  private final PatternHost host;
  private final FairQueue queue;
  private final RoutingTable table = new RoutingTable();

  Stream(PatternHost host) {
    this.host = host;
    this.queue = new FairQueue(host);
  }

  @Override
  public void checkRoutingId(byte[] id) {
    if (table.find(id) != null) {
      throw new ZmqArgumentException(
          "routing id " + text(id) + " is in use by another peer (ZMQ_CONNECT_ROUTING_ID)");
    }
  }

  @Override
  public void attached(Pipe pipe) {
    byte[] id = pipe.routingId;
    if (id == null) {
      id = table.makeId();
      host.options().store(SocketOptions.ROUTING_ID, id);
    } else if (table.find(id) != null) {
      host.refuse(pipe, "routing id " + text(id) + " is in use by another peer");
      return;
    }
    table.put(id, pipe);
    queue.add(pipe);
  }

  @Override
  public void joining(Pipe pipe) {
    notice(pipe);
  }

  @Override
  public void connected(Pipe pipe) {
    readable(pipe);
  }

  @Override
  public void lost(Pipe pipe, boolean accepted) {
    notice(pipe);
    readable(pipe);
  }

  private void notice(Pipe pipe) {
    if (host.options().isOn(SocketOptions.STREAM_NOTIFY)) {
      pipe.in.append(new Outgoing().of(NOTHING, 0, 0));
    }
  }

  @Override
  public void ended(Pipe pipe) {
    table.remove(pipe);
    if (queue.contains(pipe)) {
      queue.activate(pipe);
      host.changed();
    } else {
      host.finished(pipe);
    }
  }

  @Override
  public void detached(Pipe pipe) {
    table.remove(pipe);
    queue.remove(pipe);
  }

  @Override
  public void readable(Pipe pipe) {
    if (queue.contains(pipe)) {
      queue.activate(pipe);
      host.changed();
    }
  }

  @Override
  public void writable(Pipe pipe) {
    host.changed();
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
      throw new ZmqUnroutableException(
          "no connection has the routing id " + text(message.frameCopy(0)));
    }
    return pipe;
  }

  @Override
  public boolean recv(Incoming message) {
    Pipe pipe = queue.next();
    if (pipe == null) {
      return false;
    }
    message.set(pipe.in, pipe, pipe.routingId);
    return true;
  }

  @Override
  public void received(Incoming message) {
    queue.finish(message.pipe);
  }

  @Override
  public boolean canSend() {
    return true;
  }

  @Override
  public boolean canRecv() {
    return queue.next() != null;
  }

  private static String text(byte[] id) {
    return "0x" + HexFormat.of().formatHex(id.length <= 64 ? id : java.util.Arrays.copyOf(id, 64));
  }
}
