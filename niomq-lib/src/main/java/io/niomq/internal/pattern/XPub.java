package io.niomq.internal.pattern;

import io.niomq.DropReason;
import io.niomq.SocketOption;
import io.niomq.SocketOptions;
import io.niomq.ZmqArgumentException;
import io.niomq.ZmqStateException;
import io.niomq.internal.pipe.ChunkPool;
import io.niomq.internal.pipe.FrameQueue;
import io.niomq.internal.pipe.Incoming;
import io.niomq.internal.pipe.Outgoing;
import io.niomq.internal.pipe.Pipe;
import io.niomq.internal.pipe.SubscriptionCommand;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * RFC 29, The XPUB Socket Type: a PUB whose application reads what its peers subscribe to, as
 * messages {@code 01 prefix} and {@code 00 prefix}, and other messages that they send.
 *
 * <p>With {@code ZMQ_XPUB_MANUAL} it decides: what peers ask for is only shown, and the application
 * subscribes the peer whose notice it has received last.
 */
final class XPub extends Pub {
  /**
   * How many messages wait for an application that does not read them; further ones are dropped and
   * counted.
   */
  private static final int NOTICES_MAX = 1_000_000;

  /** And of no more octets than this in all. */
  private static final long NOTICES_OCTETS_MAX = 128 << 20;

  /** A longer list of senders is not kept when it is empty. */
  private static final int SENDERS_KEPT = 1024;

  private static final Object NOBODY = new Object();

  private final FrameQueue notices;

  /**
   * Whom each of {@link #notices} came from; {@link #NOBODY} when we tell it of one that is gone.
   */
  ArrayDeque<Object> senders = new ArrayDeque<>();

  /** How many there were at most since it was made: it never becomes smaller by itself. */
  private int sendersMost;

  /** What each peer has asked for, while the application decides. */
  private final Map<Pipe, Set<byte[]>> requests = new IdentityHashMap<>();

  private boolean manual;
  private boolean manualLastValue;

  /** A notice was received. */
  private boolean heard;

  /** Who sent the notice that was received last; null when there is no such peer (any more). */
  private Pipe last;

  /** The next message goes to {@link #last} only. */
  private boolean sendsToLast;

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
    } else if (option == SocketOptions.XPUB_MANUAL) {
      manual = host.options().isOn(SocketOptions.XPUB_MANUAL);
    } else if (option == SocketOptions.XPUB_MANUAL_LAST_VALUE) {
      manual = host.options().isOn(SocketOptions.XPUB_MANUAL_LAST_VALUE);
      manualLastValue = manual;
    }
  }

  @Override
  void subscription(Pipe pipe, boolean subscribe, byte[] topic) {
    if (manual) {
      request(pipe, subscribe, topic);
      notice(pipe, pipe, subscribe, topic);
      return;
    }
    boolean show =
        subscribe
            ? (!fanOut.holds(pipe, topic) & fanOut.subscribe(pipe, topic)) || showRepeatedSubscribes
            : fanOut.unsubscribe(pipe, topic) || showRepeatedCancels;
    if (show) {
      notice(pipe, pipe, subscribe, topic);
    }
  }

  private void request(Pipe pipe, boolean subscribe, byte[] topic) {
    Set<byte[]> its = requests.computeIfAbsent(pipe, p -> new TreeSet<>(Arrays::compareUnsigned));
    if (subscribe) {
      its.add(topic);
    } else {
      its.remove(topic);
    }
  }

  @Override
  public void subscribe(byte[] prefix) {
    checkManual();
    if (last != null) {
      fanOut.subscribe(last, prefix);
    }
  }

  @Override
  public void unsubscribe(byte[] prefix) {
    checkManual();
    if (last != null) {
      fanOut.unsubscribe(last, prefix);
    }
  }

  private void checkManual() {
    if (!manual) {
      throw new ZmqArgumentException(
          "an XPUB subscribes its peers only when ZMQ_XPUB_MANUAL is set");
    }
    if (!heard) {
      throw new ZmqStateException(
          "an XPUB subscribes the peer whose notice was received last, and none was received yet");
    }
  }

  private void notice(Pipe pipe, Object sender, boolean subscribe, byte[] topic) {
    byte[] body = new byte[1 + topic.length];
    body[0] = subscribe ? SubscriptionCommand.SUBSCRIBE : SubscriptionCommand.CANCEL;
    System.arraycopy(topic, 0, body, 1, topic.length);
    toReader(pipe, sender, new Outgoing().of(body, 0, body.length));
  }

  @Override
  void userMessage(Pipe pipe, Outgoing message) {
    toReader(pipe, pipe, message);
  }

  private void toReader(Pipe pipe, Object sender, Outgoing message) {
    if (!notices.hasRoom()
        || notices.appendedOctets() - notices.takenOctets() > NOTICES_OCTETS_MAX) {
      host.drop(pipe, DropReason.NOTICES_FULL, 1);
      return;
    }
    notices.append(message);
    senders.add(sender);
    sendersMost = Math.max(sendersMost, senders.size());
    host.changed();
  }

  @Override
  void forget(Pipe pipe) {
    List<byte[]> unused = fanOut.remove(pipe, showRepeatedCancels);
    Set<byte[]> requested = requests.remove(pipe);
    if (manual) {
      unused = requested == null ? List.of() : List.copyOf(requested);
    }
    for (byte[] prefix : unused) {
      notice(pipe, NOBODY, false, prefix);
    }
    if (last == pipe) {
      last = null;
    }
    host.changed();
  }

  @Override
  public boolean send(Outgoing message) {
    if (!manualLastValue || !manual || !sendsToLast || last == null) {
      return super.send(message);
    }
    boolean sent = fanOut.sendTo(last, message);
    sendsToLast &= !sent;
    return sent;
  }

  @Override
  public boolean recv(Incoming message) {
    if (!notices.next()) {
      return false;
    }
    message.set(notices, senders.peek() instanceof Pipe pipe ? pipe : null, null);
    return true;
  }

  @Override
  public void received(Incoming message) {
    notices.finish();
    notices.takeCreditNews();
    Object sender = senders.remove();
    if (sendersMost > SENDERS_KEPT && senders.isEmpty()) {
      senders = new ArrayDeque<>();
      sendersMost = 0;
    }
    last = sender instanceof Pipe pipe && !pipe.detached && !pipe.ended ? pipe : null;
    sendsToLast = true;
    heard = true;
  }

  @Override
  public boolean canRecv() {
    return notices.next();
  }

  @Override
  public void closed() {
    while (notices.next()) {
      if (!SubscriptionCommand.isMessage(notices.toArray())) {
        host.drop(null, DropReason.UNREAD_AT_CLOSE, 1); // a message; notices are none
      }
      notices.finish();
    }
    notices.close();
    senders.clear();
  }
}
