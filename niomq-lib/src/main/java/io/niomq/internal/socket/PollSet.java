package io.niomq.internal.socket;

import io.niomq.ZmqArgumentException;
import io.niomq.ZmqClosedException;
import io.niomq.ZmqInterruptedException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * What one poller waits for. A thread that polls is woken by each socket's {@link Waiting}. It
 * parks, or it selects: when there are channels, and once the set has been waited for a few times,
 * because then it reads the connections of its sockets by itself, as far as nobody else does. So a
 * message costs one change of threads and not two. For one thread at a time, except {@link #wakeup}
 * and {@link #purge}.
 */
public final class PollSet {
  /** A set that was waited for so often is worth a selector. */
  private static final int WAITS_BEFORE_READING = 8;

  /** While some sockets always have something, the others' channels are read so often. */
  private static final long OTHERS_NANOS = 100_000;

  /** A channel of the application. */
  private static final class Channel {
    private int ops;
    private int interest;
    private int ready;
  }

  private final Map<SocketCore, PolledSocket> sockets = new LinkedHashMap<>();
  private final Map<SelectableChannel, Channel> channels = new LinkedHashMap<>();
  private final Consumer<SelectionKey> onReady = this::onReady;
  private final Spin spin;
  private Selector selector;
  private int waits;
  private boolean reads;
  private long readAt = System.nanoTime();
  private volatile boolean closed;

  /** Held while polling, so that {@link #close} can wait for the end of it. */
  private final ReentrantLock inUse = new ReentrantLock();

  private volatile boolean wakeupRequested;
  private volatile boolean purgeRequested;
  private volatile Waiter current;

  public PollSet(ContextCore context) {
    this.spin = new Spin(context.spinNanos());
  }

  // ------------------------------------------------------------------------------------------------ members

  public void put(SocketCore socket, int interest) {
    checkOpen();
    sockets.computeIfAbsent(socket, s -> new PolledSocket(this, s)).interest = interest;
  }

  public void put(SelectableChannel channel, int interest, int ops) {
    checkOpen();
    Channel member = channels.getOrDefault(channel, new Channel());
    try {
      openSelector();
      channel.register(selector, ops, member);
    } catch (ClosedChannelException e) {
      throw new ZmqArgumentException("the channel is closed: " + channel);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    member.interest = interest;
    member.ops = ops;
    channels.put(channel, member);
  }

  private void openSelector() throws IOException {
    if (selector == null) {
      selector = Selector.open();
    }
  }

  public void remove(SocketCore socket) {
    PolledSocket member = sockets.remove(socket);
    if (member != null && member.isAttached()) {
      member.detach(selector);
      selectNow();
    }
  }

  public void remove(SelectableChannel channel) {
    if (channels.remove(channel) != null) {
      SelectionKey key = channel.keyFor(selector);
      if (key != null) {
        key.cancel();
        selectNow();
      }
    }
  }

  /** The events that the last poll found for a socket or channel; 0 for an unknown one. */
  public int ready(Object key) {
    if (key instanceof SocketCore) {
      PolledSocket member = sockets.get(key);
      return member == null ? 0 : member.ready;
    }
    Channel member = channels.get(key);
    return member == null ? 0 : member.ready;
  }

  // ------------------------------------------------------------------------------------------------ polling

  /** Waits; -1 for no limit, 0 for a look. Returns how many members are ready. */
  public int poll(long timeoutNanos) {
    inUse.lock();
    try {
      return pollLocked(timeoutNanos);
    } finally {
      inUse.unlock();
      if (purgeRequested) {
        purge();
      }
    }
  }

  private int pollLocked(long timeoutNanos) {
    long deadline = System.nanoTime() + timeoutNanos;
    boolean first = true;
    while (true) {
      checkOpen();
      int ready = look();
      if (ready > 0) {
        return readOthersSometimes(ready);
      }
      if (timeoutNanos == 0) {
        return readNow() ? look() : 0;
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
    if (!channels.isEmpty()) {
      lookAtChannels();
      for (Channel channel : channels.values()) {
        count += channel.ready != 0 ? 1 : 0;
      }
    }
    for (PolledSocket member : sockets.values()) {
      member.looked(member.socket.events(member.interest));
      count += member.ready != 0 ? 1 : 0;
    }
    return count;
  }

  private void lookAtChannels() {
    channels.forEach(
        (channel, member) -> {
          SelectionKey key = channel.keyFor(selector);
          if (key == null || !key.isValid()) {
            throw new ZmqClosedException("a channel of this poller is closed: " + channel);
          }
          member.ready = 0;
        });
    selectNow();
  }

  private void selectNow() {
    try {
      selector.selectNow(onReady);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void onReady(SelectionKey key) {
    try {
      if (key.attachment() instanceof Channel member) {
        int ops = key.readyOps();
        int in = SelectionKey.OP_READ | SelectionKey.OP_ACCEPT;
        int out = SelectionKey.OP_WRITE | SelectionKey.OP_CONNECT;
        member.ready = ((ops & in) != 0 ? Waiter.IN : 0) | ((ops & out) != 0 ? Waiter.OUT : 0);
        wakeCurrent();
      } else {
        PolledSocket.read(key);
      }
    } catch (CancelledKeyException e) {
      // closed meanwhile
    }
  }

  // ------------------------------------------------------------------------------------------------ waiting

  /** Waits until a member, perhaps, has something. */
  private void sleep(boolean timed, long deadline) {
    prepareReading();
    Waiter waiter = new Waiter(Waiter.WATCHES);
    Waiter ofTheEnd = Waiter.running(waiter::wake, Waiter.END);
    try {
      int claimed = 0;
      boolean answer = false;
      for (PolledSocket member : sockets.values()) {
        Waiting waiting = member.socket.waiting();
        if (member.interest == 0) {
          waiting.watch(ofTheEnd, 0); // nothing else is wanted from it
        } else if (waiting.watch(waiter, member, reads && member.isWorthReading()) != 0) {
          return;
        }
        answer |= member.wantsMessages() && waiting.expectsAnswer();
        claimed += member.claims() ? 1 : 0;
      }
      current = waiter; // pairs with wakeup() and purge(): request set, then current read
      if (purgeRequested) {
        forgetClosedChannels(); // and so do the drivers of claimed sockets, see unwatch
      } else if (!wakeupRequested) {
        block(waiter, claimed, answer, timed, deadline);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      current = null;
      for (PolledSocket member : sockets.values()) {
        if (member.interest == 0) {
          member.socket.waiting().unwatch(ofTheEnd);
        } else {
          member.socket.waiting().unwatch(waiter, member);
        }
      }
    }
  }

  private void block(Waiter waiter, int claimed, boolean answer, boolean timed, long deadline)
      throws IOException {
    boolean spins = spin.begin(answer);
    boolean selects = claimed > 0 || !channels.isEmpty();
    try {
      if (claimed > 0) {
        prepareClaimed();
        read(claimed);
      }
      while (spins && !waiter.isWoken()) {
        spins = spin.goesOn();
        if (selects) {
          read(claimed);
        }
      }
      if (waiter.isWoken()) {
        return;
      }
      if (selects) {
        waiter.select(selector, onReady, timed, deadline);
      } else {
        waiter.park(timed, deadline);
      }
    } finally {
      spin.end();
    }
  }

  // ------------------------------------------------------------------------------------------------ reading

  private void prepareReading() {
    waits = Math.min(waits, WAITS_BEFORE_READING) + 1;
    reads = waits > WAITS_BEFORE_READING && !Threads.currentIsVirtual();
    if (!reads) {
      return;
    }
    try {
      openSelector();
    } catch (IOException e) {
      reads = false; // no descriptors: the I/O threads read
      return;
    }
    for (PolledSocket member : sockets.values()) {
      if (member.wantsMessages()) {
        member.attach();
      }
    }
  }

  private void prepareClaimed() {
    for (PolledSocket member : sockets.values()) {
      if (member.claims()) {
        member.prepare(selector);
      }
    }
  }

  /** Reads what is there, without waiting. */
  private void read(int claimed) {
    if (claimed == 1 && channels.isEmpty()) {
      for (PolledSocket member : sockets.values()) {
        if (member.claims() && member.fillSole()) {
          return;
        }
      }
    }
    selectNow();
  }

  /** What the I/O threads have left to us; true when it is worth looking again. */
  private boolean readNow() {
    if (!reads || Threads.currentIsVirtual()) {
      return false;
    }
    int claimed = 0;
    for (PolledSocket member : sockets.values()) {
      if (member.isAttached() && member.ready == 0 && member.isWorthReading()) {
        claimed += member.socket.waiting().lookOnce(member) ? 1 : 0;
      }
    }
    if (claimed == 0) {
      return false;
    }
    try {
      prepareClaimed();
      read(claimed);
    } finally {
      for (PolledSocket member : sockets.values()) {
        if (member.claims()) {
          member.socket.waiting().unwatch(null, member);
        }
      }
    }
    return true;
  }

  /** Sockets that always have something must not keep the others from being read. */
  private int readOthersSometimes(int ready) {
    if (!reads || ready == sockets.size() + channels.size()) {
      return ready;
    }
    long now = System.nanoTime();
    if (now - readAt < OTHERS_NANOS) {
      return ready;
    }
    readAt = now;
    return readNow() ? look() : ready;
  }

  // ------------------------------------------------------------------------------------------------ from other threads

  /** Ends a poll that waits, or the next one. Any thread. */
  public void wakeup() {
    wakeupRequested = true;
    wakeCurrent();
  }

  private void wakeCurrent() {
    Waiter w = current;
    if (w != null) {
      w.wake();
    }
  }

  /**
   * A channel was closed: its descriptor is free only when every selector has looked. Any thread,
   * without locks.
   */
  void purge() {
    purgeRequested = true; // pairs with poll(): unlocked, then the request read
    if (inUse.isHeldByCurrentThread() || !inUse.tryLock()) {
      wakeCurrent();
      return;
    }
    try {
      purgeRequested = false;
      if (selector != null) {
        selector.selectNow(key -> {});
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      inUse.unlock();
    }
  }

  private void forgetClosedChannels() {
    purgeRequested = false;
    if (selector != null) {
      selectNow();
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
      sockets.values().forEach(member -> member.detach(selector));
      sockets.clear();
      channels.clear();
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
