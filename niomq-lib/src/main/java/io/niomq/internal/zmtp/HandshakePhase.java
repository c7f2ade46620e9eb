package io.niomq.internal.zmtp;

import io.niomq.Errno;
import io.niomq.SocketOptions;
import io.niomq.internal.loop.EventLoop;
import io.niomq.internal.option.OptionValues;
import io.niomq.internal.pipe.Peer;
import io.niomq.internal.security.FrameCipher;
import io.niomq.internal.security.ProtocolException;
import io.niomq.internal.security.ZapClient;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.List;

/**
 * A connection's first phase: carries the octets of a {@link Handshake} over the channel, and ends
 * the connection when that takes too long. Driven by the I/O thread.
 */
final class HandshakePhase {
  private static final int READ_SIZE = 512;

  private final Connection connection;
  private final SocketChannel channel;
  private final EventLoop loop;
  private final OptionValues options;
  private final ZapClient handler;
  private final Handshake handshake;
  private final EventLoop.Timer timer;
  private ByteBuffer out = ByteBuffer.allocate(0);

  private ZapClient.Exchange exchange;
  private boolean ended;

  HandshakePhase(
      Connection connection,
      SocketChannel channel,
      EventLoop loop,
      OptionValues options,
      ZapClient handler) {
    this.connection = connection;
    this.channel = channel;
    this.loop = loop;
    this.options = options;
    this.handler = handler;
    this.handshake = new Handshake(options, connection.address(), handler);
    this.timer = loop.timer(this::onTimeout);
  }

  /** Begins: the channel is registered for reading. */
  void start() {
    long limit = options.nanos(SocketOptions.HANDSHAKE_IVL);
    if (limit > 0) {
      timer.plan(limit);
    }
    flush();
  }

  /** The phase is over, one way or the other. */
  void end() {
    ended = true;
    timer.cancel();
    handshake.end();
    if (exchange != null) {
      exchange.cancel();
      exchange = null;
    }
  }

  void ready(SelectionKey ready) {
    if (ready.isWritable()) {
      flush();
      beginWhenSent();
    }
    if (!ended && !connection.isFinished() && ready.isReadable()) {
      read();
    }
  }

  /** Whether frames have the layout of ZMTP 1.0. */
  boolean usesOldFraming() {
    return handshake.usesOldFraming();
  }

  /** See {@link Handshake#version}. */
  int version() {
    return handshake.version();
  }

  /** What is to be done to the frames of the traffic, or null; to be asked before the end. */
  FrameCipher takeCipher() {
    return handshake.takeCipher();
  }

  /** Octets that came after the handshake and belong to the traffic. */
  ByteBuffer leftover() {
    return handshake.leftover();
  }

  /** The security mechanism; empty with peers too old to know any. */
  String mechanism() {
    return handshake.mechanism();
  }

  Peer peer() {
    return handshake.peer();
  }

  private void onTimeout() {
    connection.fail(
        new CloseCause(
            CloseCause.Kind.TIMEOUT,
            Errno.EAGAIN,
            "the handshake did not complete within "
                + options.get(SocketOptions.HANDSHAKE_IVL).toMillis()
                + " ms (ZMQ_HANDSHAKE_IVL)"));
  }

  private void read() {
    ByteBuffer octets = ByteBuffer.allocate(READ_SIZE);
    try {
      if (channel.read(octets) < 0) {
        connection.fail(
            new CloseCause(
                CloseCause.Kind.LOST, Errno.EPIPE, "the peer closed during the handshake"));
        return;
      }
      handshake.receive(octets.flip());
      goOn();
    } catch (IOException e) {
      connection.fail(CloseCause.lost(e));
    } catch (ProtocolException e) {
      flush(); // perhaps an ERROR command
      connection.fail(CloseCause.of(e));
    }
  }

  /** Sends, asks, or begins the traffic, whatever is due. */
  private void goOn() {
    flush();
    if (connection.isFinished()) {
      return;
    }
    List<byte[]> request = handshake.takeRequest();
    if (request != null) {
      exchange = handler.ask(request, loop::execute, this::onAnswer);
    }
    connection.interest(
        SelectionKey.OP_READ, !handshake.isFull() && !(handshake.isDone() && out.hasRemaining()));
    beginWhenSent();
  }

  /** The traffic begins behind the last octet of our handshake. */
  private void beginWhenSent() {
    if (handshake.isDone() && !out.hasRemaining() && !connection.isFinished()) {
      connection.interest(SelectionKey.OP_READ, true);
      connection.handshakeDone();
    }
  }

  private void onAnswer(List<byte[]> reply) {
    exchange = null;
    if (ended || connection.isFinished()) {
      return;
    }
    try {
      handshake.answered(reply);
      goOn();
    } catch (ProtocolException e) {
      flush(); // perhaps an ERROR command
      connection.fail(CloseCause.of(e));
    }
  }

  private void flush() {
    byte[] more = handshake.takeOutput();
    if (more.length > 0) {
      ByteBuffer joined = ByteBuffer.allocate(out.remaining() + more.length);
      out = joined.put(out).put(more).flip();
    }
    try {
      while (out.hasRemaining() && channel.write(out) > 0) {
        // on
      }
      connection.interest(SelectionKey.OP_WRITE, out.hasRemaining());
      loop.expectAnswer();
    } catch (IOException e) {
      connection.fail(CloseCause.lost(e));
    }
  }
}
