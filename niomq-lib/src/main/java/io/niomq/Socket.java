package io.niomq;

import io.niomq.explain.SocketReport;
import io.niomq.internal.pipe.Outgoing;
import io.niomq.internal.pipe.Peer;
import io.niomq.internal.socket.Receiving;
import io.niomq.internal.socket.Sending;
import io.niomq.internal.socket.SocketCore;
import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/**
 * A ZeroMQ socket: made by {@link Context#socket}, joined to others with {@link #bind} and {@link
 * #connect}, used to send and receive whole messages in the pattern of its {@link SocketType}.
 *
 * <p><b>Three ways to wait.</b> {@code send(x)} and {@code recv()} wait as long as {@link
 * SocketOptions#SNDTIMEO} and {@link SocketOptions#RCVTIMEO} say (by default for ever) and then
 * throw {@link ZmqTimeoutException}. With a {@link Duration} they wait that long and then return
 * false, null or -1. {@code trySend} and {@code tryRecv} never wait. A negative duration, such as
 * {@link SocketOptions#FOREVER}, has no limit.
 *
 * <p><b>Threads.</b> A socket may be used by any number of threads at once, a whole message at a
 * time. A message that is sent or received frame by frame ({@link #sendMore}, {@link #hasMore})
 * belongs to the thread that does so. Lock-step types (REQ, REP) are one conversation, whichever
 * thread takes the next step. Platform and virtual threads may be used alike.
 *
 * <p><b>Interrupts.</b> An interrupt ends a waiting call with {@link ZmqInterruptedException}; the
 * thread's interrupt flag stays set, and socket, connections and context go on working. A call that
 * does not have to wait takes no notice.
 *
 * <p><b>Closing.</b> {@link #close()} returns at once; what is queued is still sent in the
 * background for as long as {@link SocketOptions#LINGER} says: <b>30 seconds unless set</b>
 * (libzmq: for ever). {@link Context#close()} waits for that.
 *
 * <p><b>Errors.</b> Calls on a closed socket throw {@link ZmqClosedException} ({@code ENOTSOCK}),
 * after the context was closed or shut down {@link ZmqTerminatedException} ({@code ETERM}). All
 * exceptions implement {@link ZmqError}.
 */
public final class Socket implements AutoCloseable {
  private final SocketCore core;
  private final Sending sending;
  private final Receiving receiving;
  private final AtomicReference<AsyncSocket> async = new AtomicReference<>();

  /** Keeps the context from being taken for lost while only its sockets are in use. */
  private final Context context;

  Socket(Context context, SocketCore core) {
    this.context = context;
    this.core = core;
    this.sending = core.sending();
    this.receiving = core.receiving();
    Lost.watch(this, core::lost);
  }

  /** The context that made this socket. */
  public Context context() {
    return context;
  }

  /** The pattern that this socket follows. */
  public SocketType type() {
    return core.type();
  }

  // ------------------------------------------------------------------------------------------------ endpoints

  /**
   * Accepts peers at {@code endpoint}: {@code tcp://interface:port}, {@code ipc://path} or {@code
   * inproc://name}. For tcp the interface is an address, an interface's name or {@code *}, the port
   * a number or {@code *} for one that is free. {@code ipc://*} makes up a path.
   *
   * @return the endpoint with its real address and port, which is what {@link #unbind} and peers
   *     need
   * @throws ZmqEndpointException {@code EADDRINUSE}, {@code EADDRNOTAVAIL}, {@code ENODEV}, {@code
   *     EACCES}, {@code EPROTONOSUPPORT} and others
   * @throws ZmqArgumentException when the endpoint is malformed ({@code EINVAL}) or too long
   *     ({@code ENAMETOOLONG})
   * @throws ZmqNoIoThreadException when the context has no I/O thread and the transport needs one
   * @see "zmq_bind"
   */
  public String bind(String endpoint) {
    return core.endpoints().bind(Objects.requireNonNull(endpoint, "endpoint"));
  }

  /**
   * Connects to {@code endpoint} in the background, now and again after each loss. The peer need
   * not exist yet; messages may be sent at once and are queued for it (unless {@link
   * SocketOptions#IMMEDIATE}). For tcp the host is a name or an address, optionally preceded by a
   * source address and a semicolon: {@code tcp://10.0.0.1:0;server:5555}. Names are resolved again
   * at each attempt.
   *
   * <p>Connecting a DEALER, REQ, SUB or PUB to the same endpoint again does nothing; other types
   * make a second connection.
   *
   * @throws ZmqEndpointException {@code EPROTONOSUPPORT}
   * @throws ZmqArgumentException when the endpoint is malformed ({@code EINVAL}) or too long
   *     ({@code ENAMETOOLONG})
   * @throws ZmqNoIoThreadException when the context has no I/O thread and the transport needs one
   * @see "zmq_connect"
   */
  public void connect(String endpoint) {
    core.endpoints().connect(Objects.requireNonNull(endpoint, "endpoint"));
  }

  /**
   * Stops accepting at {@code endpoint} and ends the connections accepted there, after their
   * linger. What was received can still be read. Of an inproc name that this socket has both bound
   * and connected to, the first call ends what was bound, and the second the connections.
   *
   * @param endpoint as {@link #bind} returned it
   * @throws ZmqEndpointException {@code ENOENT} when nothing is bound or connected there
   * @see "zmq_unbind"
   */
  public void unbind(String endpoint) {
    core.endpoints().unbind(Objects.requireNonNull(endpoint, "endpoint"));
  }

  /**
   * Ends all connections to {@code endpoint}: what is queued for it is still sent, for as long as
   * the linger says; what was received from it and not read is dropped.
   *
   * @param endpoint as given to {@link #connect}
   * @throws ZmqEndpointException {@code ENOENT} when nothing is bound or connected there; over
   *     inproc also when the peer has closed already, and in any case when there is no further
   *     attempt to connect
   * @see "zmq_disconnect"
   */
  public void disconnect(String endpoint) {
    core.endpoints().unbind(Objects.requireNonNull(endpoint, "endpoint"));
  }

  /**
   * Waits until at least {@code peers} peers are connected, their handshakes complete; over inproc
   * until the endpoint is bound.
   *
   * @param peers how many; 0 or more
   * @param timeout the longest wait; zero only looks, negative for no limit
   * @return false when that was not enough
   * @throws ZmqArgumentException {@code EINVAL} when {@code peers} is negative
   * @throws ZmqInterruptedException {@code EINTR} when interrupted while waiting
   * @throws ZmqClosedException {@code ENOTSOCK} when the socket is closed, also meanwhile
   * @throws ZmqTerminatedException {@code ETERM} when the context ends, also meanwhile
   */
  public boolean awaitConnected(int peers, Duration timeout) {
    return core.gathering().awaitConnected(peers, SocketCore.nanos(timeout));
  }

  /**
   * Waits until at least {@code peers} connected peers have subscribed to something: what is
   * published then is not lost to slow joiners. PUB and XPUB only.
   *
   * @param peers how many; 0 or more
   * @param timeout the longest wait; zero only looks, negative for no limit
   * @return false when that was not enough
   * @throws ZmqUnsupportedException {@code ENOTSUP} when this is neither a PUB nor an XPUB
   * @throws ZmqArgumentException {@code EINVAL} when {@code peers} is negative
   * @throws ZmqInterruptedException {@code EINTR} when interrupted while waiting
   * @throws ZmqClosedException {@code ENOTSOCK} when the socket is closed, also meanwhile
   * @throws ZmqTerminatedException {@code ETERM} when the context ends, also meanwhile
   */
  public boolean awaitSubscribers(int peers, Duration timeout) {
    return core.gathering().awaitSubscribers(null, peers, SocketCore.nanos(timeout));
  }

  /**
   * Waits until at least {@code peers} connected peers would get a message whose first frame is
   * {@code topic}; otherwise as {@link #awaitSubscribers(int, Duration)}.
   */
  public boolean awaitSubscribers(byte[] topic, int peers, Duration timeout) {
    return core.gathering().awaitSubscribers(topic.clone(), peers, SocketCore.nanos(timeout));
  }

  /** {@link #awaitSubscribers(byte[], int, Duration)} with a text in UTF-8. */
  public boolean awaitSubscribers(String topic, int peers, Duration timeout) {
    return core.gathering().awaitSubscribers(utf8(topic), peers, SocketCore.nanos(timeout));
  }

  // ------------------------------------------------------------------------------------------------ options

  /**
   * Sets an option.
   *
   * @return this socket
   * @throws ZmqArgumentException {@code EINVAL} when the value is out of range, the option is not
   *     for this socket type, can only be read, or is set too late to take effect
   * @throws ZmqUnsupportedException {@code ENOTSUP} when this library cannot do what the option
   *     asks for, with the reason: see {@link SocketOption#supported}
   * @see "zmq_setsockopt"
   */
  public <T> Socket set(SocketOption<T> option, T value) {
    core.options().set(Objects.requireNonNull(option, "option"), value);
    return this;
  }

  /**
   * Reads an option.
   *
   * @throws ZmqArgumentException {@code EINVAL} when the option can only be set
   * @throws ZmqUnsupportedException {@code ENOTSUP} as for {@link #set}
   * @see "zmq_getsockopt"
   */
  public <T> T get(SocketOption<T> option) {
    return core.options().get(Objects.requireNonNull(option, "option"));
  }

  /**
   * All options that this socket has, with their values, in the order of {@link
   * SocketOptions#all()}; without passwords and secret keys.
   */
  public Map<SocketOption<?>, Object> options() {
    return core.options().all();
  }

  /**
   * Receives messages that begin with {@code prefix} from now on; the empty prefix matches all.
   * Subscriptions are counted: the same prefix may be subscribed several times.
   *
   * <p>On an XPUB with {@link SocketOptions#XPUB_MANUAL}: has the peer whose notice was received
   * last receive such messages; nothing happens when that peer is gone.
   *
   * @throws ZmqArgumentException {@code EINVAL} when this is neither a SUB nor such an XPUB
   * @throws ZmqStateException {@code EFSM} when this is an XPUB that has received no notice yet
   * @see "ZMQ_SUBSCRIBE (6)"
   */
  public Socket subscribe(byte[] prefix) {
    core.options().subscribe(prefix.clone());
    return this;
  }

  /** {@link #subscribe(byte[])} with a text in UTF-8. */
  public Socket subscribe(String prefix) {
    core.options().subscribe(utf8(prefix));
    return this;
  }

  /**
   * Takes back one {@link #subscribe(byte[])}; one that was never made is ignored.
   *
   * @throws ZmqArgumentException {@code EINVAL} as {@link #subscribe(byte[])}
   * @throws ZmqStateException {@code EFSM} as {@link #subscribe(byte[])}
   * @see "ZMQ_UNSUBSCRIBE (7)"
   */
  public Socket unsubscribe(byte[] prefix) {
    core.options().unsubscribe(prefix.clone());
    return this;
  }

  /** {@link #unsubscribe(byte[])} with a text in UTF-8. */
  public Socket unsubscribe(String prefix) {
    core.options().unsubscribe(utf8(prefix));
    return this;
  }

  // ------------------------------------------------------------------------------------------------ send

  /**
   * Sends {@code body} as a message of one frame, or as the last frame of one begun with {@link
   * #sendMore}. Sent means queued: the message is on its way, not yet delivered. The array is
   * copied.
   *
   * @throws ZmqTimeoutException {@code EAGAIN} when {@link SocketOptions#SNDTIMEO} passed
   * @throws ZmqStateException {@code EFSM} when this type may not send now
   * @throws ZmqUnroutableException {@code EHOSTUNREACH} when this is a mandatory ROUTER and nobody
   *     has that routing id
   * @throws ZmqUnsupportedException {@code ENOTSUP} on a SUB or PULL
   * @throws ZmqInterruptedException {@code EINTR} when interrupted while waiting
   * @see "zmq_send"
   */
  public void send(byte[] body) {
    orTimeout(sending.send(body, 0, body.length, sending.timeout()));
  }

  /**
   * Sends {@code length} octets of {@code body} from {@code offset}; otherwise as {@link
   * #send(byte[])}.
   */
  public void send(byte[] body, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, body.length);
    orTimeout(sending.send(body, offset, length, sending.timeout()));
  }

  /** Sends a text in UTF-8; otherwise as {@link #send(byte[])}. */
  public void send(String body) {
    send(utf8(body));
  }

  /**
   * Sends the remaining octets of {@code body} and moves its position to its limit; otherwise as
   * {@link #send(byte[])}.
   */
  public void send(ByteBuffer body) {
    orTimeout(sending.send(body, sending.timeout()));
  }

  /**
   * Sends a whole message (or the rest of one begun with {@link #sendMore}) and leaves {@code
   * message} empty; when the call fails the message keeps its frames. Otherwise as {@link
   * #send(byte[])}.
   *
   * @throws ZmqArgumentException {@code EINVAL} when the message has no frame
   */
  public void send(Message message) {
    orTimeout(sendMessage(message, sending.timeout()));
  }

  /**
   * Sends as {@link #send(byte[])}, waiting no longer than {@code timeout}; false when that was not
   * enough.
   */
  public boolean send(byte[] body, Duration timeout) {
    return sending.send(body, 0, body.length, SocketCore.nanos(timeout));
  }

  /**
   * Sends as {@link #send(String)}, waiting no longer than {@code timeout}; false when that was not
   * enough.
   */
  public boolean send(String body, Duration timeout) {
    return send(utf8(body), timeout);
  }

  /**
   * Sends as {@link #send(ByteBuffer)}, waiting no longer than {@code timeout}; false when that was
   * not enough.
   */
  public boolean send(ByteBuffer body, Duration timeout) {
    return sending.send(body, SocketCore.nanos(timeout));
  }

  /**
   * Sends as {@link #send(Message)}, waiting no longer than {@code timeout}; false when that was
   * not enough.
   */
  public boolean send(Message message, Duration timeout) {
    return sendMessage(message, SocketCore.nanos(timeout));
  }

  /** Sends as {@link #send(byte[])} if that is possible without waiting; else false. */
  public boolean trySend(byte[] body) {
    return sending.send(body, 0, body.length, 0);
  }

  /** Sends as {@link #send(String)} if that is possible without waiting; else false. */
  public boolean trySend(String body) {
    return trySend(utf8(body));
  }

  /** Sends as {@link #send(ByteBuffer)} if that is possible without waiting; else false. */
  public boolean trySend(ByteBuffer body) {
    return sending.send(body, 0);
  }

  /** Sends as {@link #send(Message)} if that is possible without waiting; else false. */
  public boolean trySend(Message message) {
    return sendMessage(message, 0);
  }

  /** Sends as {@link #send(Message)} a message of frames that stay the caller's. */
  void sendFrames(Consumer<Outgoing> frames) {
    orTimeout(sending.sendFrames(frames, sending.timeout()));
  }

  private boolean sendMessage(Message message, long timeoutNanos) {
    if (message.isEmpty()) {
      throw new ZmqArgumentException("a message needs at least one frame; this one has none");
    }
    boolean sent = sending.sendFrames(message::writeTo, timeoutNanos);
    if (sent) {
      message.clear();
    }
    return sent;
  }

  private static void orTimeout(boolean sent) {
    if (!sent) {
      throw new ZmqTimeoutException("the message could not be sent within ZMQ_SNDTIMEO");
    }
  }

  /**
   * Adds a frame to the message that this thread is sending; the next {@code send} adds the last
   * one. Nothing is transmitted before that. Never waits, except on a mandatory ROUTER whose peer
   * has no room. A last frame that could not be sent in time may be sent later; when its send fails
   * for another reason (other than an interrupt), the frames before it are given up, too.
   *
   * @return this socket
   * @throws ZmqTimeoutException {@code EAGAIN} when {@link SocketOptions#SNDTIMEO} passed; then the
   *     message was not begun
   * @throws ZmqStateException {@code EFSM} when this type may not send now
   * @throws ZmqUnroutableException {@code EHOSTUNREACH} when this is a mandatory ROUTER and nobody
   *     has that routing id; then the message was not begun
   * @throws ZmqUnsupportedException {@code ENOTSUP} on a SUB or PULL
   * @see "ZMQ_SNDMORE"
   */
  public Socket sendMore(byte[] frame) {
    orTimeout(sending.sendMore(frame.clone()));
    return this;
  }

  /** {@link #sendMore(byte[])} with a text in UTF-8. */
  public Socket sendMore(String frame) {
    orTimeout(sending.sendMore(utf8(frame)));
    return this;
  }

  /**
   * {@link #sendMore(byte[])} with the remaining octets of a buffer, whose position moves to its
   * limit.
   */
  public Socket sendMore(ByteBuffer frame) {
    byte[] copy = new byte[frame.remaining()];
    frame.get(copy);
    orTimeout(sending.sendMore(copy));
    return this;
  }

  // ------------------------------------------------------------------------------------------------ receive

  /**
   * Receives a frame: the first of the next message, or the next of the message that this thread is
   * receiving ({@link #hasMore}).
   *
   * @throws ZmqTimeoutException {@code EAGAIN} when {@link SocketOptions#RCVTIMEO} passed
   * @throws ZmqStateException {@code EFSM} when this type may not receive now
   * @throws ZmqUnsupportedException {@code ENOTSUP} on a PUB or PUSH
   * @throws ZmqInterruptedException {@code EINTR} when interrupted while waiting
   * @see "zmq_recv"
   */
  public byte[] recv() {
    return orTimeout(receiving.recv(receiving.timeout()));
  }

  /**
   * Receives as {@link #recv()}, waiting no longer than {@code timeout}; null when that was not
   * enough.
   */
  public byte[] recv(Duration timeout) {
    return receiving.recv(SocketCore.nanos(timeout));
  }

  /** Receives as {@link #recv()} if something is there; else null. */
  public byte[] tryRecv() {
    return receiving.recv(0);
  }

  /** Receives a frame as text in UTF-8; otherwise as {@link #recv()}. */
  public String recvString() {
    return text(recv());
  }

  /**
   * Receives a text as {@link #recvString()}, waiting no longer than {@code timeout}; null when
   * that was not enough.
   */
  public String recvString(Duration timeout) {
    return text(recv(timeout));
  }

  /** Receives a text as {@link #recvString()} if something is there; else null. */
  public String tryRecvString() {
    return text(tryRecv());
  }

  /**
   * Receives a frame into {@code target}, from its position on, and moves the position; otherwise
   * as {@link #recv()}. What does not fit is cut off. Allocates nothing.
   *
   * @return the size of the whole frame, which is more than was copied when it was cut off
   * @throws ReadOnlyBufferException when nothing can be put into the buffer
   */
  public int recv(ByteBuffer target) {
    int size = receiving.recv(writable(target), receiving.timeout());
    if (size < 0) {
      throw timeout();
    }
    return size;
  }

  /**
   * Receives as {@link #recv(ByteBuffer)}, waiting no longer than {@code timeout}; -1 when that was
   * not enough.
   */
  public int recv(ByteBuffer target, Duration timeout) {
    return receiving.recv(writable(target), SocketCore.nanos(timeout));
  }

  /** Receives as {@link #recv(ByteBuffer)} if something is there; else -1. */
  public int tryRecv(ByteBuffer target) {
    return receiving.recv(writable(target), 0);
  }

  private static ByteBuffer writable(ByteBuffer target) {
    if (target.isReadOnly()) {
      throw new ReadOnlyBufferException();
    }
    return target;
  }

  /**
   * Receives a whole message (or the rest of one begun with {@link #recv()}); otherwise as {@link
   * #recv()}.
   */
  public Message recvMessage() {
    return orTimeout(recvMessage(receiving.timeout()));
  }

  /**
   * Receives as {@link #recvMessage()}, waiting no longer than {@code timeout}; null when that was
   * not enough.
   */
  public Message recvMessage(Duration timeout) {
    return recvMessage(SocketCore.nanos(timeout));
  }

  /** Receives as {@link #recvMessage()} if something is there; else null. */
  public Message tryRecvMessage() {
    return recvMessage(0);
  }

  /**
   * Receives a whole message (or the rest of one begun with {@link #recv()}) into {@code target},
   * whose frames so far are cleared; otherwise as {@link #recv()}. One message may be used again
   * and again.
   */
  public void recv(Message target) {
    if (!recv(target, receiving.timeout())) {
      throw timeout();
    }
  }

  /**
   * Receives as {@link #recv(Message)}, waiting no longer than {@code timeout}; false, and {@code
   * target} empty, when that was not enough.
   */
  public boolean recv(Message target, Duration timeout) {
    return recv(target, SocketCore.nanos(timeout));
  }

  /** Receives as {@link #recv(Message)} if something is there; else false. */
  public boolean tryRecv(Message target) {
    return recv(target, 0);
  }

  private boolean recv(Message target, long timeoutNanos) {
    target.clear();
    Peer peer = receiving.recvFrames(target::addOwned, timeoutNanos);
    if (peer == null) {
      return false;
    }
    target.from(peer);
    return true;
  }

  private Message recvMessage(long timeoutNanos) {
    Message message = new Message();
    Peer peer = receiving.recvFrames(message::addOwned, timeoutNanos);
    return peer == null ? null : message.from(peer);
  }

  /**
   * What is known of the peer that sent the message this socket received last, by whichever call
   * and thread; {@link PeerProperties#NONE} before the first. In a socket that several threads
   * receive from, {@link Message#peerProperties} tells it of a message for sure.
   *
   * @see "zmq_msg_gets"
   */
  public PeerProperties lastPeerProperties() {
    return receiving.lastPeer().properties();
  }

  /**
   * Whether the message that this thread is receiving frame by frame has another frame.
   *
   * @see "ZMQ_RCVMORE (13)"
   */
  public boolean hasMore() {
    return receiving.hasMore();
  }

  private static <T> T orTimeout(T received) {
    if (received == null) {
      throw timeout();
    }
    return received;
  }

  private static ZmqTimeoutException timeout() {
    return new ZmqTimeoutException("no message came within ZMQ_RCVTIMEO");
  }

  // ------------------------------------------------------------------------------------------------ readiness

  /**
   * Waits until a message can be received ({@link Poller#IN}) or sent ({@link Poller#OUT}) without
   * waiting, no longer than {@code timeout}; a {@link Poller} waits for several sockets. Another
   * thread may be quicker to take the message or the room.
   *
   * @param events {@code Poller.IN}, {@code Poller.OUT} or both
   * @param timeout the longest wait; zero only looks, negative for no limit
   * @return those that have come; 0 when that was not enough
   * @throws ZmqArgumentException {@code EINVAL} when there is no such event
   * @throws ZmqInterruptedException {@code EINTR} when interrupted while waiting
   * @see "zmq_poll; ZMQ_EVENTS (15)"
   */
  public int poll(int events, Duration timeout) {
    return core.poll(Poller.checked(events), SocketCore.nanos(timeout));
  }

  // ------------------------------------------------------------------------------------------------ views

  /**
   * This socket for code that does not block: with futures and reactive streams, whose work is done
   * in {@link ForkJoinPool#commonPool()}. Always the same view.
   */
  public AsyncSocket async() {
    AsyncSocket view = async.get();
    if (view == null) {
      async.compareAndSet(null, new AsyncSocket(this, AsyncSocket.defaultExecutor()));
      view = async.get();
    }
    return view;
  }

  /**
   * A new view as {@link #async()}, whose work is done by {@code executor}. Views of the same
   * socket are independent of each other: they send, receive and wait as two threads would.
   */
  public AsyncSocket async(Executor executor) {
    return new AsyncSocket(this, Objects.requireNonNull(executor, "executor"));
  }

  // ------------------------------------------------------------------------------------------------ reports

  /**
   * Has {@code listener} told what happens to this socket's endpoints and connections from now on,
   * instead of an earlier listener; null for none. It is called on a thread of the context that
   * does nothing else, in order of the events; the last one is {@link
   * SocketEvent.Type#MONITOR_STOPPED}. Nothing waits for it: 10,000 events are kept for one that is
   * too slow, and what is too much is counted as {@link DropReason#EVENT_UNREAD}.
   *
   * @see "zmq_socket_monitor"
   */
  public void onEvent(Consumer<? super SocketEvent> listener) {
    core.watchers().listen(listener);
  }

  /**
   * Has {@code listener} told of each subscription that a peer gains or loses from now on, instead
   * of an earlier listener; null for none. PUB and XPUB only. It is called on the thread that
   * {@link #onEvent} names, in order, after the subscription has taken effect: it may publish to
   * its new subscriber. 100,000 events are kept for one that is too slow, and what is too much is
   * counted as {@link DropReason#EVENT_UNREAD}.
   *
   * @throws ZmqUnsupportedException {@code ENOTSUP} when this is neither a PUB nor an XPUB
   */
  public void onSubscription(Consumer<? super SubscriptionEvent> listener) {
    core.gathering().listen(listener);
  }

  /**
   * Tells what happens to this socket's endpoints and connections as messages of a PAIR, in
   * libzmq's first format, for code that expects it: see {@link #monitor(String, long, int)}. New
   * code has it easier with {@link #onEvent}.
   *
   * @see "zmq_socket_monitor"
   */
  public void monitor(String endpoint, long events) {
    core.watchers().monitor(endpoint, events, 1);
  }

  /**
   * Tells what happens to this socket's endpoints and connections as messages of a PAIR that is
   * bound to {@code endpoint}; connect another PAIR of the same context to it and read. Replaces an
   * earlier monitor. Numbers are in the machine's byte order; addresses are endpoints.
   *
   * <ul>
   *   <li>Version 1: a frame with the event (16 bits) and its value (32 bits); a frame with the
   *       address: on the binding side the local one, on the connecting side the remote one.
   *   <li>Version 2: a frame with the event (64 bits), one with the count of values (64 bits), the
   *       values (64 bits each), the local address, the remote address.
   * </ul>
   *
   * <p>The last message is {@link SocketEvent.Type#MONITOR_STOPPED}: when this socket is closed and
   * everything sent, and when the monitor is replaced or taken away. The events are those of {@link
   * #onEvent}, less the end of connections that this socket closed, as in libzmq. Nothing waits for
   * the reader: 1000 events are kept for one that has not come yet, and what is too much for a slow
   * one is counted as {@link DropReason#EVENT_UNREAD}.
   *
   * <p>The PAIR counts as one of the context's sockets. {@code ZMQ_EVENT_PIPES_STATS} (0x10000) may
   * be among the events of version 2; it comes only when it is asked for, with {@link
   * #monitorPipesStats}.
   *
   * @param endpoint an inproc endpoint; null takes the monitor away
   * @param events the numbers of {@link SocketEvent.Type} to tell, together; {@link
   *     SocketEvent#ALL_V1} for all
   * @param version 1 or 2
   * @throws ZmqEndpointException {@code EPROTONOSUPPORT} when the endpoint is not inproc, {@code
   *     EADDRINUSE} when the name is taken
   * @throws ZmqArgumentException {@code EINVAL} when the endpoint is malformed, or events or
   *     version are out of range
   * @throws ZmqResourceException {@code EMFILE} when there are as many sockets as allowed
   * @see "zmq_socket_monitor, zmq_socket_monitor_versioned"
   */
  public void monitor(String endpoint, long events, int version) {
    core.watchers().monitor(endpoint, events, version);
  }

  /**
   * Has the monitor of this socket tell how many messages are queued: one message of version 2 for
   * each peer, the event being 0x10000 and the values the messages that are to be sent to it and
   * those received from it and not read yet; the remote address of a peer that has connected is
   * told without its port. {@link #explain} tells more.
   *
   * @return how many peers there are
   * @throws ZmqArgumentException {@code EINVAL} when no monitor was asked for that event
   * @see "zmq_socket_monitor_pipes_stats (where libzmq fails with EAGAIN instead of returning 0)"
   */
  public int monitorPipesStats() {
    return core.watchers().tellQueues();
  }

  /**
   * How many messages this socket has dropped so far, by reason; reasons that did not occur are
   * left out. Also after the close.
   */
  public Map<DropReason, Long> drops() {
    return core.drops().counts();
  }

  /**
   * Has {@code listener} told what this socket drops from now on, instead of an earlier listener;
   * null for none. It is called on a thread of the context that does nothing else: at once when the
   * first message is dropped, and then every 10 milliseconds at most, with the number of messages
   * since, so that a socket that drops a million a second is not slowed down.
   *
   * <p>Besides, what was lost against the application's will is warned of through the {@link
   * System.Logger} {@code io.niomq}: the first message of each {@link DropReason}, then once in 10
   * seconds, and when the socket ends, how many followed. All sockets of a context together log 20
   * such warnings in 10 seconds at most.
   */
  public void onDrop(Consumer<? super DropEvent> listener) {
    core.drops().listen(listener);
  }

  /**
   * What this socket is doing, and why a message may not have arrived: endpoints, peers, queues,
   * subscriptions, drops, refused calls, and for each suspicious finding a sentence of advice.
   * Costs nothing until it is called, and does not hold the socket up. Also after the close.
   */
  public SocketReport explain() {
    return core.explain();
  }

  /** Whether {@link #close()} was called, or the context closed this socket. */
  public boolean isClosed() {
    return core.isClosed();
  }

  /**
   * Closes this socket: at once for the caller, who never waits. Ports, paths and names are free
   * when this returns; threads that wait in this socket get {@link ZmqClosedException}; messages
   * that are queued are still sent for as long as {@link SocketOptions#LINGER} says, those received
   * and not read are dropped. Closing twice does nothing.
   *
   * @see "zmq_close"
   */
  @Override
  public void close() {
    core.close();
  }

  /**
   * Closes this socket as {@link #close()}, with a linger of its own; also when the context is shut
   * down already, when {@link SocketOptions#LINGER} can no longer be set.
   *
   * @param linger zero to drop what is queued, negative for no limit
   */
  public void close(Duration linger) {
    core.close(SocketCore.nanos(linger));
  }

  @Override
  public String toString() {
    return core.toString();
  }

  /** For {@link Poller} and {@link Proxy}. */
  SocketCore core() {
    return core;
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String text(byte[] utf8) {
    return utf8 == null ? null : new String(utf8, StandardCharsets.UTF_8);
  }
}
