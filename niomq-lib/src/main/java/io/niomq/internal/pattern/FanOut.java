package io.niomq.internal.pattern;

import io.niomq.DropReason;
import io.niomq.SocketOptions;
import io.niomq.internal.pipe.Outgoing;
import io.niomq.internal.pipe.Pipe;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/**
 * Sends each message once to every subscriber with a matching subscription: binary prefixes of the
 * first frame. A subscription is a set member per peer, not a count. Guarded by the socket's lock.
 * RFC 29: "fan-out".
 */
final class FanOut {

  /** A peer with no more prefixes than this leaves without a search for them. */
  private static final int FEW = 16;

  /** What a publisher keeps of one peer. */
  private static final class Subscriber {
    /** The last message that was matched to this peer. */
    private long stamp;

    /** How many prefixes it holds. */
    private int prefixes;

    /** The last message before its first subscription; -1 while it has none. */
    private long before = -1;

    /** The set that all prefixes share that only this peer holds: most of them, by far. */
    private final PipeSet alone = new PipeSet();

    /** Its prefixes, as long as they were never more than {@link #FEW}; then null. */
    private ArrayList<byte[]> few = new ArrayList<>(1);

    void holds(byte[] prefix) {
      prefixes++;
      if (prefixes > FEW) {
        few = null;
      } else if (few != null) {
        few.add(prefix);
      }
    }

    void holdsNoMore(byte[] prefix) {
      prefixes--;
      if (few != null) {
        few.removeIf(p -> Arrays.equals(p, prefix));
      }
    }
  }

  private final PatternHost host;
  private final PrefixMap<PipeSet> subscriptions = new PrefixMap<>();
  private final ArrayList<Pipe> pipes = new ArrayList<>();
  private final ArrayList<Pipe> matched = new ArrayList<>();
  private final HeldBack held = new HeldBack();

  /** The only set with prefixes of the message; null when there are more, or none. */
  private PipeSet only;

  /** How many sets there are. */
  private int sets;

  private final Consumer<PipeSet> collect = this::collect;
  private byte[] topic = new byte[64];
  private long stamp;

  /** Attempts that will be made again. */
  private long refused;

  /** The last message before the first subscription of all; -1 while there was none. */
  private long beforeAll = -1;

  FanOut(PatternHost host) {
    this.host = host;
  }

  void add(Pipe pipe) {
    Subscriber subscriber = new Subscriber();
    subscriber.alone.add(pipe);
    pipe.attachment = subscriber;
    pipes.add(pipe);
  }

  /**
   * Forgets the peer; returns the prefixes that nobody holds any more, and those that others do.
   */
  List<byte[]> remove(Pipe pipe, boolean all) {
    forgetHeld();
    if (!pipes.remove(pipe) || subscriber(pipe).prefixes == 0) {
      return List.of();
    }
    List<byte[]> prefixes = prefixesOf(pipe);
    prefixes.removeIf(prefix -> !unsubscribe(pipe, prefix) && !all);
    return prefixes;
  }

  /** In the order of the octets. */
  private List<byte[]> prefixesOf(Pipe pipe) {
    Subscriber s = subscriber(pipe);
    if (s.few == null) {
      return subscriptions.first(s.prefixes, set -> set.contains(pipe));
    }
    List<byte[]> sorted = new ArrayList<>(s.few);
    sorted.sort(Arrays::compareUnsigned);
    return sorted;
  }

  /** Returns true when this is the first peer with that prefix. */
  boolean subscribe(Pipe pipe, byte[] prefix) {
    PipeSet set = subscriptions.get(prefix);
    if (set != null && set.contains(pipe)) {
      return set.size() == 1;
    }
    forgetHeld();
    if (set == null) {
      set = subscriber(pipe).alone;
      subscriptions.put(prefix, set);
    } else {
      if (set.size() == 1) {
        Pipe first = set.get(0);
        set = new PipeSet(); // the other one is shared
        set.add(first);
        subscriptions.put(prefix, set);
      }
      set.add(pipe);
    }
    subscribed(subscriber(pipe), prefix);
    host.subscriptionChanged(pipe, true, prefix, set.size());
    return set.size() == 1;
  }

  private void subscribed(Subscriber s, byte[] prefix) {
    s.holds(prefix);
    if (s.before < 0) {
      s.before = stamp - refused;
    }
    if (beforeAll < 0) {
      beforeAll = stamp - refused;
    }
  }

  /** Returns true when no peer has that prefix (any more). */
  boolean unsubscribe(Pipe pipe, byte[] prefix) {
    PipeSet set = subscriptions.get(prefix);
    if (set == null) {
      return true;
    }
    if (!set.contains(pipe)) {
      return false;
    }
    forgetHeld();
    int left = set.size() - 1;
    if (left == 0) {
      subscriptions.remove(prefix);
    } else {
      set.remove(pipe);
      if (left == 1) {
        subscriptions.put(prefix, subscriber(set.get(0)).alone);
      }
    }
    subscriber(pipe).holdsNoMore(prefix);
    host.subscriptionChanged(pipe, false, prefix, left);
    return left == 0;
  }

  boolean holds(Pipe pipe, byte[] prefix) {
    PipeSet set = subscriptions.get(prefix);
    return set != null && set.contains(pipe);
  }

  /** How many distinct prefixes there are. */
  int topics() {
    return subscriptions.size();
  }

  /** How many connected peers hold a prefix. */
  int subscribers() {
    int count = 0;
    for (Pipe pipe : pipes) {
      if (pipe.isConnected() && subscriber(pipe).prefixes > 0) {
        count++;
      }
    }
    return count;
  }

  /** How many connected peers would get this message. */
  int subscribers(Outgoing message) {
    match(message);
    collectOnly();
    refused++; // nothing was published
    matched.removeIf(pipe -> !pipe.isConnected());
    int count = matched.size();
    matched.clear();
    return count;
  }

  /** Sends to all that match; false when {@code ZMQ_XPUB_NODROP} is set and one of them is full. */
  boolean send(Outgoing message) {
    match(message);
    PipeSet subscribers = host.options().isOn(SocketOptions.XPUB_NODROP) ? null : only;
    if (subscribers != null && hold(subscribers, message)) {
      return true;
    }
    releaseHeld();
    held.follow(subscribers);
    collectOnly();
    return sendToMatched(message);
  }

  private boolean hold(PipeSet subscribers, Outgoing message) {
    if (subscribers != held.subscribers()) {
      return false;
    }
    long size = message.wireSize();
    if (held.messages() > 0 && !held.hasRoom(size)) {
      releaseHeld();
    }
    return held.add(message, size);
  }

  /** Appends the messages that were held back, to each queue as many as it has room for. */
  void releaseHeld() {
    int messages = held.messages();
    if (messages == 0) {
      return;
    }
    PipeSet subscribers = held.subscribers();
    try {
      for (int i = 0; i < subscribers.size(); i++) {
        Pipe pipe = subscribers.get(i);
        int room = pipe.out.room(messages);
        if (room < messages) {
          host.drop(pipe, DropReason.HIGH_WATER_MARK, messages - room);
        }
        if (room > 0) {
          pipe.crowd = subscribers.size();
          act(pipe, held.appendTo(pipe, room));
        }
      }
    } finally {
      held.clear();
    }
  }

  /** The subscribers will not be the same. */
  private void forgetHeld() {
    releaseHeld();
    held.follow(null);
  }

  /** Sends to that one only, if it matches; otherwise as {@link #send}. */
  boolean sendTo(Pipe receiver, Outgoing message) {
    releaseHeld();
    match(message);
    collectOnly();
    matched.removeIf(pipe -> pipe != receiver);
    return sendToMatched(message);
  }

  private boolean sendToMatched(Outgoing message) {
    if (matched.isEmpty()) {
      host.drop(null, DropReason.NO_SUBSCRIBER, 1);
      return true;
    }
    try {
      if (host.options().isOn(SocketOptions.XPUB_NODROP)) {
        for (int i = 0; i < matched.size(); i++) {
          if (!matched.get(i).hasRoomOrMute()) {
            refused++;
            return false;
          }
        }
      }
      if (matched.size() > 1) {
        message.beginSharing(matched.get(0).out.pool());
      }
      for (int i = 0; i < matched.size(); i++) {
        offer(matched.get(i), message);
      }
      return true;
    } finally {
      message.endSharing();
      matched.clear();
    }
  }

  private void offer(Pipe pipe, Outgoing message) {
    if (!pipe.out.hasRoom()) {
      host.drop(pipe, DropReason.HIGH_WATER_MARK, 1);
      return;
    }
    pipe.crowd = matched.size();
    act(pipe, pipe.append(message));
  }

  private void act(Pipe pipe, int actions) {
    if (actions != 0) {
      host.act(pipe, actions);
    }
  }

  /** Finds those that want the message: {@link #only}, or else {@link #matched}. */
  private void match(Outgoing message) {
    stamp++;
    matched.clear(); // an error may have left some there
    only = null;
    sets = 0;
    int length = Math.min(message.firstSize(), subscriptions.longest());
    if (topic.length < length) {
      topic = Arrays.copyOf(topic, Math.max(length, 2 * topic.length));
    }
    for (int i = 0; i < length; i++) {
      topic[i] = message.firstOctet(i);
    }
    subscriptions.match(topic, length, collect);
    if (host.options().isOn(SocketOptions.INVERT_MATCHING)) {
      collectOnly();
      matched.clear();
      for (Pipe pipe : pipes) {
        if (subscriber(pipe).stamp != stamp) {
          matched.add(pipe);
        }
      }
    }
  }

  /** Most often there is one set. */
  private void collect(PipeSet set) {
    if (sets++ == 0) {
      only = set;
    } else {
      collectOnly();
      addAll(set);
    }
  }

  private void collectOnly() {
    if (only != null) {
      addAll(only);
      only = null;
    }
  }

  private void addAll(PipeSet set) {
    for (int i = 0; i < set.size(); i++) {
      Pipe pipe = set.get(i);
      Subscriber s = subscriber(pipe);
      if (s.stamp != stamp) {
        s.stamp = stamp;
        matched.add(pipe);
      }
    }
  }

  void explain(PatternFacts facts) {
    releaseHeld();
    facts.subscriptions = subscriptions.size();
    facts.firstSubscriptions = subscriptions.first(PatternFacts.FIRST_MAX, set -> true);
    facts.published = stamp - refused;
    facts.publishedBeforeSubscriber = beforeAll < 0 ? facts.published : beforeAll;
  }

  int subscriptionsOf(Pipe pipe) {
    return pipe.attachment == null ? 0 : subscriber(pipe).prefixes;
  }

  long missedBy(Pipe pipe) {
    return pipe.attachment == null ? -1 : subscriber(pipe).before;
  }

  private static Subscriber subscriber(Pipe pipe) {
    return (Subscriber) pipe.attachment;
  }
}
