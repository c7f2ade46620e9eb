package io.niomq.internal.socket;

import io.niomq.DropReason;
import io.niomq.Errno;
import io.niomq.ProtocolError;
import io.niomq.SocketEvent;
import io.niomq.SocketOptions;
import io.niomq.SocketType;
import io.niomq.explain.Refusal;
import io.niomq.internal.endpoint.Dialer;
import io.niomq.internal.endpoint.EndpointOwner;
import io.niomq.internal.endpoint.Listener;
import io.niomq.internal.loop.EventLoop;
import io.niomq.internal.option.OptionValues;
import io.niomq.internal.pattern.PatternHost;
import io.niomq.internal.pattern.SocketBehavior;
import io.niomq.internal.pipe.FrameQueue;
import io.niomq.internal.pipe.Heard;
import io.niomq.internal.pipe.InprocLink;
import io.niomq.internal.pipe.Peer;
import io.niomq.internal.pipe.Pipe;
import io.niomq.internal.pipe.PipeLink;
import io.niomq.internal.pipe.PipeOwner;
import io.niomq.internal.pipe.SendPace;
import io.niomq.internal.pipe.SocketLock;
import io.niomq.internal.security.ZapClient;
import io.niomq.internal.zmtp.CloseCause;
import io.niomq.internal.zmtp.Connection;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;

/**
 * The pipes of one socket, seen from all sides: from the pattern ({@link PatternHost}), from
 * connections and inproc peers ({@link PipeOwner}) and from endpoints ({@link EndpointOwner}).
 *
 * <p>All under the socket's lock, that of its {@link CriticalSection}.
 */
final class Pipes implements PatternHost, PipeOwner, EndpointOwner {
  private final SocketCore core;
  final CriticalSection section = CriticalSection.create();
  private final SendPace sendPace = new SendPace();
  private SocketBehavior behavior;
  private Waiting waiting;
  private Gathering gathering;
  private Sending sending;
  private Receiving receiving;

  private final LinkedHashSet<Pipe> all = new LinkedHashSet<>();

  /** Those with a connection that a caller may read. */
  private final LinkedHashSet<Pipe> connected = new LinkedHashSet<>();

  private final GonePeers gone = new GonePeers();
  private final HighWaterMarks marks = new HighWaterMarks(this);

  /** The only one of {@link #connected}, if there is only one. */
  private Pipe sole;

  Pipes(SocketCore core) {
    this.core = core;
  }

  void connect(
      SocketBehavior itsBehavior,
      Waiting itsWaiting,
      Gathering itsGathering,
      Sending itsSending,
      Receiving itsReceiving) {
    this.behavior = itsBehavior;
    this.waiting = itsWaiting;
    this.gathering = itsGathering;
    this.sending = itsSending;
    this.receiving = itsReceiving;
  }

  // ------------------------------------------------------------------------------------------------ the lock

  @Override
  public SocketLock socketLock() {
    return section;
  }

  @Override
  public SendPace sendPace() {
    return sendPace;
  }

  void lock() {
    section.lock();
  }

  /** Releases the lock and does what was noted under it. */
  void unlock() {
    section.leave();
  }

  /** For assertions only. */
  boolean isLocked() {
    return section.isHeld();
  }

  /** Has {@code task} run after the unlock. Under the lock. */
  void later(Runnable task) {
    section.later(task);
  }

  // ------------------------------------------------------------------------------------------------ for the pattern

  @Override
  public OptionValues options() {
    return core.optionValues();
  }

  @Override
  public void act(Pipe pipe, int actions) {
    section.act(pipe, actions);
  }

  @Override
  public boolean foundEmpty(Pipe pipe) {
    PipeLink link = pipe.link;
    return link != null && link.arm(pipe);
  }

  @Override
  public void credited(Pipe pipe) {
    PipeLink link;
    if (pipe.in.takeCreditNews() && (link = pipe.link) != null) {
      act(pipe, link.onCredit(pipe));
    }
  }

  @Override
  public void route(Pipe only) {
    sending.route(only);
  }

  @Override
  public void source(Pipe only) {
    receiving.source(only);
  }

  @Override
  public void finished(Pipe pipe) {
    if (!pipe.detached) {
      detachLocked(pipe);
    }
  }

  @Override
  public void drop(Pipe pipe, DropReason reason, long messages) {
    core.drops().count(pipe, reason, messages);
  }

  @Override
  public void refused(Errno errno) {
    core.refusals().call(errno);
  }

  @Override
  public void refused(String endpoint, String address, Refusal refusal, String reason) {
    core.refusals().peer(endpoint, address, refusal, reason);
  }

  @Override
  public void refuse(Pipe pipe, String reason) {
    pipe.refused = reason;
    refused(pipe.endpoint, pipe.peer.address(), Refusal.NO_PLACE, reason);
    PipeLink link = pipe.link;
    if (link instanceof Connection c) {
      later(() -> c.fail(refusal(pipe)));
    } else {
      later(
          () -> {
            event(SocketEvent.Type.DISCONNECTED, pipe.endpoint, "", reason, Errno.EPROTO);
            if (link instanceof InprocLink l
                && l.peer() != null
                && l.peer().owner instanceof Pipes theirs) {
              theirs.refusedByPeer(l.peer(), Refusal.NO_PLACE, "the other side says: " + reason);
            }
            detach(pipe);
          });
    }
  }

  /** The socket that has bound an inproc name does not have this one as its peer. */
  void refusedByPeer(Pipe pipe, Refusal refusal, String reason) {
    lock();
    try {
      pipe.refused = reason;
    } finally {
      unlock();
    }
    refused(pipe.endpoint, "", refusal, reason);
  }

  @Override
  public void subscriptionChanged(Pipe pipe, boolean subscribed, byte[] prefix, int holders) {
    gathering.subscriptionChanged(pipe, subscribed, prefix, holders);
    waiting.sendChanged(); // who waits for a full subscriber may not have to
  }

  private static CloseCause refusal(Pipe pipe) {
    int code = ProtocolError.ZMTP_UNSPECIFIED.number();
    return new CloseCause(CloseCause.Kind.PROTOCOL, Errno.EPROTO, pipe.refused, code);
  }

  @Override
  public void changed() {
    waiting.changed();
  }

  // ------------------------------------------------------------------------------------------------ for the far side

  @Override
  public void releaseHeld() {
    lock();
    try {
      behavior.releaseHeld();
    } finally {
      unlock();
    }
  }

  @Override
  public void onReadable(Pipe pipe) {
    lock();
    try {
      if (!pipe.detached) {
        if (pipe.conflatesIn) {
          drop(pipe, DropReason.CONFLATED, pipe.in.discardAllButLast());
        }
        behavior.readable(pipe);
      }
    } finally {
      unlock();
    }
  }

  @Override
  public void onWritable(Pipe pipe) {
    lock();
    try {
      pipe.unmute();
      if (!pipe.detached) {
        behavior.writable(pipe);
        roomForEvents();
      }
    } finally {
      unlock();
    }
  }

  private void roomForEvents() {
    if (core.onRoom() != null) {
      later(core.onRoom());
    }
  }

  @Override
  public void onPeerClosed(Pipe pipe) {
    lock();
    try {
      if (pipe.isJoining) {
        pipe.closedWhileJoining = true;
      } else {
        peerClosedLocked(pipe);
      }
    } finally {
      unlock();
    }
  }

  private void peerClosedLocked(Pipe pipe) {
    lostLocked(pipe, true); // the peer has left the queue that it wrote to
    endLocked(pipe);
  }

  @Override
  public void onConflated(Pipe pipe, long messages) {
    drop(pipe, DropReason.CONFLATED, messages);
  }

  @Override
  public boolean isClaimed() {
    return waiting.isClaimed();
  }

  @Override
  public long reclaim(long seen) {
    lock();
    try {
      return waiting.reclaim(seen);
    } finally {
      unlock();
    }
  }

  @Override
  public boolean onReturn(long seen, Runnable task) {
    lock();
    try {
      return waiting.onReturn(seen, task);
    } finally {
      unlock();
    }
  }

  // ------------------------------------------------------------------------------------------------ for endpoints

  @Override
  public EventLoop pickLoop(OptionValues options) {
    return core.context().pickLoop(options);
  }

  @Override
  public void onHelper(Runnable task) {
    core.context().onHelper(task);
  }

  /** Whether a peer may get this routing id. Under the lock. */
  void checkRoutingId(byte[] id) {
    behavior.checkRoutingId(id);
  }

  @Override
  public ZapClient zap() {
    return core.context().zap();
  }

  @Override
  public Pipe newPipe(OptionValues o, String endpoint) {
    boolean conflate = o.isOn(SocketOptions.CONFLATE);
    boolean conflatesIn = conflate && o.socketType().canReceive();
    boolean conflatesOut = conflate && o.socketType().canSend(); // not a SUB's subscriptions
    int receiveMark = conflatesIn ? 0 : o.intValue(SocketOptions.RCVHWM);
    int sendMark = conflatesOut ? 0 : o.intValue(SocketOptions.SNDHWM);
    Pipe pipe =
        new Pipe(
            this,
            new FrameQueue(core.context().pool(), receiveMark),
            new FrameQueue(core.context().pool(), sendMark));
    if (!isPublisher()) { // they append several messages at a time: decision 30
      pipe.out.staySmallWhenSlow();
    }
    pipe.conflatesIn = conflatesIn;
    pipe.conflatesOut = conflatesOut;
    pipe.endpoint = endpoint;
    byte[] name = o.get(SocketOptions.CONNECT_ROUTING_ID);
    pipe.routingId = name.length > 0 ? name : null;
    return pipe;
  }

  @Override
  public boolean attach(Pipe pipe) {
    lock();
    try {
      return attachLocked(pipe);
    } finally {
      unlock();
    }
  }

  private boolean attachLocked(Pipe pipe) {
    if (core.isClosedLocked()) {
      pipe.detached = true;
      leave(pipe);
      return false;
    }
    all.add(pipe);
    behavior.attached(pipe);
    return pipe.refused == null;
  }

  @Override
  public void join(Pipe pipe, Connection connection, Peer peer) {
    lock();
    try {
      pipe.peer = peer;
      behavior.joining(pipe);
    } finally {
      unlock();
    }
    connection.join(
        pipe,
        behavior.flushesEachMessage(),
        () -> {
          lock();
          try {
            pipe.link = connection;
            // A pipe of a connecting endpoint may be detached by now: then it only sends what is
            // left.
            boolean lasting = pipe.detached || all.contains(pipe);
            if (!lasting && !attachLocked(pipe) && core.isClosedLocked()) {
              later(
                  () ->
                      connection.fail(
                          new CloseCause(CloseCause.Kind.LINGER, Errno.ENOTSOCK, "closed")));
            }
            if (pipe.refused != null) {
              later(() -> connection.fail(refusal(pipe)));
            } else if (!pipe.detached) {
              connected.add(pipe);
              sole = connected.size() == 1 ? pipe : null;
              waiting.channelAdded(connection);
              gathering.connected(pipe, true);
              pipe.connectedAt = System.nanoTime();
              behavior.connected(pipe);
              gathering.connected(pipe, pipe.refused == null);
            }
          } finally {
            unlock();
          }
        });
  }

  @Override
  public void lost(Pipe pipe, boolean accepted) {
    lock();
    try {
      lostLocked(pipe, accepted);
    } finally {
      unlock();
    }
  }

  private void lostLocked(Pipe pipe, boolean accepted) {
    if (pipe.connected && !pipe.detached && !pipe.ended) {
      behavior.lost(pipe, accepted);
    }
  }

  @Override
  public void disconnected(Pipe pipe, PipeLink link) {
    lock();
    try {
      forgetConnection(pipe);
      if (!pipe.detached) {
        noteHeard(pipe, link);
        pipe.link = null;
        gathering.connected(pipe, false);
        behavior.disconnected(pipe);
      }
    } finally {
      unlock();
    }
    waiting.purge();
  }

  @Override
  public void ended(Pipe pipe) {
    lock();
    try {
      endLocked(pipe);
    } finally {
      unlock();
    }
    waiting.purge();
  }

  private void endLocked(Pipe pipe) {
    forgetConnection(pipe);
    if (pipe.detached || pipe.ended) {
      return;
    }
    pipe.ended = true;
    gathering.connected(pipe, false);
    if (pipe.link instanceof Connection c) {
      noteHeard(pipe, c);
      pipe.link = null;
    }
    behavior.ended(pipe);
  }

  /** For reports that are made when the connection is gone. */
  private static void noteHeard(Pipe pipe, PipeLink link) {
    if (pipe.heard == null) {
      pipe.heard = new Heard(pipe.connectedAt);
    }
    pipe.heard.note(link.heardAt(), link.heardSince(), System.nanoTime());
  }

  private void forgetConnection(Pipe pipe) {
    if (connected.remove(pipe)) {
      waiting.channelRemoved(pipe.link);
      sole = connected.size() == 1 ? connected.iterator().next() : null;
    }
  }

  @Override
  public void detach(Pipe pipe) {
    lock();
    try {
      if (!pipe.detached) {
        detachLocked(pipe);
      }
    } finally {
      unlock();
    }
  }

  /** Whether the pipe is no longer the socket's. */
  boolean isDetached(Pipe pipe) {
    lock();
    try {
      return pipe.detached;
    } finally {
      unlock();
    }
  }

  private void detachLocked(Pipe pipe) {
    assert isLocked();
    forgetConnection(pipe);
    pipe.detached = true;
    gathering.connected(pipe, false);
    all.remove(pipe);
    behavior.detached(pipe);
    unread(pipe, pipe.in.discardAll());
    if (pipe.link instanceof InprocLink) {
      act(pipe, PipeLink.CLOSE);
      core.endpoints().forget(pipe);
    }
    waiting.changed();
    leave(pipe);
  }

  /** Counts what came and was not received; to a publisher that is subscriptions, if anything. */
  void unread(Pipe pipe, long messages) {
    if (!isPublisher()) {
      drop(pipe, DropReason.UNREAD_AT_CLOSE, messages);
    }
  }

  private boolean isPublisher() {
    return core.type() == SocketType.PUB || core.type() == SocketType.XPUB;
  }

  /** The socket's side of the pipe is done. */
  private void leave(Pipe pipe) {
    unread(pipe, pipe.in.leave());
    drop(pipe, DropReason.CONNECTION_LOST, pipe.out.leave());
    gone.add(pipe);
  }

  /**
   * Gives memory back that is not needed; returns whether nothing has moved since the last call.
   */
  boolean trim() {
    boolean quiet = true;
    for (Pipe pipe : all()) {
      lock();
      try {
        PipeLink link = pipe.link;
        if (!pipe.detached && link != null) {
          quiet &= link.trim(pipe);
        }
      } finally {
        unlock();
      }
    }
    return quiet;
  }

  void detachAll() {
    for (Pipe pipe : allLocked()) {
      detachLocked(pipe);
    }
  }

  @Override
  public void release(Pipe pipe, DropReason reasonForUnsent) {
    pipe.out.own();
    drop(pipe, reasonForUnsent, pipe.out.discardAll());
    pipe.out.disown();
    drop(pipe, reasonForUnsent, pipe.out.leave());
    unread(pipe, pipe.in.leave()); // read after the detach
    gone.add(pipe);
  }

  @Override
  public void event(SocketEvent event) {
    core.event(event);
  }

  @Override
  public void opened() {
    core.endpoints().opened();
  }

  @Override
  public void closed() {
    core.endpoints().closed();
  }

  @Override
  public void gaveUp(Dialer dialer) {
    core.endpoints().forget(dialer);
  }

  @Override
  public void finished(Listener listener) {
    core.endpoints().forget(listener);
  }

  // ------------------------------------------------------------------------------------------------ inproc

  /** Somebody will read what this pipe sends; under no lock, and before he can. */
  void adopted(Pipe pipe, int peerReceiveMark) {
    lock();
    try {
      pipe.isParked = false;
      pipe.isJoining = true;
      pipe.peerReceiveMark = peerReceiveMark;
      marks.setSend(pipe);
    } finally {
      unlock();
    }
  }

  /**
   * Joins the pipes of two sockets that are both attached or about to be; under no lock. To be
   * followed by {@link #connectedInproc} or {@link #notConnectedInproc}.
   */
  void joinInproc(Pipe pipe, InprocLink link, Pipe peerPipe, Peer peer, int peerReceiveMark) {
    lock();
    try {
      pipe.peer = peer;
      pipe.link = link;
      link.peer(peerPipe);
      pipe.peerReceiveMark = peerReceiveMark;
      pipe.isInproc = true;
      pipe.isJoining = true;
      pipe.conflatesIn |= peerPipe.conflatesOut;
      pipe.conflatesOut |= peerPipe.conflatesIn;
      pipe.out.growWithRate();
      marks.setSend(pipe);
    } finally {
      unlock();
    }
  }

  /** The inproc peer is there: tells the pattern, also if it has closed already. */
  void connectedInproc(Pipe pipe) {
    lock();
    try {
      pipe.isJoining = false;
      if (!pipe.detached && pipe.refused == null) {
        gathering.connected(pipe, true);
        pipe.connectedAt = System.nanoTime();
        behavior.connected(pipe);
        gathering.connected(pipe, pipe.refused == null);
        unmuteIfRoom(pipe);
        roomForEvents();
      }
      if (pipe.closedWhileJoining) {
        peerClosedLocked(pipe);
      }
    } finally {
      unlock();
    }
  }

  /** The inproc peer was closed, or has refused this one. */
  void notConnectedInproc(Pipe pipe) {
    lock();
    try {
      pipe.isJoining = false;
      peerClosedLocked(pipe);
    } finally {
      unlock();
    }
  }

  /** The mark of an outbound queue may be higher now. Under the lock. */
  void unmuteIfRoom(Pipe pipe) {
    if (pipe.isMuted() && pipe.out.hasRoom()) {
      pipe.unmute();
      if (!pipe.detached) {
        behavior.writable(pipe);
      }
    }
  }

  // ------------------------------------------------------------------------------------------------ for waiting

  /** The pipes that are the socket's. */
  List<Pipe> all() {
    lock();
    try {
      return allLocked();
    } finally {
      unlock();
    }
  }

  List<Pipe> allLocked() {
    return new ArrayList<>(all);
  }

  /** Those that were the socket's, and that messages were dropped of. */
  GonePeers gone() {
    return gone;
  }

  /** The only connection, or null when there are more or none. Under the lock. */
  Pipe sole() {
    return sole;
  }

  HighWaterMarks marks() {
    return marks;
  }

  /** The pipes with connections. Under the lock. */
  LinkedHashSet<Pipe> connectedPipes() {
    return connected;
  }
}
