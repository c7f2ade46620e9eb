package io.niomq.internal.pattern;

import io.niomq.ZmqArgumentException;
import io.niomq.internal.pipe.Incoming;
import io.niomq.internal.pipe.Outgoing;
import io.niomq.internal.pipe.Pipe;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * What ROUTER and STREAM have in common: peers with routing ids, which are read in turn. The first
 * frame of a received message names its sender, that of a sent one its receiver.
 */
abstract class Routing implements SocketBehavior {
  private static final byte[] NOTHING = {};

  final PatternHost host;
  final FairQueue queue;
  final RoutingTable table = new RoutingTable();

  /** The last routing id that was not known, or null. */
  byte[] unroutable;

  Routing(PatternHost host) {
    this.host = host;
    this.queue = new FairQueue(host);
  }

  @Override
  public void checkRoutingId(byte[] id) {
    if (table.find(id) != null) {
      throw new ZmqArgumentException(inUse(id) + " (ZMQ_CONNECT_ROUTING_ID)");
    }
  }

  @Override
  public void ended(Pipe pipe) {
    table.remove(pipe);
    queue.ended(pipe);
  }

  @Override
  public void detached(Pipe pipe) {
    table.remove(pipe);
    queue.remove(pipe);
  }

  @Override
  public void readable(Pipe pipe) {
    queue.readable(pipe);
  }

  @Override
  public void writable(Pipe pipe) {
    host.changed();
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
  public boolean canRecv() {
    return queue.next() != null;
  }

  @Override
  public void explain(PatternFacts facts) {
    facts.unroutable = unroutable;
  }

  /** Tells the application, by an empty message, that a peer has come or gone. */
  static void notice(Pipe pipe) {
    pipe.in.append(new Outgoing().of(NOTHING, 0, 0));
  }

  static String inUse(byte[] id) {
    return "routing id " + text(id) + " is in use by another peer";
  }

  static String text(byte[] id) {
    return "0x" + HexFormat.of().formatHex(id.length <= 64 ? id : Arrays.copyOf(id, 64));
  }
}
