package io.niomq.internal.pattern;

import io.niomq.DropReason;
import io.niomq.SocketOptions;
import io.niomq.internal.pipe.FrameQueue;
import io.niomq.internal.pipe.Incoming;
import io.niomq.internal.pipe.Outgoing;
import io.niomq.internal.pipe.Pipe;
import io.niomq.internal.pipe.SubscriptionCommand;
import java.util.ArrayList;
import java.util.Arrays;

/**
 * RFC 29, The SUB Socket Type: receives, fair-queued, what matches its subscriptions. They are
 * counted: each {@code subscribe} is told to the publishers, an {@code unsubscribe} only when it is
 * the last of its prefix. All distinct prefixes are told to each new or reconnected publisher.
 */
final class Sub implements SocketBehavior {
  private final PatternHost host;
  private final FairQueue queue;
  private final ArrayList<Pipe> pipes = new ArrayList<>();
  private final PrefixMap<Integer> subscriptions = new PrefixMap<>();
  private byte[] topic = new byte[64];

  Sub(PatternHost host) {
    this.host = host;
    this.queue = new FairQueue(host);
  }

  @Override
  public void attached(Pipe pipe) {
    pipes.add(pipe);
    queue.add(pipe);
  }

  @Override
  public void connected(Pipe pipe) {
    subscriptions.forEach(
        (prefix, count) -> host.act(pipe, SubscriptionCommand.append(pipe, true, prefix)));
  }

  @Override
  public void disconnected(Pipe pipe) {
    // Subscriptions that were not sent yet are told again after the reconnect.
    pipe.out.own();
    pipe.out.discardAll();
    pipe.out.disown();
  }

  @Override
  public void ended(Pipe pipe) {
    pipes.remove(pipe);
    queue.ended(pipe);
  }

  @Override
  public void detached(Pipe pipe) {
    pipes.remove(pipe);
    queue.remove(pipe);
  }

  @Override
  public void readable(Pipe pipe) {
    queue.readable(pipe);
  }

  @Override
  public void subscribe(byte[] prefix) {
    Integer count = subscriptions.get(prefix);
    subscriptions.put(prefix, count == null ? 1 : count + 1);
    tell(true, prefix);
  }

  @Override
  public void unsubscribe(byte[] prefix) {
    Integer count = subscriptions.get(prefix);
    if (count == null) {
      return; // unknown: no effect, as in libzmq
    }
    if (count > 1) {
      subscriptions.put(prefix, count - 1);
    } else {
      subscriptions.remove(prefix);
      tell(false, prefix);
    }
  }

  @Override
  public int topics() {
    return subscriptions.size();
  }

  private void tell(boolean subscribe, byte[] prefix) {
    for (Pipe pipe : pipes) {
      if (pipe.isConnected()) {
        host.act(pipe, SubscriptionCommand.append(pipe, subscribe, prefix));
      }
    }
  }

  @Override
  public boolean send(Outgoing message) {
    throw new AssertionError("the socket refuses this");
  }

  @Override
  public boolean recv(Incoming message) {
    for (Pipe pipe = queue.next(); pipe != null; pipe = queue.next()) {
      if (matches(pipe.in) != host.options().isOn(SocketOptions.INVERT_MATCHING)) {
        message.set(pipe.in, pipe, null);
        return true;
      }
      host.drop(pipe, DropReason.NOT_SUBSCRIBED, 1);
      queue.finish(pipe);
    }
    return false;
  }

  private boolean matches(FrameQueue in) {
    int length = Math.min(in.size(), subscriptions.longest());
    if (topic.length < length) {
      topic = Arrays.copyOf(topic, Math.max(length, 2 * topic.length));
    }
    for (int i = 0; i < length; i++) {
      topic[i] = in.octet(i);
    }
    return subscriptions.matches(topic, length);
  }

  @Override
  public void explain(PatternFacts facts) {
    facts.subscriptions = subscriptions.size();
    facts.firstSubscriptions = subscriptions.first(PatternFacts.FIRST_MAX, count -> true);
  }

  @Override
  public void received(Incoming message) {
    queue.finish(message.pipe);
  }

  @Override
  public boolean canSend() {
    return false;
  }

  @Override
  public boolean canRecv() {
    return recv(new Incoming());
  }
}
