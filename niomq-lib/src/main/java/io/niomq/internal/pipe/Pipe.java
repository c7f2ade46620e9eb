package io.niomq.internal.pipe;

import io.niomq.DropReason;
import io.niomq.internal.flight.Flight;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * The double queue between one socket and one peer, seen from the socket. All fields are guarded by
 * the socket's lock unless they say otherwise; {@link #out}'s producer side and {@link #in}'s
 * consumer side are, too.
 *
 * <p>On the connecting side a pipe outlives its connections; {@link #link} is null while there is
 * none.
 */
public final class Pipe {
  public final PipeOwner owner;
  public final FrameQueue in;
  public final FrameQueue out;

  /**
   * Where the messages go and come from, or null while disconnected. Written under the lock, read
   * by anybody.
   */
  public volatile PipeLink link;

  /** The peer's routing id, once it is known; only ROUTER and REP ask. */
  public byte[] routingId;

  /** Properties of the peer: see {@code Peer}. */
  public Peer peer = Peer.UNKNOWN;

  /** The endpoint that this pipe belongs to, for reports. */
  public String endpoint = "";

  /** The security mechanism of the connection, for reports. */
  public String mechanism = "";

  /** When the peer was last connected ({@link System#nanoTime}); for reports. */
  public long connectedAt;

  /** What is known of when the peer was heard; null before the first report. */
  public Heard heard;

  /** No message comes any more; the pipe goes when it was read empty. */
  public boolean ended;

  /** The pattern was told of the peer, and not yet of its loss. */
  public boolean connected;

  /** The pipe is no longer the socket's. */
  public boolean detached;

  /** Why this pipe will not be used, or null. */
  public String refused;

  /** The peer is a socket of the same context. */
  public boolean isInproc;

  /** {@link #isInproc}, and there is no such socket yet: nobody reads {@link #out}. */
  public boolean isParked;

  /**
   * The two ends of an inproc connection are being joined, and the pattern is yet to be told: a
   * close of the peer waits for that.
   */
  public boolean isJoining;

  /** The peer has closed meanwhile. */
  public boolean closedWhileJoining;

  /** An inproc peer's {@code ZMQ_RCVHWM}: with ours it makes the mark of {@link #out}. */
  public int peerReceiveMark;

  /** This is the only peer to send to, so its pace may be the sender's. */
  public boolean pacesSender;

  /** To how many peers the message being appended goes: so much longer does it take to send. */
  public int crowd = 1;

  /** The socket has messages for this peer that are not in {@link #out} yet. */
  public boolean heldBack;

  /** Only the newest inbound message counts. */
  public boolean conflatesIn;

  /** Only the newest outbound message counts. */
  public boolean conflatesOut;

  /** Position in the socket's fair queue; -1 when not a member. */
  public int fairIndex = -1;

  /** Position in the socket's round robin; -1 when not a member. */
  public int robinIndex = -1;

  /** A place for the behaviour, for instance a publisher's record of this subscriber. */
  public Object attachment;

  /** Actions that wait for the unlock. */
  private int pendingActions;

  /**
   * The sender waits for room. Written under the lock; read by the consumer of {@link #out} after
   * it returned credit.
   */
  private volatile boolean muted;

  /** Since when ({@link System#nanoTime}); for reports. */
  private long mutedAt;

  /** How many messages of this peer were dropped, by reason; null while there are none. */
  private volatile AtomicLongArray drops;

  public Pipe(PipeOwner owner, FrameQueue in, FrameQueue out) {
    this.owner = owner;
    this.in = in;
    this.out = out;
  }

  public boolean isConnected() {
    return connected;
  }

  /**
   * Whether a message may be appended; if not, the consumer of the queue will report room with
   * {@link PipeOwner#onWritable}. Under the lock.
   */
  public boolean hasRoomOrMute() {
    if (out.hasRoom()) {
      return true;
    }
    boolean before = muted;
    muted = true; // pairs with the volatile write of the credit: one of the two sees the other
    if (out.hasRoom()) {
      muted = false;
      return true;
    }
    if (!before) {
      mutedAt = System.nanoTime();
      Flight.muted(endpoint, peer.address(), out.highWaterMark());
    }
    return false;
  }

  public boolean isMuted() {
    return muted;
  }

  /** Under the lock, when room was reported. */
  public void unmute() {
    if (muted) {
      Flight.unmuted(endpoint, peer.address(), System.nanoTime() - mutedAt);
    }
    muted = false;
  }

  /** Appends one message; under the lock. Returns the actions that must follow after the unlock. */
  public int append(Outgoing m) {
    if (conflatesOut) {
      dropUnsent();
    }
    out.append(m);
    PipeLink l = link;
    return l == null ? 0 : l.onAppended(this);
  }

  /** The same with a message of one frame. */
  public int append(byte[] source, int offset, int length) {
    if (conflatesOut) {
      dropUnsent();
    }
    out.append(source, offset, length);
    PipeLink l = link;
    return l == null ? 0 : l.onAppended(this);
  }

  /** The same with several messages in their wire form, unless the pipe conflates. */
  public int append(ByteBuffer frames, int octets, int messages) {
    assert !conflatesOut;
    out.append(frames, octets, messages);
    PipeLink l = link;
    return l == null ? 0 : l.onAppended(this);
  }

  /** Appends one command; under the lock. */
  public int appendCommand(byte[] body) {
    out.appendCommand(body);
    PipeLink l = link;
    return l == null ? 0 : l.onAppended(this);
  }

  private void dropUnsent() {
    if (isInproc) {
      if (isParked) {
        owner.onConflated(this, out.discardAll());
      }
      return; // the reader keeps only the newest
    }
    out.own();
    owner.onConflated(this, out.discardUnwritten());
    List<byte[]> commands = out.takeUnwrittenCommands();
    out.disown();
    if (commands != null) {
      commands.forEach(out::appendCommand); // a PING or PONG is not a message
    }
  }

  /** Counts messages of this peer that were dropped. Any thread. */
  public void countDrops(DropReason reason, long messages) {
    AtomicLongArray d = drops;
    if (d == null) {
      synchronized (this) {
        d = drops;
        if (d == null) {
          d = new AtomicLongArray(DropReason.values().length);
          drops = d;
        }
      }
    }
    d.getAndAdd(reason.ordinal(), messages);
  }

  /** Whether messages of this peer were dropped. Any thread. */
  public boolean hasDrops() {
    return drops != null;
  }

  /** How many messages of this peer were dropped for that reason. Any thread. */
  public long drops(DropReason reason) {
    AtomicLongArray d = drops;
    return d == null ? 0 : d.get(reason.ordinal());
  }

  /** Notes actions for after the unlock; returns those noted before. */
  public int addActions(int actions) {
    int before = pendingActions;
    pendingActions |= actions;
    return before;
  }

  /** The actions noted. */
  public int takeActions() {
    int actions = pendingActions;
    pendingActions = 0;
    return actions;
  }
}
