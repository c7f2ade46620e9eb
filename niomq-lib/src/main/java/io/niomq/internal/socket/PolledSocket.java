package io.niomq.internal.socket;

import io.niomq.internal.pipe.Pipe;
import io.niomq.internal.pipe.PipeLink;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayDeque;
import java.util.ArrayList;

/**
 * A socket in a {@link PollSet}. Once the set has a selector, its thread reads the socket's
 * channels by itself while it waits, as a thread in {@code recv} does with a {@link Driver}; the
 * difference is that one selector serves all sockets of the set.
 *
 * <p>Belongs to the thread that polls, except what is said to be guarded by the socket's lock.
 */
final class PolledSocket {
  /** More than the I/O thread, which may read at the same moment, is the cause of. */
  private static final int FRUITLESS_MAX = 4;

  final SocketCore socket;
  private final PollSet set;

  /** {@link Waiter#IN}, {@link Waiter#OUT}, both or 0. */
  int interest;

  /** What the last look has found. */
  int ready;

  /** Channels to register before the next select. Guarded by the socket's lock. */
  private final ArrayDeque<PipeLink> newcomers = new ArrayDeque<>();

  /** Keys of channels that were readable while the socket was not ours to read. */
  private final ArrayList<SelectionKey> muted = new ArrayList<>(0);

  /** So many reads of readable channels have read nothing since the socket was last readable. */
  private int fruitless;

  private boolean attached;

  /** The socket's channels are ours to read, in this wait. Guarded by the socket's lock. */
  private boolean claims;

  /** The only connection, while {@link #claims}; null when there are several. */
  private Pipe sole;

  /** Who waits. Guarded by the socket's lock; null when nobody does. */
  private Waiter waiter;

  /** A key's attachment. */
  private record Channel(PolledSocket polled, PipeLink link) {}

  PolledSocket(PollSet set, SocketCore socket) {
    this.set = set;
    this.socket = socket;
  }

  boolean wantsMessages() {
    return (interest & Waiter.IN) != 0;
  }

  boolean claims() {
    return claims;
  }

  /** A look has found {@code events}. */
  void looked(int events) {
    ready = events;
    if ((events & Waiter.IN) != 0) {
      fruitless = 0;
    }
  }

  /**
   * Whether messages are wanted and can be read. A socket may be full of messages that nobody can
   * receive yet, such as a REP that owes a reply; its channels stay readable and would end each
   * select at once. The I/O threads know when there is room again.
   */
  boolean isWorthReading() {
    return wantsMessages() && fruitless < FRUITLESS_MAX;
  }

  // ------------------------------------------------------------------------------------------------ the socket's side, under its lock

  /** The set may read this socket. */
  boolean isAttached() {
    return attached;
  }

  /** A wait begins, with the channels or without. */
  void begin(Waiter itsWaiter) {
    waiter = itsWaiter;
  }

  void claim(Pipe itsSole) {
    claims = true;
    sole = itsSole;
  }

  /** The wait is over; true when the channels were ours. */
  boolean end() {
    boolean claimed = claims;
    if (claimed && sole != null && sole.link != null) {
      sole.link.refillBudget();
    }
    claims = false;
    sole = null;
    waiter = null;
    return claimed;
  }

  void add(PipeLink link) {
    newcomers.add(link);
    if (waiter != null) {
      waiter.wake(); // the channel has to get into the selector
    }
  }

  void remove(PipeLink link) {
    newcomers.remove(link);
  }

  PollSet set() {
    return set;
  }

  // ------------------------------------------------------------------------------------------------ the poller's side

  void attach() {
    if (!attached) {
      attached = true;
      socket.waiting().attach(this);
    }
  }

  /** Takes the socket's channels out of the selector. */
  void detach(Selector selector) {
    if (attached) {
      attached = false;
      socket.waiting().detach(this);
      for (SelectionKey key : selector.keys()) { // also of connections that linger
        if (key.attachment() instanceof Channel channel && channel.polled == this) {
          key.cancel();
        }
      }
      newcomers.clear();
      muted.clear();
    }
  }

  /**
   * Readies the claimed channels for a select. What was queued for the only peer goes out first: an
   * answer to it cannot come before.
   */
  void prepare(Selector selector) {
    PipeLink only = sole == null ? null : sole.link;
    if (only != null) {
      only.act(sole, PipeLink.SEND);
    }
    for (PipeLink link : socket.waiting().takeNewcomers(newcomers)) {
      if (!link.isFinished()) {
        try {
          link.channel().register(selector, SelectionKey.OP_READ, new Channel(this, link));
        } catch (ClosedChannelException e) {
          // its end is reported by the I/O thread
        }
      }
    }
    for (SelectionKey key : muted) {
      try {
        key.interestOps(SelectionKey.OP_READ);
      } catch (CancelledKeyException e) {
        // closed meanwhile
      }
    }
    muted.clear();
  }

  /** Reads the only connection without asking the selector; false when there are several. */
  boolean fillSole() {
    PipeLink link = sole == null ? null : sole.link;
    if (link == null) {
      return false;
    }
    link.fill();
    return true;
  }

  /** Reads a socket's channel that is readable, if it is ours to read. */
  static void read(SelectionKey key) {
    Channel channel = (Channel) key.attachment();
    if (!channel.polled.claims) {
      channel.polled.mute(key);
      return;
    }
    boolean filled = channel.link.fill();
    if (channel.link.isFinished()) {
      key.cancel(); // the I/O thread closes it
    } else if (!filled) {
      channel.polled.fruitless++;
    }
  }

  /** Nobody may read it now, and it would end each select at once. */
  private void mute(SelectionKey key) {
    key.interestOps(0);
    muted.add(key);
  }
}
