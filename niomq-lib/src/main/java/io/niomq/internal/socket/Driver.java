package io.niomq.internal.socket;

import io.niomq.internal.pipe.PipeLink;
import java.io.IOException;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayDeque;
import java.util.function.Consumer;

/**
 * The private selector of one socket: a caller that waits for a message blocks in it and reads its
 * socket's channels by itself. The same channels are registered with the I/O thread's selector,
 * which notices the claim and leaves them alone.
 *
 * <p>{@link #busy}, {@link #selecting} and {@link #newcomers} are guarded by the socket's lock; the
 * selector and its keys belong to whoever set {@code busy}.
 */
final class Driver {
  /** Opens a selector. */
  @FunctionalInterface
  interface Opening {
    /** Fails, for instance, when the operating system has no descriptor left. */
    Selector open() throws IOException;
  }

  private final Consumer<SelectionKey> onReady = this::onReady;
  private final ArrayDeque<PipeLink> newcomers = new ArrayDeque<>();
  private Selector selector;
  private Thread thread;

  /** How the selector is opened. Tests have it fail. */
  Opening opening = Selector::open;

  /** A thread has the selector. */
  boolean busy;

  /**
   * That thread is in its select, or about to enter it: it needs a wake-up to look again. It may
   * look at this without the lock.
   */
  volatile boolean selecting;

  /** The last select has read something. */
  private boolean filled;

  /** A connection to register before the next select. Under the lock. */
  void add(PipeLink link) {
    newcomers.add(link);
  }

  /** A connection is gone. Under the lock. */
  void remove(PipeLink link) {
    newcomers.remove(link);
  }

  /** Makes a thread that selects look again; nothing if it is the caller itself. Under the lock. */
  void wake() {
    if (selecting && thread != Thread.currentThread()) {
      selecting = false;
      if (selector != null) { // null for who only looks
        selector.wakeup();
      }
    }
  }

  /** Takes the selector. Under the lock. */
  void enter() {
    assert !busy;
    busy = true;
    thread = Thread.currentThread();
  }

  /** Gives the selector back. Under the lock. */
  void leave() {
    busy = false;
    selecting = false;
    thread = null;
  }

  /**
   * Registers the newcomers. The caller is {@code busy}, without the lock, except for taking the
   * newcomers.
   */
  void register(PipeLink[] links) {
    for (PipeLink link : links) {
      if (link.isFinished()) {
        continue;
      }
      try {
        link.channel().register(selector, SelectionKey.OP_READ, link);
      } catch (ClosedChannelException e) {
        // its end is reported by the I/O thread
      }
    }
  }

  /** The newcomers so far. Under the lock. */
  PipeLink[] takeNewcomers() {
    if (newcomers.isEmpty()) {
      return NONE;
    }
    PipeLink[] links = newcomers.toArray(NONE);
    newcomers.clear();
    return links;
  }

  private static final PipeLink[] NONE = {};

  boolean isOpen() {
    return selector != null;
  }

  /** The caller is {@code busy}. */
  void open() throws IOException {
    if (selector == null) {
      selector = opening.open();
    }
  }

  /**
   * Looks and reads, again and again, as long as {@code spin} allows. The caller is {@code busy}
   * and has set {@code selecting}, without the lock.
   *
   * @param sole the only connection, or null when there are several
   * @return true when it is worth looking at the queues
   */
  boolean spin(Spin spin, PipeLink sole) throws IOException {
    do {
      if (sole != null ? sole.fill() : selectNow()) {
        return true;
      }
      if (!selecting) {
        return true; // woken: the wake-up may be used up by now
      }
    } while (spin.goesOn());
    return false;
  }

  private boolean selectNow() throws IOException {
    filled = false;
    select(0);
    return filled;
  }

  /**
   * Waits and reads. The caller is {@code busy} and has set {@code selecting}, without the lock.
   */
  void select(long timeoutMillis) throws IOException {
    try {
      if (timeoutMillis < 0) {
        selector.select(onReady);
      } else if (timeoutMillis == 0) {
        selector.selectNow(onReady);
      } else {
        selector.select(onReady, timeoutMillis);
      }
    } catch (ClosedSelectorException e) {
      // the socket was closed
    }
  }

  private void onReady(SelectionKey key) {
    PipeLink link = (PipeLink) key.attachment();
    try {
      filled |= link.fill();
      if (link.isFinished()) {
        key.cancel(); // the I/O thread closes it
      }
    } catch (CancelledKeyException e) {
      // closed meanwhile
    }
  }

  /** Gives the descriptors back. The caller is {@code busy}. */
  void close() {
    if (selector != null) {
      try {
        selector.close();
      } catch (IOException e) {
        // nothing to be done
      }
      selector = null;
    }
  }
}
