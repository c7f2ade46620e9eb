package io.niomq.internal.pipe;

import java.lang.invoke.VarHandle;
import java.nio.channels.SelectableChannel;

/**
 * Joins the pipes of two sockets of one context: the outbound queue of one is the inbound queue of
 * the other. There is one link object for each direction, held by the sending pipe.
 *
 * <p>Neither side takes the other's lock as long as messages flow. A reader that found the queue
 * empty sets {@link #readerAsleep} and looks once more; a sender appends and then looks at the
 * flag; each has a full fence between the two. So the reader sees the message, or the sender sees
 * the flag and reports.
 */
public final class InprocLink implements PipeLink {
  /** The other socket's pipe; null until the endpoint is bound. Written under the sender's lock. */
  private volatile Pipe peer;

  /** What the queues had seen when their memory was last asked for. Under the sender's lock. */
  private long quietSince = -1;

  /** The reader has found nothing, and wants to be told. See {@link #arm}. */
  private volatile boolean readerAsleep;

  public InprocLink(Pipe peer) {
    this.peer = peer;
  }

  public Pipe peer() {
    return peer;
  }

  /** Under the sender's lock, when the endpoint was bound after the connect. */
  public void peer(Pipe pipe) {
    this.peer = pipe;
  }

  @Override
  public int onAppended(Pipe pipe) {
    VarHandle.fullFence(); // pairs with arm()
    if (readerAsleep || pipe.conflatesOut) { // a reader that conflates drops what is old each time
      readerAsleep = false;
      return SEND;
    }
    return 0;
  }

  @Override
  public int onCredit(Pipe pipe) {
    Pipe p = peer;
    return p != null && p.isMuted() ? RESUME : 0;
  }

  @Override
  public void act(Pipe pipe, int actions) {
    Pipe p = peer;
    if (p == null) {
      return;
    }
    if ((actions & SEND) != 0) {
      p.owner.onReadable(p);
    }
    if ((actions & RESUME) != 0) {
      p.owner.onWritable(p);
    }
    if ((actions & CLOSE) != 0) {
      p.owner.onPeerClosed(p);
    }
  }

  /**
   * The reader's pipe asks; the flag lives in the link of the sender's pipe. Both sides write their
   * word, then read the other's, with a full fence between: at least one of them sees the other.
   */
  @Override
  public boolean arm(Pipe reader) {
    Pipe sender = peer;
    if (sender == null || !(sender.link instanceof InprocLink link)) {
      return false; // who joins the two reports afterwards
    }
    link.readerAsleep = true;
    VarHandle.fullFence();
    if (reader.in.isEmpty()) {
      return false;
    }
    link.readerAsleep = false;
    return true;
  }

  /**
   * Each side does its own part of both queues, with its own lock: the sender leaves the chunk that
   * it fills, and the reader one that the sender has left.
   */
  @Override
  public boolean trim(Pipe pipe) {
    long seen = pipe.out.appendedOctets() + pipe.in.takenOctets();
    if (seen != quietSince) {
      quietSince = seen;
      return false;
    }
    pipe.in.leaveTaken();
    return !pipe.out.leaveTail(); // if it does, the peer's turn may be over already
  }

  @Override
  public SelectableChannel channel() {
    return null;
  }

  @Override
  public boolean fill() {
    return false;
  }

  @Override
  public boolean isFinished() {
    return true;
  }

  @Override
  public void refillBudget() {}
}
