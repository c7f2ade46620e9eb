package io.niomq.internal.endpoint;

import io.niomq.DropReason;
import io.niomq.Errno;
import io.niomq.SocketEvent;
import io.niomq.explain.EndpointReport;
import io.niomq.explain.Refusal;
import io.niomq.internal.loop.EventLoop;
import io.niomq.internal.loop.LoopTask;
import io.niomq.internal.option.OptionValues;
import io.niomq.internal.pipe.Peer;
import io.niomq.internal.pipe.Pipe;
import io.niomq.internal.transport.IoErrors;
import io.niomq.internal.transport.Listening;
import io.niomq.internal.transport.Transport;
import io.niomq.internal.zmtp.CloseCause;
import io.niomq.internal.zmtp.Connection;
import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A bound endpoint: accepts peers and keeps their connections. Each has a pipe from its handshake
 * to its end. The options are those at the time of the bind, for all peers to come, as in libzmq.
 *
 * <p>Driven by the I/O thread; {@link #close} may be called by any other.
 */
public final class Listener implements EventLoop.Handler, OpenEndpoint {
  /** How many peers are accepted before others have their turn. */
  private static final int ACCEPT_BATCH = 64;

  /** After a failure, such as no descriptors left, accepting pauses this long. */
  private static final long PAUSE_NANOS = 100_000_000;

  private final EndpointOwner owner;
  private final Transport transport;
  private final Listening listening;
  private final OptionValues options;
  private final EventLoop loop;
  private final int number = ChannelNumber.next();
  private final Set<Accepted> accepted = ConcurrentHashMap.newKeySet();
  private final EndpointHistory history;
  private SelectionKey key;
  private EventLoop.Timer pause;
  private volatile boolean closed; // written by the I/O thread

  public Listener(
      EndpointOwner owner,
      Transport transport,
      Listening listening,
      OptionValues options,
      EventLoop loop) {
    this.owner = owner;
    this.transport = transport;
    this.listening = listening;
    this.options = options;
    this.loop = loop;
    this.history = new EndpointHistory(listening.endpoint(), true);
  }

  /** The endpoint with its real address. */
  public String endpoint() {
    return listening.endpoint();
  }

  @Override
  public EndpointReport report() {
    return history.report();
  }

  /** Those of the peers that are here. */
  @Override
  public List<Pipe> pipes() {
    List<Pipe> pipes = new ArrayList<>();
    for (Accepted a : accepted) {
      Pipe p = a.pipe;
      if (p != null) {
        pipes.add(p);
      }
    }
    return pipes;
  }

  /** Begins to accept. Any thread. */
  public void start() {
    owner.opened();
    event(SocketEvent.Type.LISTENING, "", null, number);
    loop.execute(
        () -> {
          try {
            if (!closed) {
              key = loop.register(listening.channel(), SelectionKey.OP_ACCEPT, this);
            }
          } catch (IOException e) {
            failed(e);
          }
        });
  }

  @Override
  public void ready(SelectionKey ready) {
    for (int i = 0; i < ACCEPT_BATCH && !closed; i++) {
      SocketChannel channel;
      try {
        channel = listening.channel().accept();
      } catch (Throwable e) { // an Error, too: the peer that waits would make the thread spin
        pauseAccepting();
        acceptFailed(e);
        return;
      }
      if (channel == null) {
        return;
      }
      welcome(channel);
    }
  }

  private void pauseAccepting() {
    key.interestOps(0);
    pause =
        loop.timer(
            () -> {
              if (key.isValid()) {
                key.interestOps(SelectionKey.OP_ACCEPT);
              }
            });
    pause.plan(PAUSE_NANOS);
  }

  private void welcome(SocketChannel channel) {
    try {
      if (transport.admits(channel, options)) {
        transport.configureAccepted(channel, options);
        begin(channel);
      } else {
        turnAway(channel);
      }
    } catch (Throwable e) { // an Error, too: nobody else would close the channel
      closeQuietly(channel);
      if (!(e instanceof IOException)) {
        EventLoop.report("a peer could not be accepted at " + endpoint(), e);
      }
      acceptFailed(e);
    }
  }

  private void turnAway(SocketChannel channel) {
    String peer = transport.peerAddress(channel);
    closeQuietly(channel);
    String reason = "no filter admits the peer " + peer;
    owner.refused(endpoint(), peer, Refusal.FILTERED, reason);
    event(SocketEvent.Type.ACCEPT_FAILED, reason, Errno.EACCES, Errno.EACCES.number());
  }

  /** Makes the connection, and only then lets anybody know of it: what fails, fails before. */
  private void begin(SocketChannel channel) {
    String peer = transport.peerAddress(channel);
    Reports reports = Reports.accepted(owner, transport, endpoint(), channel, peer);
    EventLoop its = owner.pickLoop(options);
    Accepted a = new Accepted(channel, its, peer, reports);
    LoopTask start = new LoopTask(a.connection::start);
    reports.accepted();
    accepted.add(a);
    owner.opened();
    its.execute(start);
  }

  private static void closeQuietly(SocketChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      // nothing to be done
    }
  }

  @Override
  public void failed(Throwable failure) {
    Errno errno = IoErrors.errnoOf(failure);
    event(SocketEvent.Type.ACCEPT_FAILED, failure.toString(), errno, errno.number());
  }

  private void acceptFailed(Throwable e) {
    Errno errno = IoErrors.errnoOf(e);
    String reason = "a peer could not be accepted: " + CloseCause.textOf(e);
    history.error(reason);
    owner.refused(endpoint(), "", Refusal.NOT_ACCEPTED, reason);
    event(SocketEvent.Type.ACCEPT_FAILED, CloseCause.textOf(e), errno, errno.number());
  }

  private void event(SocketEvent.Type type, String detail, Errno errno, long value) {
    owner.event(new SocketEvent(type, endpoint(), "", detail, errno, value, endpoint(), ""));
  }

  /**
   * Stops accepting; the address is free when this returns. The connections linger for themselves.
   * Not under a lock.
   */
  @Override
  public void close(long lingerNanos) {
    loop.executeAndWait(
        () -> {
          if (closed) {
            return;
          }
          closed = true;
          if (pause != null) {
            pause.cancel();
          }
          history.closed();
          listening.close();
          loop.forgetClosed();
          IOException left = listening.leftBehind();
          if (left == null) {
            event(SocketEvent.Type.CLOSED, "", null, number);
          } else {
            Errno errno = IoErrors.errnoOf(left);
            event(SocketEvent.Type.CLOSE_FAILED, left.toString(), errno, errno.number());
          }
          finishedIfEmpty();
          owner.closed();
        });
    for (Accepted a : accepted) {
      a.close(lingerNanos);
    }
  }

  /** Either the close or the end of the last connection comes second, and sees the other. */
  private void finishedIfEmpty() {
    if (closed && accepted.isEmpty()) {
      owner.finished(this);
    }
  }

  @Override
  public void abandon() {
    for (Accepted a : accepted) {
      a.connection.fail(
          new CloseCause(
              CloseCause.Kind.LINGER, Errno.EAGAIN, "the context's time to close is over"));
    }
  }

  /** One accepted peer. */
  private final class Accepted implements Connection.Endpoint {
    private final EventLoop its;
    private final Connection connection;
    private final Reports reports;
    private volatile Pipe pipe; // written by the I/O thread
    private boolean leaving;

    Accepted(SocketChannel channel, EventLoop its, String address, Reports reports) {
      this.its = its;
      this.reports = reports;
      this.connection = new Connection(channel, its, options, address, owner.zap(), this);
    }

    void close(long lingerNanos) {
      its.execute(
          () -> {
            leaving = true;
            connection.linger(lingerNanos);
            if (pipe != null) {
              owner.ended(pipe); // what was received can still be read
            }
          });
    }

    @Override
    public void onHandshakeDone(Connection c, Peer peer) {
      history.connected();
      pipe = owner.newPipe(options, endpoint());
      owner.join(pipe, c, peer);
      if (!c.isRaw()) {
        reports.handshakeSucceeded();
      }
      if (leaving) {
        owner.ended(pipe);
      }
    }

    @Override
    public void onDropped(DropReason reason, long messages) {
      owner.drop(pipe, reason, messages);
    }

    @Override
    public void onClosed(Connection c, CloseCause cause) {
      accepted.remove(this);
      if (pipe != null) {
        DropReason unsent = Reports.unsent(c, cause);
        if (!leaving && cause.kind() != CloseCause.Kind.LOCAL) {
          owner.lost(pipe, true);
        }
        owner.ended(pipe);
        owner.release(pipe, unsent);
      }
      reports.closed(c, cause);
      finishedIfEmpty();
      owner.closed();
    }
  }
}
