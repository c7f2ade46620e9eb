package io.niomq.internal.pattern;

import io.niomq.DropReason;
import io.niomq.SocketOption;
import io.niomq.SocketOptions;
import io.niomq.internal.pipe.ChunkPool;
import io.niomq.internal.pipe.FrameQueue;
import io.niomq.internal.pipe.Incoming;
import io.niomq.internal.pipe.Outgoing;
import io.niomq.internal.pipe.Pipe;
import io.niomq.internal.pipe.SubscriptionCommand;
import java.util.List;

/**
 * RFC 29, The XPUB Socket Type: a PUB whose application reads what its peers subscribe to, as
 * messages {@code 01 prefix} and {@code 00 prefix}, and other messages that they send.
 */
final class XPub extends Pub {
  /**
   * How many messages wait for an application that does not read them; further ones are dropped and
   * counted.
   */
  private static final int NOTICES_MAX = 1_000_000;

  private final FrameQueue notices;
  private boolean showRepeatedSubscribes;
  private boolean showRepeatedCancels;

  XPub(PatternHost host, ChunkPool pool) {
    super(host);
    this.notices = new FrameQueue(pool, NOTICES_MAX);
  }

  @Override
  public void optionChanged(SocketOption<?> option) {
    if (option == SocketOptions.XPUB_VERBOSE) {
      showRepeatedSubscribes = host.options().isOn(SocketOptions.XPUB_VERBOSE);
      showRepeatedCancels = false;
    } else if (option == SocketOptions.XPUB_VERBOSER) {
      showRepeatedSubscribes = host.options().isOn(SocketOptions.XPUB_VERBOSER);
      showRepeatedCancels = showRepeatedSubscribes;
    }
  }

  @Override
  void subscription(Pipe pipe, boolean subscribe, byte[] topic) {
    boolean show =
        subscribe
            ? (!fanOut.holds(pipe, topic) & fanOut.subscribe(pipe, topic)) || showRepeatedSubscribes
            : fanOut.unsubscribe(pipe, topic) || showRepeatedCancels;
    if (show) {
      notice(pipe, subscribe, topic);
    }
  }

  private void notice(Pipe pipe, boolean subscribe, byte[] topic) {
    byte[] body = new byte[1 + topic.length];
    body[0] = subscribe ? SubscriptionCommand.SUBSCRIBE : SubscriptionCommand.CANCEL;
    System.arraycopy(topic, 0, body, 1, topic.length);
    userMessage(pipe, new Outgoing().of(body, 0, body.length));
  }

  @Override
  void userMessage(Pipe pipe, Outgoing message) {
    if (!notices.hasRoom()) {
      host.drop(pipe, DropReason.NOTICES_FULL, 1);
      return;
    }
    notices.append(message);
    host.changed();
  }

  @Override
  void forget(Pipe pipe) {
    List<byte[]> unused = fanOut.remove(pipe, showRepeatedCancels);
    for (byte[] prefix : unused) {
      notice(pipe, false, prefix);
    }
    host.changed();
  }

  @Override
  public boolean recv(Incoming message) {
    if (!notices.next()) {
      return false;
    }
    message.set(notices, null, null);
    return true;
  }

  @Override
  public void received(Incoming message) {
    notices.finish();
    notices.takeCreditNews();
  }

  @Override
  public boolean canRecv() {
    return notices.next();
  }

  @Override
  public void closed() {
    while (notices.next()) {
      if (notices.size() == 0 || notices.octet(0) > SubscriptionCommand.SUBSCRIBE) {
        host.drop(null, DropReason.UNREAD_AT_CLOSE, 1); // a message; notices are none
      }
      notices.finish();
    }
    notices.close();
  }
}
