package io.niomq.internal.pattern;

import io.niomq.DropReason;
import io.niomq.SocketOptions;
import io.niomq.internal.pipe.FrameQueue;
import io.niomq.internal.pipe.Incoming;
import io.niomq.internal.pipe.Outgoing;
import io.niomq.internal.pipe.Peer;
import io.niomq.internal.pipe.Pipe;
import io.niomq.internal.pipe.SubscriptionCommand;
import io.niomq.internal.pipe.SubscriptionCommand.Subscription;
import java.util.Arrays;

/**
 * RFC 29, The PUB Socket Type: fan-out to the subscribers whose prefixes match; a message that
 * nobody wants, or that meets a high-water mark, is dropped and counted. {@link XPub} shows the
 * subscriptions to the application, too.
 */
class Pub implements SocketBehavior {
  private static final byte[] EVERYTHING = {};

  final PatternHost host;
  final FanOut fanOut;

  Pub(PatternHost host) {
    this.host = host;
    this.fanOut = new FanOut(host);
  }

  @Override
  public void attached(Pipe pipe) {
    fanOut.add(pipe);
    byte[] welcome = host.options().get(SocketOptions.XPUB_WELCOME_MSG);
    if (welcome.length > 0) {
      host.act(pipe, pipe.append(new Outgoing().of(welcome, 0, welcome.length)));
    }
  }

  @Override
  public void connected(Pipe pipe) {
    if (pipe.peer.version() == Peer.ZMTP_1_0) {
      subscription(pipe, true, EVERYTHING); // such peers never say what they want
    }
    host.changed();
  }

  @Override
  public void ended(Pipe pipe) {
    readable(pipe);
    forget(pipe);
    host.finished(pipe);
  }

  @Override
  public void detached(Pipe pipe) {
    forget(pipe);
  }

  void forget(Pipe pipe) {
    fanOut.remove(pipe, false);
    host.changed();
  }

  /** Subscriptions take effect when they arrive, not when the application asks. */
  @Override
  public void readable(Pipe pipe) {
    do {
      readAll(pipe);
    } while (host.foundEmpty(pipe));
  }

  private void readAll(Pipe pipe) {
    FrameQueue in = pipe.in;
    while (in.next()) {
      if (in.isCommand()) {
        Subscription s = SubscriptionCommand.read(in);
        if (s != null) {
          subscription(pipe, s.subscribe(), s.topic());
        }
      } else {
        readMessage(pipe);
      }
      in.finish();
    }
    host.credited(pipe);
  }

  /**
   * Each frame of a message may be a subscription; what is left is a message for the application.
   * With {@code ZMQ_ONLY_FIRST_SUBSCRIBE} a message that begins with something else has none.
   */
  private void readMessage(Pipe pipe) {
    FrameQueue in = pipe.in;
    Outgoing rest = null;
    boolean first = true;
    boolean looks = true;
    while (true) {
      byte[] frame = in.toArray();
      boolean isSubscription = SubscriptionCommand.isMessage(frame);
      if (first) {
        first = false;
        looks = isSubscription || !host.options().isOn(SocketOptions.ONLY_FIRST_SUBSCRIBE);
      }
      if (looks && isSubscription) {
        subscription(
            pipe,
            frame[0] == SubscriptionCommand.SUBSCRIBE,
            Arrays.copyOfRange(frame, 1, frame.length));
      } else {
        if (rest == null) {
          rest = new Outgoing().reset();
        }
        rest.add(frame);
      }
      if (!in.more()) {
        break;
      }
      in.nextFrame();
    }
    if (rest != null) {
      userMessage(pipe, rest);
    }
  }

  void userMessage(Pipe pipe, Outgoing message) {
    host.drop(pipe, DropReason.NOT_RECEIVING, 1);
  }

  void subscription(Pipe pipe, boolean subscribe, byte[] topic) {
    if (subscribe) {
      fanOut.subscribe(pipe, topic);
    } else {
      fanOut.unsubscribe(pipe, topic);
    }
  }

  @Override
  public int topics() {
    return fanOut.topics();
  }

  @Override
  public int subscribers(byte[] topic) {
    return topic == null
        ? fanOut.subscribers()
        : fanOut.subscribers(new Outgoing().of(topic, 0, topic.length));
  }

  @Override
  public void explain(PatternFacts facts) {
    fanOut.explain(facts);
  }

  @Override
  public int subscriptionsOf(Pipe pipe) {
    return fanOut.subscriptionsOf(pipe);
  }

  @Override
  public long missedBy(Pipe pipe) {
    return fanOut.missedBy(pipe);
  }

  @Override
  public void writable(Pipe pipe) {
    pipe.unmute();
    host.changed();
  }

  @Override
  public boolean send(Outgoing message) {
    return fanOut.send(message);
  }

  @Override
  public void releaseHeld() {
    fanOut.releaseHeld();
  }

  @Override
  public boolean recv(Incoming message) {
    throw new AssertionError("the socket refuses this");
  }

  @Override
  public void received(Incoming message) {
    throw new AssertionError("the socket refuses this");
  }

  @Override
  public boolean canSend() {
    return true;
  }

  @Override
  public int room(int most) {
    return host.options().isOn(SocketOptions.XPUB_NODROP) ? 1 : host.roomBetweenUnlocks(most);
  }

  @Override
  public boolean canRecv() {
    return false;
  }
}
