package io.niomq.internal.socket;

import io.niomq.DropReason;
import io.niomq.Errno;
import io.niomq.PeerProperties;
import io.niomq.ProtocolError;
import io.niomq.SocketEvent;
import io.niomq.SocketOptions;
import io.niomq.ZmqArgumentException;
import io.niomq.ZmqEndpointException;
import io.niomq.explain.Refusal;
import io.niomq.internal.option.OptionValues;
import io.niomq.internal.pipe.InprocLink;
import io.niomq.internal.pipe.Peer;
import io.niomq.internal.pipe.Pipe;
import io.niomq.internal.transport.Endpoint;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The inproc names of one context. Connecting before the name is bound parks the connector's pipe,
 * which can already be sent to; binding adopts all that are parked.
 *
 * <p>{@link #bound} and {@link #parked} are guarded by this object's monitor, which is held while
 * no socket's lock is, and for a few instructions.
 */
final class InprocRegistry {

  /** A connector that waits for its name to be bound; its socket may be closed by now. */
  private record Parked(SocketCore connector, OptionValues options, Pipe pipe, InprocLink link) {}

  private final Map<String, SocketCore> bound = new HashMap<>();
  private final Map<String, List<Parked>> parked = new HashMap<>();

  void bind(Endpoint endpoint, SocketCore socket) {
    List<Parked> waiting;
    synchronized (this) {
      if (bound.putIfAbsent(endpoint.text(), socket) != null) {
        throw new ZmqEndpointException(
            Errno.EADDRINUSE, endpoint.text(), "the name is bound already in this context");
      }
      waiting = parked.remove(endpoint.text());
    }
    if (waiting != null) {
      for (Parked p : waiting) {
        adopt(endpoint.text(), socket, p);
      }
    }
  }

  /** Whether the name is bound at this moment. */
  synchronized boolean isBound(String name) {
    return bound.containsKey(name);
  }

  void unbind(String name, SocketCore socket) {
    synchronized (this) {
      bound.remove(name, socket);
    }
  }

  /** Connects, now or when the name will be bound; returns the connector's pipe. */
  Pipe connect(Endpoint endpoint, SocketCore connector, OptionValues options) {
    String name = endpoint.text();
    Pipe pipe = connector.pipes().newPipe(options, name);
    InprocLink link = new InprocLink(null);
    pipe.link = link;
    pipe.isInproc = true;
    pipe.isParked = true;
    Parked p = new Parked(connector, options, pipe, link);
    SocketCore binder;
    synchronized (this) {
      binder = bound.get(name);
    }
    if (binder != null) {
      checkCompatible(name, connector, binder);
    }
    if (!connector.pipes().attach(pipe)) { // before anybody can adopt it
      abandon(p, DropReason.REFUSED); // by its own pattern, or the socket is closed
      return pipe;
    }
    synchronized (this) {
      binder = bound.get(name);
      if (binder == null) {
        parked.computeIfAbsent(name, n -> new ArrayList<>()).add(p);
      }
    }
    if (binder != null) {
      adopt(name, binder, p);
    }
    return pipe;
  }

  private static void checkCompatible(String name, SocketCore connector, SocketCore binder) {
    if (!binder.type().peers().contains(connector.type())) {
      throw new ZmqArgumentException(
          name
              + " is bound by a "
              + binder.type()
              + ", which a "
              + connector.type()
              + " cannot talk to");
    }
  }

  /** Gives the connector's pipe its other end. */
  private static void adopt(String name, SocketCore binder, Parked p) {
    Pipe theirs = p.pipe();
    if (!binder.type().peers().contains(p.connector().type())) {
      String reason =
          name
              + " was bound by a "
              + binder.type()
              + ", which a "
              + p.connector().type()
              + " cannot talk to";
      binder.event(incompatible(name, reason, name, ""));
      p.connector().event(incompatible(name, reason, "", name));
      binder.refusals().peer(name, "", Refusal.INCOMPATIBLE_TYPE, reason);
      p.connector().pipes().refusedByPeer(theirs, Refusal.INCOMPATIBLE_TYPE, reason);
      abandon(p, DropReason.REFUSED);
      return;
    }
    OptionValues mine;
    binder.pipes().lock();
    try {
      mine = binder.optionValues().snapshot();
    } finally {
      binder.pipes().unlock();
    }
    p.connector().pipes().adopted(theirs, mine.intValue(SocketOptions.RCVHWM));
    Pipe pipe = new Pipe(binder.pipes(), theirs.out, theirs.in);
    pipe.endpoint = name;
    boolean conflate = mine.isOn(SocketOptions.CONFLATE);
    pipe.conflatesIn = conflate && binder.type().canReceive();
    pipe.conflatesOut = conflate && binder.type().canSend();
    InprocLink back = new InprocLink(theirs);
    Peer connectorPeer = peer(p.options());
    Peer binderPeer = peer(mine);
    // The binder's end first: it is not attached yet, so nobody sends through it.
    binder
        .pipes()
        .joinInproc(pipe, back, theirs, connectorPeer, p.options().intValue(SocketOptions.RCVHWM));
    boolean attached = binder.pipes().attach(pipe);
    p.connector()
        .pipes()
        .joinInproc(theirs, p.link(), pipe, binderPeer, mine.intValue(SocketOptions.RCVHWM));
    if (!attached) {
      p.connector().pipes().notConnectedInproc(theirs);
      return;
    }
    binder.pipes().connectedInproc(pipe);
    p.connector().pipes().connectedInproc(theirs);
    // What was sent before there was somebody to tell.
    binder.pipes().onReadable(pipe);
    p.connector().pipes().onReadable(theirs);
    if (p.connector().pipes().isDetached(theirs)) {
      binder.pipes().onPeerClosed(pipe);
    }
  }

  private static SocketEvent incompatible(String name, String reason, String local, String remote) {
    return new SocketEvent(
        SocketEvent.Type.HANDSHAKE_FAILED_PROTOCOL,
        name,
        "",
        reason,
        Errno.EPROTO,
        ProtocolError.ZMTP_INVALID_METADATA.number(),
        local,
        remote);
  }

  private static Peer peer(OptionValues options) {
    return new Peer(
        options.socketType(),
        options.get(SocketOptions.ROUTING_ID),
        Peer.INPROC,
        "inproc",
        PeerProperties.NONE);
  }

  /**
   * The connector's end has closed while it may still be parked. Under no lock; its pipe is
   * detached.
   */
  void connectorClosed(String name, Pipe pipe, long lingerNanos) {
    if (lingerNanos != 0 && pipe.out.appended() > 0) {
      return; // what it sent waits for whoever binds the name
    }
    Parked mine = null;
    synchronized (this) {
      List<Parked> waiting = parked.get(name);
      if (waiting != null) {
        for (Iterator<Parked> i = waiting.iterator(); i.hasNext(); ) {
          Parked p = i.next();
          if (p.pipe() == pipe) {
            i.remove();
            mine = p;
          }
        }
        if (waiting.isEmpty()) {
          parked.remove(name);
        }
      }
    }
    if (mine != null) {
      abandon(mine, DropReason.LINGER_EXPIRED);
    }
  }

  /** Nobody will bind the name: takes the place of the other end. */
  private static void abandon(Parked p, DropReason reason) {
    Pipes pipes = p.connector().pipes();
    pipes.onPeerClosed(p.pipe());
    pipes.drop(p.pipe(), reason, p.pipe().out.discardAll());
    pipes.drop(p.pipe(), reason, p.pipe().out.leave());
    pipes.unread(p.pipe(), p.pipe().in.leave());
  }

  /** What closed sockets have left for names that nobody has bound: messages, by name. */
  Map<String, Long> left() {
    List<Parked> all = new ArrayList<>();
    synchronized (this) {
      parked.values().forEach(all::addAll);
    }
    Map<String, Long> left = new TreeMap<>();
    for (Parked p : all) {
      long messages = p.pipe().out.appended() - p.pipe().out.credited(); // nobody but who conflates
      if (messages > 0 && p.connector().isClosed()) {
        left.merge(p.pipe().endpoint, messages, Long::sum);
      }
    }
    return left;
  }

  /** How many names are waited for. For tests. */
  synchronized int awaited() {
    return parked.size();
  }

  /** The context ends: drops what is parked. */
  void close() {
    List<Parked> rest = new ArrayList<>();
    synchronized (this) {
      parked.values().forEach(rest::addAll);
      parked.clear();
    }
    rest.forEach(p -> abandon(p, DropReason.LINGER_EXPIRED));
  }
}
