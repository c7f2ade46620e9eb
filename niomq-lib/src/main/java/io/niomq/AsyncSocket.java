package io.niomq;

import io.niomq.internal.pipe.Peer;
import io.niomq.internal.socket.Operation;
import io.niomq.internal.socket.OperationQueue;
import io.niomq.internal.socket.PeersTask;
import io.niomq.internal.socket.SocketCore;
import io.niomq.internal.socket.SocketTask;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.concurrent.ForkJoinPool;

/**
 * A view of a {@link Socket} for code that does not block: futures of messages, and reactive
 * streams of them. Made by {@link Socket#async()}. The socket itself may be used as before, at the
 * same time; a view then takes its turn among the threads that wait in it.
 *
 * <pre>{@code
 * AsyncSocket async = socket.async();
 * async.recvAsync().orTimeout(1, TimeUnit.SECONDS).thenAccept(message -> ...);
 * async.sendAsync("Hello").thenCompose(sent -> async.recvAsync()).thenAccept(answer -> ...);
 * async.publisher().subscribe(otherSocket.async().subscriber());
 * }</pre>
 *
 * <p><b>Threads.</b> No thread waits. What depends on a future, and the subscribers of a publisher,
 * run on the view's executor, never on an I/O thread and never under a lock of the library; a
 * future that is complete already when it is returned runs them, like any, in the thread that adds
 * them. They are run one after another, receives and sends each by themselves: what depends on a
 * receive must not wait (with {@code join}, for instance) for another receive of the same view, nor
 * a send for a send. An executor that runs its tasks in the caller's thread, such as {@code
 * Runnable::run}, is given a thread of the context instead; its {@code execute} must not block.
 * When the executor refuses a task, everything that waits in the view fails with its exception.
 *
 * <p><b>Order.</b> A view receives and sends in the order of the calls; what waits, waits for those
 * before it. In lock-step (REQ, REP) a receive also waits for the sends that were called before it.
 *
 * <p><b>Cancelling.</b> A receive that is cancelled, or completed by a timeout ({@link
 * CompletableFuture#orTimeout}) or by anybody else, takes no message; a send that is, is not sent.
 * When it is too late for that, cancelling fails and the result stands: no message is lost. This
 * holds for the futures returned here, not for those derived from them. {@link
 * SocketOptions#RCVTIMEO} and {@link SocketOptions#SNDTIMEO} have no effect here.
 *
 * <p><b>The end.</b> When the socket is closed all that waits fails with {@link
 * ZmqClosedException}, when its context ends with {@link ZmqTerminatedException}; other errors are
 * those of {@link Socket#send(Message)} and {@link Socket#recvMessage()}.
 *
 * <p>Thread-safe.
 */
public final class AsyncSocket {
  private final Socket socket;
  private final SocketCore core;
  private final Executor executor;
  private final OperationQueue sends;
  private final OperationQueue receives;

  AsyncSocket(Socket socket, Executor executor) {
    this.socket = socket;
    this.core = socket.core();
    this.executor = executor;
    this.sends = new OperationQueue(core, executor, false);
    this.receives = new OperationQueue(core, executor, true);
    if (core.isLockStep()) {
      receives.comesAfter(sends);
    }
  }

  /**
   * The common pool; where a program has set that to have no threads, a thread for each task, as
   * {@link CompletableFuture} does.
   */
  static Executor defaultExecutor() {
    int parallelism = Integer.getInteger("java.util.concurrent.ForkJoinPool.common.parallelism", 1);
    return parallelism == 0
        ? new CompletableFuture<>().defaultExecutor()
        : ForkJoinPool.commonPool();
  }

  /** The socket that this is a view of. */
  public Socket socket() {
    return socket;
  }

  /**
   * Receives a whole message. It belongs to whoever uses the future, who closes it where it may
   * hold shared memory ({@link Message}).
   */
  public CompletableFuture<Message> recvAsync() {
    return receives.submit(new Receive(core));
  }

  /**
   * Sends a whole message, which belongs to the socket from now on: {@code message} is left empty,
   * also when the send fails or is cancelled. The future is complete when the message is queued for
   * its peers, as {@link Socket#send(Message)} returns then. Messages that wait for room are kept,
   * as many as are sent; wait for the futures, or use a {@link #subscriber}, to send no faster than
   * the peers receive.
   *
   * @throws ZmqArgumentException {@code EINVAL} when the message has no frame
   */
  public CompletableFuture<Void> sendAsync(Message message) {
    if (message.isEmpty()) {
      throw new ZmqArgumentException("a message needs at least one frame; this one has none");
    }
    return sends.submit(new Send(core, message.moveOut()));
  }

  /** Sends a copy of {@code body} as a message of one frame; as {@link #sendAsync(Message)}. */
  public CompletableFuture<Void> sendAsync(byte[] body) {
    return sendAsync(Message.of(body));
  }

  /** Sends a text in UTF-8 as a message of one frame; as {@link #sendAsync(Message)}. */
  public CompletableFuture<Void> sendAsync(String body) {
    return sendAsync(Message.of(body));
  }

  /**
   * Waits for peers as {@link Socket#awaitConnected}: the future is complete when at least {@code
   * peers} are connected, at once if they are. Cancel it, or give it a timeout, to wait no longer.
   */
  public CompletableFuture<Void> awaitConnectedAsync(int peers) {
    return PeersTask.connected(core, peers, executor);
  }

  /** Waits for subscribers as {@link Socket#awaitSubscribers(int, java.time.Duration)}. */
  public CompletableFuture<Void> awaitSubscribersAsync(int peers) {
    return PeersTask.subscribers(core, null, peers, executor);
  }

  /** Waits for subscribers as {@link Socket#awaitSubscribers(byte[], int, java.time.Duration)}. */
  public CompletableFuture<Void> awaitSubscribersAsync(byte[] topic, int peers) {
    return PeersTask.subscribers(core, topic.clone(), peers, executor);
  }

  /** Waits for subscribers as {@link Socket#awaitSubscribers(String, int, java.time.Duration)}. */
  public CompletableFuture<Void> awaitSubscribersAsync(String topic, int peers) {
    return awaitSubscribersAsync(topic.getBytes(StandardCharsets.UTF_8), peers);
  }

  /**
   * The messages that this socket receives, as a reactive stream. Nothing is received that was not
   * requested, so that the high-water marks hold the peers back. Each message goes to one
   * subscriber: several share the messages out, among themselves and with whoever else receives. A
   * message that is taken when its subscription is cancelled is still delivered, as Reactive
   * Streams allow (§2.8).
   *
   * <p>The stream is complete when the socket is closed or its context ends; other errors of {@link
   * Socket#recvMessage()}, such as {@link ZmqUnsupportedException} on a PUSH, end it.
   *
   * @see "Reactive Streams 1.0.4, §1 and §3"
   */
  public Flow.Publisher<Message> publisher() {
    return subscriber -> MessageSubscription.begin(core, executor, subscriber);
  }

  /**
   * A new subscriber that sends what it gets, for one subscription. It requests the next message
   * when the last one is sent, so that a socket that is full holds the publisher back.
   */
  public MessageSubscriber subscriber() {
    return new MessageSubscriber(this);
  }

  @Override
  public String toString() {
    return "asynchronous " + socket;
  }

  private static final class Receive extends Operation<Message> {
    private final SocketCore core;
    private final Message message = new Message();

    Receive(SocketCore core) {
      this.core = core;
    }

    @Override
    protected boolean attempt(SocketTask task) {
      Peer sender = core.receiving().recvFrames(message::addOwned, task);
      if (sender == null) {
        return false;
      }
      message.from(sender);
      return true;
    }

    @Override
    protected Message result() {
      return message;
    }
  }

  private static final class Send extends Operation<Void> {
    private final SocketCore core;
    private final Message message;

    Send(SocketCore core, Message message) {
      this.core = core;
      this.message = message;
    }

    @Override
    protected boolean attempt(SocketTask task) {
      boolean sent = core.sending().sendFrames(message::writeTo, task);
      if (sent) {
        message.clear();
      }
      return sent;
    }

    @Override
    protected Void result() {
      return null;
    }

    @Override
    protected void dropped() {
      message.clear();
    }
  }
}
