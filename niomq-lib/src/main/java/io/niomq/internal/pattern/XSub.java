package io.niomq.internal.pattern;

import io.niomq.DropReason;
import io.niomq.SocketOptions;
import io.niomq.internal.pipe.Body;
import io.niomq.internal.pipe.Incoming;
import io.niomq.internal.pipe.Outgoing;
import io.niomq.internal.pipe.Pipe;
import io.niomq.internal.pipe.SubscriptionCommand;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * RFC 29, The XSUB Socket Type: a SUB that subscribes by sending {@code 01 prefix} and {@code 00
 * prefix}, sends other messages to all publishers, and does not filter what it receives.
 */
final class XSub implements SocketBehavior {
  private final PatternHost host;
  private final FairQueue queue;
  private final ArrayList<Pipe> pipes = new ArrayList<>();
  private final PrefixMap<Integer> subscriptions = new PrefixMap<>();
  private final Outgoing part = new Outgoing();

  XSub(PatternHost host) {
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

  /** What was not sent yet of the subscriptions is told again, with all others; messages stay. */
  @Override
  public void disconnected(Pipe pipe) {
    pipe.out.own();
    try {
      List<List<Object>> queued = Queued.take(pipe.out);
      List<List<Object>> messages = new ArrayList<>();
      for (List<Object> frames : queued) {
        if (isSubscription(frames.get(0))) {
          Queued.release(frames);
        } else {
          messages.add(frames);
        }
      }
      Queued.putBack(pipe.out, messages);
    } finally {
      pipe.out.disown();
    }
  }

  private static boolean isSubscription(Object frame) {
    return frame instanceof Body body
        ? SubscriptionCommand.isMessage(body.toArray())
        : SubscriptionCommand.isMessage((byte[]) frame);
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
  public boolean send(Outgoing message) {
    int frames = message.bodyFrames();
    ArrayList<byte[]> rest = null;
    boolean looks =
        !host.options().isOn(SocketOptions.ONLY_FIRST_SUBSCRIBE)
            || SubscriptionCommand.isMessage(message.frameCopy(0));
    for (int i = 0; i < frames; i++) {
      byte[] frame = message.frameCopy(i);
      if (looks && SubscriptionCommand.isMessage(frame)) {
        if (frame[0] == SubscriptionCommand.SUBSCRIBE) {
          subscribeBy(frame);
        } else {
          cancelBy(frame);
        }
      } else {
        if (rest == null) {
          rest = new ArrayList<>();
        }
        rest.add(frame);
      }
    }
    if (rest != null) {
      part.reset();
      rest.forEach(part::add);
      toAll(part);
    }
    return true;
  }

  private void subscribeBy(byte[] frame) {
    byte[] prefix = Arrays.copyOfRange(frame, 1, frame.length);
    Integer count = subscriptions.get(prefix);
    subscriptions.put(prefix, count == null ? 1 : count + 1);
    tell(frame);
  }

  private void cancelBy(byte[] frame) {
    byte[] prefix = Arrays.copyOfRange(frame, 1, frame.length);
    Integer count = subscriptions.get(prefix);
    boolean isLast = count != null && count == 1;
    if (isLast) {
      subscriptions.remove(prefix);
    } else if (count != null) {
      subscriptions.put(prefix, count - 1);
    }
    if (isLast || host.options().isOn(SocketOptions.XSUB_VERBOSE_UNSUBSCRIBE)) {
      tell(frame);
    }
  }

  @Override
  public int topics() {
    return subscriptions.size();
  }

  /** Forwards a subscription in the form that the application gave it, as libzmq does. */
  private void tell(byte[] frame) {
    for (Pipe pipe : pipes) {
      if (pipe.isConnected()) {
        host.act(pipe, pipe.append(part.of(frame, 0, frame.length)));
      }
    }
  }

  private void toAll(Outgoing message) {
    if (pipes.isEmpty()) {
      host.drop(null, DropReason.NO_PEER, 1);
    }
    for (Pipe pipe : pipes) {
      if (pipe.out.hasRoom()) {
        host.act(pipe, pipe.append(message));
      } else {
        host.drop(pipe, DropReason.HIGH_WATER_MARK, 1);
      }
    }
  }

  @Override
  public boolean recv(Incoming message) {
    Pipe pipe = queue.next();
    if (pipe == null) {
      return false;
    }
    message.set(pipe.in, pipe, null);
    return true;
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
    return true;
  }

  @Override
  public int room(int most) {
    return host.roomBetweenUnlocks(most);
  }

  @Override
  public boolean canRecv() {
    return queue.next() != null;
  }
}
