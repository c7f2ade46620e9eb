package io.niomq.internal.zmtp;

import io.niomq.DropReason;
import io.niomq.Errno;
import io.niomq.SocketOptions;
import io.niomq.internal.loop.EventLoop;
import io.niomq.internal.loop.LoopTask;
import io.niomq.internal.option.OptionValues;
import io.niomq.internal.pipe.Peer;
import io.niomq.internal.pipe.Pipe;
import io.niomq.internal.pipe.PipeLink;
import io.niomq.internal.pipe.SocketLock;
import io.niomq.internal.security.FrameCipher;
import io.niomq.internal.security.ZapClient;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;

/**
 * One ZMTP connection: a channel, its handshake, and then its traffic between the channel and the
 * two queues of a pipe. Forward only: handshake, traffic, closed.
 *
 * <p><b>Who drives it.</b> The I/O thread owns the handshake, the end, and everything else unless
 * it says otherwise. Reading is done by whoever holds the reading side ({@link Inflow}): the I/O
 * thread, or a caller that waits in its socket. Writing is done by whoever holds the consumer side
 * of {@code pipe.out} ({@link Outflow}): a sender, a waiting caller, or the I/O thread as guard.
 */
public final class Connection implements EventLoop.Handler, PipeLink {

  /** The endpoint that made the connection. All calls come from the I/O thread. */
  public interface Endpoint {
    /** The transport is connected: the handshake begins. */
    void onHandshakeDone(Connection connection, Peer peer);

    /** The connection has ended, and nobody touches its pipe's queues through it any more. */
    void onClosed(Connection connection, CloseCause cause);

    /** Something was dropped that the endpoint's socket should count. */
    void onDropped(DropReason reason, long messages);
  }

  private final SocketChannel channel;
  private final EventLoop loop;
  private final OptionValues options;
  private final Endpoint endpoint;
  private final String address;
  private final boolean raw;
  private final LoopTask resumeTask = new LoopTask(this::resumeReading);

  // I/O thread only.
  private SelectionKey key;
  private HandshakePhase handshake;
  private Heartbeat heartbeat;
  private boolean left;

  /** Null until the connection only sends what is left. */
  private Lingering lingering;

  private CloseCause closing;

  // Set when the traffic begins, before the pipe's link shows this connection.
  private Pipe pipe;

  /** What makes another form of the queue's; null when the peer takes that. */
  private FrameWriter writer;

  private Inflow inflow;
  private Outflow outflow;
  private FrameCipher cipher;

  /** The connection is at its end; the I/O thread will close it. */
  private volatile boolean failed;

  /** What both queues had seen when their memory was last asked for. Under the socket's lock. */
  private long quietSince = -1;

  public Connection(
      SocketChannel channel,
      EventLoop loop,
      OptionValues options,
      String address,
      ZapClient zap,
      Endpoint endpoint) {
    this.channel = channel;
    this.loop = loop;
    this.options = options;
    this.address = address;
    this.endpoint = endpoint;
    this.raw = RawFraming.isUsedWith(options);
    this.handshake = raw ? null : new HandshakePhase(this, channel, loop, options, zap);
  }

  public String address() {
    return address;
  }

  /** Whether this is a plain connection without a protocol, and so without a handshake. */
  public boolean isRaw() {
    return raw;
  }

  /** Whether it only sends what is left, and then ends. I/O thread. */
  boolean isLingering() {
    return lingering != null;
  }

  /** Whether the handshake is not complete yet. I/O thread. */
  public boolean isHandshaking() {
    return handshake != null;
  }

  // ------------------------------------------------------------ handshake (I/O thread)

  /**
   * Begins: the channel is connected and non-blocking. Whatever is thrown ends the connection, too.
   */
  public void start() {
    assert loop.isLoopThread();
    loop.addLoad(1);
    try {
      key = loop.register(channel, SelectionKey.OP_READ, this);
      begin();
    } catch (IOException e) {
      fail(new CloseCause(CloseCause.Kind.LOST, Errno.EIO, CloseCause.textOf(e)));
    } catch (RuntimeException | Error e) { // nobody else will close the channel
      failed(e);
      throw e;
    }
  }

  private void begin() {
    if (raw) {
      endpoint.onHandshakeDone(this, RawFraming.peer(address));
    } else {
      handshake.start();
    }
  }

  /** The handshake is complete: the endpoint joins this connection to a pipe. */
  void handshakeDone() {
    cipher = handshake.takeCipher();
    handshake.end();
    endpoint.onHandshakeDone(this, handshake.peer());
  }

  void interest(int op, boolean on) {
    if (key != null && key.isValid()) {
      if (on) {
        key.interestOpsOr(op);
      } else {
        key.interestOpsAnd(~op);
      }
    }
  }

  // ------------------------------------------------------------ beginning of the traffic

  /**
   * Joins this connection to a pipe. Called by the endpoint in {@link Endpoint#onHandshakeDone}, on
   * the I/O thread; the pipe's queues have no other connection.
   *
   * @param attach tells the socket, under its lock, that {@code pipe.link} is this connection now
   */
  public void join(Pipe pipe, boolean flushesEachMessage, Runnable attach) {
    ByteBuffer leftover = raw ? ByteBuffer.allocate(0) : handshake.leftover();
    try {
      writer = chooseFraming(pipe);
      outflow = new Outflow(this, channel, loop, pipe, writer, flushesEachMessage);
      this.pipe = pipe; // from here on the end gives up both sides
      handshake = null;
      attach.run();
      outflow.guard.start();
      if (heartbeat != null) {
        heartbeat.start();
      }
    } catch (RuntimeException | Error e) {
      if (inflow != null) {
        inflow.neverBegin(); // the end of the connection waits for the reading side
      }
      failed(e);
      throw e;
    }
    inflow.begin(leftover);
  }

  /** Makes the reading side; returns the writer, null when the peer takes the queue's own form. */
  private FrameWriter chooseFraming(Pipe pipe) {
    FrameReader reader;
    FrameWriter chosen = null;
    long frameMax = options.get(SocketOptions.MAXMSGSIZE);
    if (raw) {
      reader = new RawFraming.Reader(pipe.in, options);
      chosen = new RawFraming.Writer();
    } else if (cipher != null) {
      reader = new SealedFraming.Reader(pipe.in, frameMax, options.socketType(), cipher);
      chosen = new SealedFraming.Writer(cipher);
      heartbeat = new Heartbeat(this, loop, options);
    } else if (handshake.usesOldFraming()) {
      reader = new OldFraming.Reader(pipe.in, frameMax);
      chosen = new OldFraming.Writer();
    } else {
      reader = new FrameDecoder(pipe.in, frameMax, options.socketType());
      if (handshake.version() >= Peer.ZMTP_3_0) {
        heartbeat = new Heartbeat(this, loop, options);
      }
    }
    inflow = new Inflow(this, channel, loop, pipe, reader);
    pipe.mechanism = raw ? "" : handshake.mechanism();
    return chosen;
  }

  // ------------------------------------------------------------ I/O thread's turn

  @Override
  public void ready(SelectionKey ready) {
    if (failed) {
      return;
    }
    if (handshake != null) {
      handshake.ready(ready);
      return;
    }
    if (ready.isWritable()) {
      interest(SelectionKey.OP_WRITE, false);
      outflow.channelTakesMore();
    }
    if (!failed && ready.isReadable()) {
      readOnLoop();
    }
  }

  @Override
  public void failed(Throwable failure) {
    fail(new CloseCause(CloseCause.Kind.LOST, Errno.EIO, failure.toString()));
  }

  private void readOnLoop() {
    if (lingering != null) {
      lingering.discardInput();
      return;
    }
    if (pipe.owner.isClaimed()) {
      leaveToCallers();
      return;
    }
    switch (inflow.fill()) {
      case BUSY -> leaveToCallers();
      case NO_ROOM -> interest(SelectionKey.OP_READ, false); // RESUME restores it
      default -> {}
    }
  }

  /** A caller reads: look again later, see {@link Inflow}. */
  private void leaveToCallers() {
    interest(SelectionKey.OP_READ, false);
    if (!left) {
      left = true;
      LeftToCallers.of(loop, pipe.owner).add(this);
    }
  }

  /** No caller reads any more. I/O thread. */
  void takeBack() {
    left = false;
    interest(SelectionKey.OP_READ, true);
  }

  private void resumeReading() {
    if (!failed) {
      interest(SelectionKey.OP_READ, true);
    }
  }

  // ------------------------------------------------------------ for the heartbeat

  /** The peer's last PING has said so, in tenths of a second. I/O thread. */
  void timeToLive(int tenths) {
    // A peer of 2.0, which has no heartbeat, may send such a frame, too.
    if (!failed && lingering == null && heartbeat != null) {
      heartbeat.timeToLive(tenths);
    }
  }

  /** How many octets were read, up to a moment ago. */
  long octetsRead() {
    return inflow.octetsRead();
  }

  /** Reads by itself, whoever should. I/O thread. */
  Heartbeat.Look lookOnce() {
    return switch (inflow.fill()) {
      case SOME, NO_ROOM, FAILED -> Heartbeat.Look.HEARD;
      case NOTHING -> Heartbeat.Look.NOTHING;
      case BUSY -> Heartbeat.Look.BUSY;
    };
  }

  /** Sends a command after what is queued; returns where it ends in the queue. I/O thread. */
  long appendCommand(byte[] body) {
    int actions = 0;
    long end;
    lock().lock();
    try {
      if (!pipe.detached) {
        actions = pipe.appendCommand(body);
      }
      end = pipe.out.appendedOctets();
    } finally {
      lock().unlock();
    }
    act(pipe, actions & ~PACE);
    return end;
  }

  /**
   * How far the outbound queue has been written, or given up; compares with its appended octets.
   */
  long takenOctets() {
    pipe.out.own();
    long taken = outflow.takenOctets();
    if (pipe.out.disown()) {
      outflow.drain();
    }
    return taken;
  }

  /** Octets that the channel has taken, up to a moment ago. */
  long octetsSent() {
    return outflow.octetsSent();
  }

  // ------------------------------------------------------------ reading (any thread)

  @Override
  public SelectableChannel channel() {
    return channel;
  }

  @Override
  public boolean isFinished() {
    return failed;
  }

  @Override
  public boolean fill() {
    return inflow.fill() == Inflow.Fill.SOME;
  }

  @Override
  public long heardAt() {
    return inflow == null ? 0 : inflow.heardAt(); // null if the handshake has failed
  }

  @Override
  public boolean heardSince() {
    return inflow != null && inflow.heardSince();
  }

  @Override
  public int octetsOfIncomplete() {
    return inflow.octetsOfIncomplete();
  }

  @Override
  public int onCredit(Pipe p) {
    return inflow.onCredit();
  }

  @Override
  public boolean arm(Pipe p) {
    return false; // whoever reads reports
  }

  @Override
  public boolean trim(Pipe p) {
    long seen = p.in.appendedOctets() + p.out.appendedOctets();
    if (seen != quietSince) {
      quietSince = seen;
      return false;
    }
    inflow.trim();
    outflow.trim();
    return true;
  }

  // ------------------------------------------------------------ writing (any thread)

  @Override
  public int onAppended(Pipe p) {
    return outflow.onAppended();
  }

  @Override
  public boolean isGuarded() {
    return outflow.isArmed();
  }

  @Override
  public void refillBudget() {
    outflow.refillBudget();
  }

  @Override
  public void act(Pipe p, int actions) {
    outflow.act(actions);
    if ((actions & RESUME) != 0) {
      loop.execute(resumeTask);
    }
  }

  // ------------------------------------------------------------ the end

  /**
   * Sends what is queued, for at most {@code lingerNanos} (-1: for ever), then closes. I/O thread.
   */
  public void linger(long lingerNanos) {
    assert loop.isLoopThread();
    if (failed || lingering != null) {
      return;
    }
    if (handshake != null) {
      fail(CloseCause.closed());
      return;
    }
    lingering = new Lingering(this, channel, loop, lingerNanos);
    pipe.owner.releaseHeld();
    if (heartbeat != null) {
      heartbeat.end(); // the linger is the limit now
    }
    inflow.stop();
    interest(SelectionKey.OP_READ, true); // to notice the peer's end
    if (lingerNanos == 0) {
      outflow.drain();
    }
    if (!failed) {
      lingering.begin();
      outflow.linger(lingerNanos == 0);
    }
  }

  /** Everything was handed to the operating system. */
  void sentAll() {
    lingering.sentAll();
  }

  /** Ends this connection, soon and for the given cause; any thread, the first cause counts. */
  public void fail(CloseCause cause) {
    synchronized (this) {
      if (failed) {
        return;
      }
      closing = cause;
      failed = true;
    }
    loop.execute(this::close);
  }

  private void close() {
    assert loop.isLoopThread();
    if (handshake != null) {
      handshake.end();
    }
    if (heartbeat != null) {
      heartbeat.end();
    }
    if (lingering != null) {
      lingering.end();
    }
    loop.addLoad(-1);
    // Whoever reads or writes is in a non-blocking call. The reading side is never given back.
    if (pipe != null) {
      inflow.stop();
      outflow.end();
      pipe.out.own();
    }
    closeChannel();
    boolean credit = false;
    if (pipe != null) {
      if (outflow.giveUp()) {
        endpoint.onDropped(DropReason.PARTLY_SENT, 1);
        dropTranslated();
      }
      credit = pipe.out.takeCreditNews(); // also what a write has returned before it failed
      pipe.out.disown();
      if (inflow.giveUp()) {
        boolean large = closing.errno() == Errno.EMSGSIZE;
        endpoint.onDropped(large ? DropReason.TOO_LARGE : DropReason.PARTLY_RECEIVED, 1);
      }
    }
    if (cipher != null) {
      cipher.end();
    }
    endpoint.onClosed(this, closing);
    if (credit && pipe.isMuted()) {
      pipe.owner.onWritable(pipe); // only now: if it ended, too, nobody is to send to it
    }
  }

  /** A writer may have made another form of more messages than the one that is partly sent. */
  private void dropTranslated() {
    if (writer != null) {
      boolean lingered = closing.kind() == CloseCause.Kind.LINGER;
      endpoint.onDropped(
          lingered ? DropReason.LINGER_EXPIRED : DropReason.CONNECTION_LOST,
          writer.pendingMessages() - 1);
    }
  }

  private void closeChannel() {
    try {
      if (closing.kind() == CloseCause.Kind.LOCAL) {
        // Unread input would turn the end of our output into a reset.
        channel.shutdownOutput();
        discardRest();
      }
    } catch (IOException e) {
      // the peer was quicker
    }
    try {
      channel.close();
    } catch (IOException e) {
      // it is gone all the same
    }
  }

  private void discardRest() throws IOException {
    ByteBuffer waste = ByteBuffer.allocate(8 << 10);
    for (int i = 0; i < 64 && channel.read(waste.clear()) > 0; i++) {
      // on
    }
  }

  private SocketLock lock() {
    return pipe.owner.socketLock();
  }
}
