package io.niomq.internal.pattern;

import io.niomq.DropReason;
import io.niomq.SocketOptions;
import io.niomq.ZmqUnroutableException;
import io.niomq.internal.pipe.Incoming;
import io.niomq.internal.pipe.Outgoing;
import io.niomq.internal.pipe.Pipe;
import java.util.HexFormat;

/**
 * RFC 28, The ROUTER Socket Type: each received message is preceded by its sender's routing id; the
 * first frame of each sent message names its receiver and is taken off.
 *
 * <p>A peer is addressable from its handshake to the end of its connection (on a connecting
 * endpoint: of the endpoint). Its routing id is free for others as soon as the connection has
 * ended, even while messages of it are still unread.
 */
final class Router implements SocketBehavior {
  private final PatternHost host;
  private final FairQueue queue;
  private final RoutingTable table = new RoutingTable();
  private final Probe probe;

  Router(PatternHost host) {
    this.host = host;
    this.queue = new FairQueue(host);
    this.probe = new Probe(host);
  }

  @Override
  public void attached(Pipe pipe) {
    if (host.options().isOn(SocketOptions.PROBE_ROUTER)) {
      probe.send(pipe);
    }
  }

  @Override
  public void connected(Pipe pipe) {
    if (pipe.routingId != null) {
      return; // reconnected: it keeps its name
    }
    byte[] id = pipe.peer.routingId();
    if (id.length == 0) {
      id = table.makeId();
    } else {
      Pipe holder = table.find(id);
      if (holder != null) {
        if (!host.options().isOn(SocketOptions.ROUTER_HANDOVER)) {
          host.refuse(pipe, "routing id " + text(id) + " is in use by another peer");
          return;
        }
        table.remove(holder);
        queue.remove(holder);
        host.refuse(holder, "routing id " + text(id) + " was handed over to a new peer");
      }
    }
    table.put(id, pipe);
    queue.add(pipe);
    host.changed();
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
    if (!isMandatory()) {
      return true;
    }
    return route(first).hasRoomOrMute();
  }

  @Override
  public boolean send(Outgoing message) {
    if (message.bodyFrames() == 1) {
      host.drop(null, DropReason.MALFORMED, 1);
      return true;
    }
    Pipe pipe;
    if (isMandatory()) {
      pipe = route(message);
      if (!pipe.hasRoomOrMute()) {
        return false;
      }
    } else {
      pipe = table.find(message);
      if (pipe == null) {
        host.drop(null, DropReason.NO_ROUTE, 1);
        return true;
      }
      if (!pipe.out.hasRoom()) {
        host.drop(pipe, DropReason.HIGH_WATER_MARK, 1);
        return true;
      }
    }
    message.skipFirst();
    host.act(pipe, pipe.append(message));
    message.clearEnvelope();
    return true;
  }

  private boolean isMandatory() {
    return host.options().isOn(SocketOptions.ROUTER_MANDATORY);
  }

  /** The pipe of the addressed peer. */
  private Pipe route(Outgoing message) {
    Pipe pipe = table.find(message);
    if (pipe == null) {
      throw new ZmqUnroutableException(
          "no connected peer has the routing id " + text(message.frameCopy(0)));
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
    if (!isMandatory()) {
      return true;
    }
    for (Pipe pipe : table.pipes()) {
      if (pipe.hasRoomOrMute()) {
        return true;
      }
    }
    return false;
  }

  @Override
  public boolean canRecv() {
    return queue.next() != null;
  }

  private static String text(byte[] id) {
    return "0x" + HexFormat.of().formatHex(id.length <= 64 ? id : java.util.Arrays.copyOf(id, 64));
  }
}
