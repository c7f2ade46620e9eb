package io.niomq.internal.pattern;

import io.niomq.DropReason;
import io.niomq.Errno;
import io.niomq.SocketOptions;
import io.niomq.ZmqUnroutableException;
import io.niomq.internal.pipe.Outgoing;
import io.niomq.internal.pipe.Pipe;

/**
 * RFC 28, The ROUTER Socket Type: each received message is preceded by its sender's routing id; the
 * first frame of each sent message names its receiver and is taken off.
 *
 * <p>A peer is addressable from its handshake to the end of its connection (on a connecting
 * endpoint: of the endpoint). Its routing id is free for others as soon as the connection has
 * ended, even while messages of it are still unread. One that the application has named itself
 * ({@code ZMQ_CONNECT_ROUTING_ID}) is addressable at once.
 */
final class Router extends Routing {
  private static final int NOTIFY_CONNECT = 1;
  private static final int NOTIFY_DISCONNECT = 2;

  private final Probe probe;
  private final Hello hello;

  Router(PatternHost host) {
    super(host);
    this.probe = new Probe(host);
    this.hello = new Hello(host);
  }

  @Override
  public void attached(Pipe pipe) {
    if (pipe.routingId != null && !claim(pipe, pipe.routingId)) {
      return;
    }
    hello.attached(pipe);
    if (host.options().isOn(SocketOptions.PROBE_ROUTER)) {
      probe.send(pipe);
    }
  }

  @Override
  public void joining(Pipe pipe) {
    hello.joining(pipe);
    if (!pipe.detached && notifies(NOTIFY_CONNECT)) {
      notice(pipe);
    }
  }

  @Override
  public void connected(Pipe pipe) {
    if (pipe.routingId == null) {
      byte[] id = pipe.peer.routingId();
      claim(pipe, id.length == 0 ? table.makeId() : id);
    } else {
      readable(pipe); // it keeps its name; perhaps there is a notice
    }
  }

  /** Gives the pipe its id and its turn; false when another has that id. */
  private boolean claim(Pipe pipe, byte[] id) {
    Pipe holder = table.find(id);
    if (holder != null) {
      if (!host.options().isOn(SocketOptions.ROUTER_HANDOVER)) {
        if (!pipe.isInproc) {
          pipe.in.discardAll(); // the notice that it has come: it has not
        }
        host.refuse(pipe, inUse(id));
        return false;
      }
      table.remove(holder);
      queue.remove(holder);
      host.refuse(holder, "routing id " + text(id) + " was handed over to a new peer");
    }
    table.put(id, pipe);
    queue.add(pipe);
    host.changed();
    return true;
  }

  @Override
  public void lost(Pipe pipe, boolean accepted) {
    if (!queue.contains(pipe)) {
      return;
    }
    if (notifies(NOTIFY_DISCONNECT) && !pipe.isInproc) {
      notice(pipe);
    }
    byte[] message = host.options().get(SocketOptions.DISCONNECT_MSG);
    if (accepted && message.length > 0) {
      pipe.in.append(new Outgoing().of(message, 0, message.length));
    }
    readable(pipe);
  }

  private boolean notifies(int what) {
    return (host.options().intValue(SocketOptions.ROUTER_NOTIFY) & what) != 0
        || host.options().isOn(SocketOptions.ROUTER_RAW);
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
        unroutable = message.frameCopy(0);
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
      unroutable = message.frameCopy(0);
      host.refused(Errno.EHOSTUNREACH);
      throw new ZmqUnroutableException(
          "no connected peer has the routing id " + text(message.frameCopy(0)));
    }
    return pipe;
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
  public int room(int most) {
    if (!isMandatory()) {
      return host.roomBetweenUnlocks(most);
    }
    return canSend() ? 1 : 0;
  }
}
