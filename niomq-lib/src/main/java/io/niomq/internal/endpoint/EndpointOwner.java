package io.niomq.internal.endpoint;

import io.niomq.DropReason;
import io.niomq.Errno;
import io.niomq.SocketEvent;
import io.niomq.explain.Refusal;
import io.niomq.internal.loop.EventLoop;
import io.niomq.internal.option.OptionValues;
import io.niomq.internal.pipe.Peer;
import io.niomq.internal.pipe.Pipe;
import io.niomq.internal.pipe.PipeLink;
import io.niomq.internal.security.ZapClient;
import io.niomq.internal.zmtp.Connection;

/** The socket as its endpoints see it. Called without its lock. */
public interface EndpointOwner {
  /** The I/O thread for a new connection. */
  EventLoop pickLoop(OptionValues options);

  /** Runs something that may block, such as a name lookup, on a helper thread. */
  void onHelper(Runnable task);

  /** The way to the context's ZAP handler. */
  ZapClient zap();

  /** A pipe that is not attached yet, with queues for the given options. */
  Pipe newPipe(OptionValues options, String endpoint);

  /**
   * Makes the pipe one of the socket's; it need not be connected. False when the socket is closed
   * or refuses it.
   */
  boolean attach(Pipe pipe);

  /** Joins the connection to the pipe, and tells the pattern; then messages may flow. */
  void join(Pipe pipe, Connection connection, Peer peer);

  /**
   * The peer is gone, and not because this side wanted it; to be followed by {@link #disconnected}
   * or {@link #ended}. Nobody reads from its connection any more.
   *
   * @param accepted whether the peer had connected to us
   */
  void lost(Pipe pipe, boolean accepted);

  /** The connection was lost; the pipe waits for the next one. */
  void disconnected(Pipe pipe, PipeLink link);

  /** The pipe's last connection was lost: what has arrived can still be read. */
  void ended(Pipe pipe);

  /** Takes the pipe from the socket; what has arrived and was not read is dropped. */
  void detach(Pipe pipe);

  /** The far side of the pipe's queues is done: counts what is left, gives memory back. */
  void release(Pipe pipe, DropReason reasonForUnsent);

  /** Tells whoever listens to this socket. */
  void event(SocketEvent event);

  /** An event without addresses, with the error's number as its value. */
  default void event(
      SocketEvent.Type type, String endpoint, String peer, String detail, Errno errno) {
    event(new SocketEvent(type, endpoint, peer, detail, errno));
  }

  /** Counts messages that will not go on; {@code pipe} is null when no peer is concerned. */
  void drop(Pipe pipe, DropReason reason, long messages);

  /** Notes, for reports, that a peer was not let in, or did not let us in. */
  void refused(String endpoint, String address, Refusal refusal, String reason);

  /** One more thing (listener, connection, dialer) that the socket's end has to wait for. */
  void opened();

  /** One less. */
  void closed();

  /** A connecting endpoint has given up for good. */
  void gaveUp(Dialer dialer);

  /** A bound endpoint was closed, and its last connection has ended. */
  void finished(Listener listener);
}
