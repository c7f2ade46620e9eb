package io.niomq.internal.endpoint;

import io.niomq.DropReason;
import io.niomq.Errno;
import io.niomq.SocketEvent;
import io.niomq.SocketOption;
import io.niomq.SocketOptions;
import io.niomq.explain.EndpointReport;
import io.niomq.internal.loop.EventLoop;
import io.niomq.internal.option.OptionValues;
import io.niomq.internal.pipe.Peer;
import io.niomq.internal.pipe.Pipe;
import io.niomq.internal.transport.Endpoint;
import io.niomq.internal.transport.IoErrors;
import io.niomq.internal.transport.Target;
import io.niomq.internal.transport.Transport;
import io.niomq.internal.zmtp.CloseCause;
import io.niomq.internal.zmtp.Connection;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A connecting endpoint: connects in the background, and again after each loss, at growing
 * intervals. Unless {@code ZMQ_IMMEDIATE} is set its pipe is there from the start and outlives the
 * connections.
 *
 * <p>Driven by the I/O thread; {@link #start} and {@link #close} may be called by any other.
 */
public final class Dialer
    implements EventLoop.Handler, Connection.Endpoint, SocksDialogue.Outcome, OpenEndpoint {
  /** The bits of {@code ZMQ_RECONNECT_STOP}. */
  private static final int STOP_REFUSED = 1;

  private static final int STOP_HANDSHAKE_FAILED = 2;
  private static final int STOP_DISCONNECTED = 4;

  private final EndpointOwner owner;
  private final Transport transport;
  private final Endpoint endpoint;
  private final OptionValues options;
  private final EventLoop loop;

  /** A pipe for all connections; or null when each connection has its own. */
  private final Pipe lasting;

  private final EndpointHistory history;

  // I/O thread only.
  private Pipe pipe;
  private SocketChannel connecting;
  private Target.Tunnel tunnel;
  private Connection connection;
  private Reports reports;
  private int number;
  private EventLoop.Timer timer;
  private EventLoop.Timer lingerTimer;
  private int attempts;
  private boolean closing;

  /** The linger is over: no further attempt. */
  private boolean givenUp;

  /** The last attempt has failed, and {@code ZMQ_RECONNECT_IVL} allows no other. */
  private boolean outOfAttempts;

  /** The last fault of ours. */
  private String logged;

  private boolean finished;
  private long lingerDeadline;

  public Dialer(
      EndpointOwner owner,
      Transport transport,
      Endpoint endpoint,
      OptionValues options,
      EventLoop loop,
      Pipe lasting) {
    this.owner = owner;
    this.transport = transport;
    this.endpoint = endpoint;
    this.options = options;
    this.loop = loop;
    this.lasting = lasting;
    this.pipe = lasting;
    this.history = new EndpointHistory(endpoint.text(), false);
  }

  public String endpoint() {
    return endpoint.text();
  }

  /** What has become of this endpoint so far. Any thread. */
  public EndpointHistory history() {
    return history;
  }

  @Override
  public EndpointReport report() {
    return history.report();
  }

  /** The pipe that outlives connections, or null. */
  @Override
  public Pipe lastingPipe() {
    return lasting;
  }

  @Override
  public List<Pipe> pipes() {
    return lasting == null ? List.of() : List.of(lasting);
  }

  /** Begins to connect. Any thread. */
  public void start() {
    owner.opened();
    loop.execute(this::attempt);
  }

  // ------------------------------------------------------------------------------------ connecting

  private void attempt() {
    if (finished || connecting != null || connection != null) {
      return;
    }
    timerOff(); // what led here has rung; the next limit is a timer of its own
    history.attempt();
    try {
      if (transport.needsLookup(endpoint, options)) {
        owner.onHelper(this::lookUp);
      } else {
        connect(transport.resolve(endpoint, options));
      }
    } catch (Throwable e) { // an Error, too: there may be no thread for the helper
      attemptFailed(e);
    }
  }

  /** In a helper thread. */
  private void lookUp() {
    try {
      Target target = transport.resolve(endpoint, options);
      loop.execute(() -> connect(target));
    } catch (Throwable e) {
      loop.execute(() -> attemptFailed(e));
    }
  }

  private void connect(Target target) {
    if (finished || connecting != null || connection != null) {
      return;
    }
    try {
      tunnel = target.tunnel();
      connecting = transport.open(target, options);
      number = ChannelNumber.next();
      if (connecting.connect(target.remote())) {
        reached();
        return;
      }
      Errno begun = Errno.EINPROGRESS;
      event(SocketEvent.Type.CONNECT_DELAYED, "", begun, begun.number());
      loop.register(connecting, SelectionKey.OP_CONNECT, this);
      limitTo(SocketOptions.CONNECT_TIMEOUT);
    } catch (Throwable e) { // an Error, too: there would be no further attempt
      attemptBroken(e);
    }
  }

  /** Gives up this attempt after so long, if the option says so. */
  private void limitTo(SocketOption<Duration> option) {
    long limit = options.nanos(option);
    if (limit > 0) {
      timer = loop.timer(() -> onTimeout(option));
      timer.plan(limit);
    }
  }

  private void onTimeout(SocketOption<Duration> option) {
    attemptFailed(
        new SocketTimeoutException(
            "no connection within "
                + options.get(option).toMillis()
                + " ms ("
                + option.name()
                + ")"));
  }

  @Override
  public void ready(SelectionKey key) {
    try {
      if (connecting != null && connecting.finishConnect()) {
        reached();
      }
    } catch (Throwable e) {
      attemptBroken(e);
    }
  }

  /** The channel is connected: to the peer, or to a proxy, which is asked for the peer now. */
  private void reached() throws IOException {
    if (tunnel == null) {
      connected();
      return;
    }
    if (timer == null) {
      limitTo(SocketOptions.HANDSHAKE_IVL);
    }
    new SocksDialogue(
            connecting,
            loop,
            tunnel,
            options.get(SocketOptions.SOCKS_USERNAME).getBytes(StandardCharsets.UTF_8),
            options.get(SocketOptions.SOCKS_PASSWORD).getBytes(StandardCharsets.UTF_8),
            this)
        .start();
  }

  @Override
  public void opened() {
    try {
      connected();
    } catch (Throwable e) { // the dialogue is over, and would tell nobody
      attemptBroken(e);
    }
  }

  @Override
  public void refused(Throwable why) {
    attemptFailed(why);
  }

  @Override
  public void failed(Throwable failure) {
    attemptFailed(failure);
  }

  /** A fault of ours goes to the log, too, once as long as it is the same. */
  private void attemptBroken(Throwable fault) {
    if (!(fault instanceof IOException) && !fault.toString().equals(logged)) {
      logged = fault.toString();
      EventLoop.report("an attempt to connect to " + endpoint() + " failed", fault);
    }
    attemptFailed(fault);
  }

  /** Nothing is to be done when there is a connection: its end is told by itself. */
  private void attemptFailed(Throwable failure) {
    if (finished || connection != null) {
      return;
    }
    timerOff();
    int closed = connecting == null ? ChannelNumber.NONE : number;
    if (connecting != null) {
      closeQuietly(connecting);
      connecting = null;
      loop.forgetClosed();
    }
    Errno errno = IoErrors.errnoOf(failure);
    history.error(CloseCause.textOf(failure));
    event(SocketEvent.Type.CLOSED, CloseCause.textOf(failure), errno, closed);
    if (errno == Errno.ECONNREFUSED && stops(STOP_REFUSED)) {
      finish(DropReason.CONNECTION_LOST);
    } else {
      planRetry();
    }
  }

  private boolean stops(int reason) {
    return (options.intValue(SocketOptions.RECONNECT_STOP) & reason) != 0;
  }

  private void event(SocketEvent.Type type, String detail, Errno errno, long value) {
    owner.event(new SocketEvent(type, endpoint(), "", detail, errno, value, "", endpoint()));
  }

  private static void closeQuietly(SocketChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      // nothing to be done
    }
  }

  /** The channel is ours, and closed when anything fails, until there is a connection. */
  private void connected() {
    timerOff();
    SocketChannel channel = connecting;
    if (isConnectedToItself(channel)) {
      attemptFailed(new ConnectException("Connection refused: the port connected to itself"));
      return;
    }
    history.handshake();
    String peer = transport.peerAddress(channel);
    reports = Reports.connecting(owner, transport, endpoint(), channel, peer, number);
    Connection made = new Connection(channel, loop, options, peer, owner.zap(), this);
    reports.connected();
    connection = made;
    connecting = null;
    connection.start();
  }

  /** Nobody listens on a local ephemeral port, and the kernel chose that very port as our own. */
  private static boolean isConnectedToItself(SocketChannel channel) {
    try {
      return channel.getLocalAddress() instanceof InetSocketAddress local
          && local.equals(channel.getRemoteAddress());
    } catch (IOException e) {
      return false; // its end will be noticed
    }
  }

  private void timerOff() {
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
  }

  /** Plans the next attempt; {@code ZMQ_RECONNECT_IVL} of 0 or less means that there is none. */
  private void planRetry() {
    long interval = options.nanos(SocketOptions.RECONNECT_IVL) / 1_000_000;
    if (interval <= 0) {
      outOfAttempts = true;
      history.gaveUp();
      if (closing) {
        finish(DropReason.CONNECTION_LOST);
      }
      return;
    }
    long max = options.nanos(SocketOptions.RECONNECT_IVL_MAX) / 1_000_000;
    long delay;
    if (max > 0) {
      delay = Math.min(max, interval << Math.min(attempts, 20));
    } else {
      delay = interval + ThreadLocalRandom.current().nextLong(interval);
    }
    attempts++;
    history.retry(delay * 1_000_000);
    event(SocketEvent.Type.CONNECT_RETRIED, "next attempt in " + delay + " ms", null, delay);
    timer = loop.timer(this::attempt);
    timer.plan(delay * 1_000_000);
  }

  // ------------------------------------------------------------------------------------ the
  // connection

  @Override
  public void onHandshakeDone(Connection c, Peer peer) {
    attempts = 0;
    history.connected();
    if (lasting == null) {
      pipe = owner.newPipe(options, endpoint());
    }
    owner.join(pipe, c, peer);
    if (!c.isRaw()) {
      reports.handshakeSucceeded();
    }
    if (closing) {
      c.linger(remainingLinger());
    }
  }

  @Override
  public void onDropped(DropReason reason, long messages) {
    owner.drop(pipe, reason, messages);
  }

  @Override
  public void onClosed(Connection c, CloseCause cause) {
    connection = null;
    history.error(cause.reason());
    boolean again = cause.isPassing();
    if (pipe != null && !closing && cause.kind() != CloseCause.Kind.LOCAL) {
      owner.lost(pipe, false);
    }
    if (lasting == null) {
      if (pipe != null) {
        owner.ended(pipe);
        owner.release(pipe, Reports.unsent(c, cause));
        pipe = null;
      }
      again &= !closing;
    } else {
      owner.disconnected(pipe, c);
      again &= !closing || !pipe.out.isDrained();
    }
    reports.closed(c, cause);
    if (finished) {
      return;
    }
    again &= !givenUp && !(c.isHandshaking() && stops(STOP_HANDSHAKE_FAILED));
    if (again && options.nanos(SocketOptions.RECONNECT_IVL) > 0) {
      planRetry();
    } else {
      finish(Reports.unsent(c, cause));
    }
  }

  // ------------------------------------------------------------------------------------ the end

  /**
   * Stops connecting, after what is queued was sent or the linger is over. Any thread; the pipe is
   * detached already.
   */
  @Override
  public void close(long lingerNanos) {
    loop.execute(() -> startClosing(lingerNanos));
  }

  private void startClosing(long lingerNanos) {
    if (finished || closing) {
      return;
    }
    closing = true;
    givenUp = lingerNanos == 0 || stops(STOP_DISCONNECTED);
    if (lingerNanos > 0) {
      lingerDeadline = System.nanoTime() + lingerNanos;
      lingerTimer = loop.timer(this::abort);
      lingerTimer.plan(lingerNanos);
    }
    if (connection != null && !connection.isHandshaking()) {
      connection.linger(lingerNanos);
      if (lasting == null && pipe != null) {
        owner.ended(pipe); // what was received can still be read
      }
    } else if (pipe == null || givenUp || pipe.out.isDrained()) {
      abort();
    } else if (outOfAttempts) {
      finish(DropReason.CONNECTION_LOST);
    }
  }

  private long remainingLinger() {
    return lingerTimer == null ? -1 : Math.max(1, lingerDeadline - System.nanoTime());
  }

  @Override
  public void abandon() {
    loop.execute(
        () -> {
          closing = true;
          abort();
        });
  }

  /** Gives up an endpoint that is not connected. */
  private void abort() {
    if (finished) {
      return;
    }
    givenUp = true;
    if (connection != null) {
      connection.fail(
          new CloseCause(CloseCause.Kind.LINGER, Errno.EAGAIN, "the linger is over (ZMQ_LINGER)"));
      return;
    }
    if (connecting != null) {
      closeQuietly(connecting);
      connecting = null;
      loop.forgetClosed();
    }
    finish(DropReason.LINGER_EXPIRED);
  }

  private void finish(DropReason unsent) {
    finished = true;
    history.gaveUp();
    timerOff();
    if (lingerTimer != null) {
      lingerTimer.cancel();
      lingerTimer = null;
    }
    if (lasting != null) {
      owner.ended(lasting);
      owner.release(lasting, unsent);
    }
    owner.gaveUp(this);
    owner.closed();
  }
}
