package io.niomq.internal.socket;

import io.niomq.ZmqArgumentException;
import io.niomq.ZmqClosedException;
import io.niomq.ZmqInterruptedException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What one poller waits for. A thread that polls parks, or selects when there are channels, and is
 * woken by each socket's {@link Waiting}. For one thread at a time, except {@link #wakeup}.
 */
public final class PollSet {
  private static final class Item {
    private int interest;
    private int ops;
    private int ready;
  }

  private final Map<Object, Item> items = new LinkedHashMap<>();
  private Selector selector;
  private int channels;
  private volatile boolean closed;

  /** Held while polling, so that {@link #close} can wait for the end of it. */
  private final ReentrantLock inUse = new ReentrantLock();

  private volatile boolean wakeupRequested;
  private volatile Waiter current;

  public PollSet(ContextCore context) {
    assert context != null;
  }

  public void put(SocketCore socket, int interest) {
    checkOpen();
    item(socket).interest = interest;
  }

  public void put(SelectableChannel channel, int interest, int ops) {
    checkOpen();
    try {
      if (selector == null) {
        selector = Selector.open();
      }
      channel.register(selector, ops);
      if (!items.containsKey(channel)) {
        channels++;
      }
    } catch (ClosedChannelException e) {
      throw new ZmqArgumentException("the channel is closed: " + channel);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Item item = item(channel);
    item.interest = interest;
    item.ops = ops;
  }

  private Item item(Object key) {
    return items.computeIfAbsent(key, k -> new Item());
  }

  public void remove(Object key) {
    if (items.remove(key) != null && key instanceof SelectableChannel c) {
      channels--;
      SelectionKey k = c.keyFor(selector);
      if (k != null) {
        k.cancel();
        selectNow();
      }
    }
  }

  /** The events that the last poll found; 0 for an unknown key. */
  public int ready(Object key) {
    Item item = items.get(key);
    return item == null ? 0 : item.ready;
  }

  /** Waits; -1 for no limit, 0 for a look. Returns how many items are ready. */
  public int poll(long timeoutNanos) {
    inUse.lock();
    try {
      return pollLocked(timeoutNanos);
    } finally {
      inUse.unlock();
    }
  }

  private int pollLocked(long timeoutNanos) {
    long deadline = System.nanoTime() + timeoutNanos;
    boolean first = true;
    while (true) {
      checkOpen();
      int ready = look();
      if (ready > 0 || timeoutNanos == 0) {
        return ready;
      }
      if (wakeupRequested) {
        wakeupRequested = false;
        checkOpen();
        return 0;
      }
      if (Thread.currentThread().isInterrupted()) {
        throw new ZmqInterruptedException("interrupted while polling");
      }
      if (!first && timeoutNanos > 0 && deadline - System.nanoTime() <= 0) {
        return 0;
      }
      first = false;
      sleep(timeoutNanos > 0, deadline);
    }
  }

  private int look() {
    int count = 0;
    if (channels > 0) {
      selectNow();
    }
    for (Map.Entry<Object, Item> e : items.entrySet()) {
      Item item = e.getValue();
      item.ready =
          e.getKey() instanceof SocketCore s
              ? s.events(item.interest)
              : channelEvents(e.getKey(), item);
      if (item.ready != 0) {
        count++;
      }
    }
    return count;
  }

  private int channelEvents(Object key, Item item) {
    SelectionKey k = ((SelectableChannel) key).keyFor(selector);
    if (k == null || !k.isValid()) {
      throw new ZmqClosedException("a channel of this poller is closed: " + key);
    }
    int ops = k.isValid() && selector.selectedKeys().contains(k) ? k.readyOps() : 0;
    int in = SelectionKey.OP_READ | SelectionKey.OP_ACCEPT;
    return ((ops & in) != 0 ? Waiter.IN : 0)
        | ((ops & (SelectionKey.OP_WRITE | SelectionKey.OP_CONNECT)) != 0 ? Waiter.OUT : 0);
  }

  private void selectNow() {
    try {
      selector.selectedKeys().clear();
      selector.selectNow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Registers with every socket, then waits until one of them, or a channel, has something. */
  private void sleep(boolean timed, long deadline) {
    Selector used = channels > 0 ? selector : null;
    List<Waiting> watched = new ArrayList<>(items.size());
    Waiter waiter = new Waiter(Waiter.WATCHES, used);
    Waiter ofTheEnd = null; // of sockets from which nothing else is wanted
    try {
      for (Map.Entry<Object, Item> e : items.entrySet()) {
        if (e.getKey() instanceof SocketCore s) {
          watched.add(s.waiting());
          int interest = e.getValue().interest;
          if (interest == 0 && ofTheEnd == null) {
            ofTheEnd = Waiter.running(waiter::wake, Waiter.END);
          }
          if (s.waiting().watch(interest == 0 ? ofTheEnd : waiter, interest) != 0) {
            return;
          }
        }
      }
      current = waiter; // pairs with wakeup(): request set, then current read
      if (!wakeupRequested) {
        block(waiter, used, timed, deadline);
      }
    } finally {
      current = null;
      for (Waiting w : watched) {
        w.unwatch(waiter);
        if (ofTheEnd != null) {
          w.unwatch(ofTheEnd);
        }
      }
    }
  }

  private static void block(Waiter waiter, Selector used, boolean timed, long deadline) {
    if (used == null) {
      waiter.park(timed, deadline);
      return;
    }
    if (waiter.isWoken()) {
      return;
    }
    try {
      used.selectedKeys().clear();
      long left = deadline - System.nanoTime();
      if (!timed) {
        used.select(); // a wakeup() since the look makes it return at once
      } else if (left > 0) {
        used.select((left + 999_999) / 1_000_000);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Ends a poll that waits, or the next one. Any thread. */
  public void wakeup() {
    wakeupRequested = true;
    Waiter w = current;
    if (w != null) {
      w.wake();
    }
  }

  private void checkOpen() {
    if (closed) {
      throw new ZmqClosedException("this poller is closed");
    }
  }

  public void close() {
    closed = true;
    wakeup();
    inUse.lock();
    try {
      items.clear();
      channels = 0;
      if (selector != null) {
        selector.close();
        selector = null;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      inUse.unlock();
    }
  }
}
