package io.niomq.internal.pattern;

import io.niomq.DropReason;
import io.niomq.Errno;
import io.niomq.SocketOptions;
import io.niomq.ZmqStateException;
import io.niomq.explain.Turn;
import io.niomq.internal.pipe.FrameQueue;
import io.niomq.internal.pipe.Incoming;
import io.niomq.internal.pipe.Outgoing;
import io.niomq.internal.pipe.Pipe;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.ThreadLocalRandom;

/**
 * RFC 28, The REQ Socket Type: one request, then its reply. A request goes out as {@code
 * [id][empty][body]}, the id only with {@code ZMQ_REQ_CORRELATE}.
 */
final class Req implements SocketBehavior {
  private static final byte[] DELIMITER = {};

  private final PatternHost host;
  private final RoundRobin robin;
  private final FairQueue queue;
  private final Probe probe;

  /** A request is open: its reply is awaited. */
  private boolean waiting;

  /**
   * Where the open request went; null when that peer is gone for good, and then anybody may answer.
   */
  private Pipe asked;

  /** The connection to {@link #asked} was lost since. */
  private boolean lost;

  private int requestId = ThreadLocalRandom.current().nextInt();

  /** Whether the open request carries {@link #requestId}. */
  private boolean correlated;

  Req(PatternHost host) {
    this.host = host;
    this.robin = new RoundRobin(host);
    this.queue = new FairQueue(host);
    this.probe = new Probe(host);
  }

  @Override
  public void attached(Pipe pipe) {
    robin.add(pipe);
    queue.add(pipe);
    if (host.options().isOn(SocketOptions.PROBE_ROUTER)) {
      probe.send(pipe);
    }
    host.changed();
  }

  @Override
  public void disconnected(Pipe pipe) {
    lost |= pipe == asked;
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
    if (asked == pipe) {
      asked = null;
    }
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
  public boolean beginSend(Outgoing first) {
    checkMaySend();
    return true;
  }

  private void checkMaySend() {
    if (waiting && !host.options().isOn(SocketOptions.REQ_RELAXED)) {
      host.refused(Errno.EFSM);
      throw new ZmqStateException(
          "REQ awaits the reply to its request: receive it before sending again, or set"
              + " ZMQ_REQ_RELAXED");
    }
  }

  @Override
  public boolean send(Outgoing message) {
    checkMaySend();
    Pipe pipe = robin.next();
    if (pipe == null) {
      return false;
    }
    boolean correlate = host.options().isOn(SocketOptions.REQ_CORRELATE);
    if (correlate) {
      requestId++;
      message.addPrefix(
          ByteBuffer.allocate(4).order(ByteOrder.nativeOrder()).putInt(requestId).array());
    }
    message.addPrefix(DELIMITER);
    forgetOldReplies();
    robin.send(pipe, message);
    message.clearEnvelope();
    correlated = correlate;
    asked = pipe;
    lost = false;
    waiting = true;
    return true;
  }

  private void forgetOldReplies() {
    for (Pipe pipe = queue.next(); pipe != null; pipe = queue.next()) {
      host.drop(pipe, DropReason.STALE_REPLY, 1);
      queue.finish(pipe);
    }
  }

  @Override
  public boolean recv(Incoming message) {
    if (!waiting) {
      host.refused(Errno.EFSM);
      throw new ZmqStateException("REQ has no request open: send one before receiving its reply");
    }
    for (Pipe pipe = queue.next(); pipe != null; pipe = queue.next()) {
      DropReason fault = check(pipe);
      if (fault == null) {
        message.set(pipe.in, pipe, null);
        return true;
      }
      host.drop(pipe, fault, 1);
      queue.finish(pipe);
    }
    return false;
  }

  /** Moves past the envelope to the body; or tells why this is not the reply. */
  private DropReason check(Pipe pipe) {
    if (asked != null && pipe != asked) {
      return DropReason.STALE_REPLY;
    }
    FrameQueue in = pipe.in;
    if (correlated) {
      if (in.size() != 4 || !in.more()) {
        return DropReason.MALFORMED;
      }
      if (ByteBuffer.wrap(in.toArray()).order(ByteOrder.nativeOrder()).getInt() != requestId) {
        return DropReason.STALE_REPLY;
      }
      in.nextFrame();
    }
    if (in.size() != 0 || !in.more()) {
      return DropReason.MALFORMED;
    }
    in.nextFrame();
    return null;
  }

  @Override
  public void received(Incoming message) {
    queue.finish(message.pipe);
    waiting = false;
    asked = null;
  }

  @Override
  public boolean canSend() {
    return (!waiting || host.options().isOn(SocketOptions.REQ_RELAXED)) && robin.next() != null;
  }

  @Override
  public boolean canRecv() {
    return waiting && recv(new Incoming());
  }

  @Override
  public void explain(PatternFacts facts) {
    boolean gone = asked == null || asked.ended || (lost && asked.out.isCredited());
    facts.turn = !waiting ? Turn.SEND : gone ? Turn.REPLY_LOST : Turn.RECEIVE;
  }

  @Override
  public boolean flushesEachMessage() {
    return true;
  }
}
