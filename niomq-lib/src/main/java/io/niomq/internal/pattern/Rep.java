package io.niomq.internal.pattern;

import io.niomq.DropReason;
import io.niomq.Errno;
import io.niomq.ZmqStateException;
import io.niomq.explain.Turn;
import io.niomq.internal.pipe.FrameQueue;
import io.niomq.internal.pipe.Incoming;
import io.niomq.internal.pipe.Outgoing;
import io.niomq.internal.pipe.Pipe;
import java.util.ArrayList;

/**
 * RFC 28, The REP Socket Type: one request, then its reply. The frames up to and including the
 * first empty one are the envelope: kept, and put before the reply unchanged.
 */
final class Rep implements SocketBehavior {
  private final PatternHost host;
  private final FairQueue queue;
  private final Hello hello;
  private final ArrayList<byte[]> envelope = new ArrayList<>();

  /** A request was read: its reply is due. */
  private boolean replying;

  /** Who asked; null when gone. */
  private Pipe asker;

  Rep(PatternHost host) {
    this.host = host;
    this.queue = new FairQueue(host);
    this.hello = new Hello(host);
  }

  @Override
  public void attached(Pipe pipe) {
    queue.add(pipe);
    hello.attached(pipe);
  }

  @Override
  public void joining(Pipe pipe) {
    hello.joining(pipe);
  }

  @Override
  public void ended(Pipe pipe) {
    forget(pipe);
    queue.ended(pipe);
  }

  @Override
  public void detached(Pipe pipe) {
    forget(pipe);
    queue.remove(pipe);
  }

  private void forget(Pipe pipe) {
    if (asker == pipe) {
      asker = null;
    }
  }

  @Override
  public void readable(Pipe pipe) {
    queue.readable(pipe);
  }

  @Override
  public boolean beginSend(Outgoing first) {
    if (!replying) {
      host.refused(Errno.EFSM);
      throw new ZmqStateException("REP has no request to answer: receive one before sending");
    }
    return true;
  }

  @Override
  public boolean send(Outgoing message) {
    beginSend(message);
    replying = false;
    Pipe pipe = asker;
    asker = null;
    if (pipe == null) {
      host.drop(null, DropReason.NO_PEER, 1);
    } else if (!pipe.out.hasRoom()) {
      host.drop(pipe, DropReason.HIGH_WATER_MARK, 1);
    } else {
      for (byte[] frame : envelope) {
        message.addPrefix(frame);
      }
      host.act(pipe, pipe.append(message));
      message.clearEnvelope();
    }
    host.changed(); // others may receive now
    return true;
  }

  @Override
  public boolean recv(Incoming message) {
    if (replying) {
      host.refused(Errno.EFSM);
      throw new ZmqStateException("REP owes a reply: send it before receiving the next request");
    }
    for (Pipe pipe = queue.next(); pipe != null; pipe = queue.next()) {
      if (readEnvelope(pipe.in)) {
        message.set(pipe.in, pipe, null);
        return true;
      }
      host.drop(pipe, DropReason.MALFORMED, 1);
      queue.finish(pipe);
    }
    return false;
  }

  /**
   * Keeps the envelope and moves to the body; false when there is no delimiter or nothing after it.
   */
  private boolean readEnvelope(FrameQueue in) {
    envelope.clear();
    while (in.more()) {
      boolean delimiter = in.size() == 0;
      envelope.add(in.toArray());
      in.nextFrame();
      if (delimiter) {
        return true;
      }
    }
    return false;
  }

  @Override
  public void received(Incoming message) {
    replying = true;
    asker = message.pipe;
    queue.finish(message.pipe);
  }

  @Override
  public boolean canSend() {
    return replying;
  }

  @Override
  public boolean canRecv() {
    return !replying && recv(new Incoming());
  }

  @Override
  public void explain(PatternFacts facts) {
    facts.turn = !replying ? Turn.RECEIVE : asker == null ? Turn.ASKER_GONE : Turn.SEND;
  }

  @Override
  public boolean flushesEachMessage() {
    return true;
  }
}
