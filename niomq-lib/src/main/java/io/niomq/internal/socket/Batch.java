package io.niomq.internal.socket;

import io.niomq.internal.pipe.Body;
import io.niomq.internal.pipe.FrameQueue;
import io.niomq.internal.pipe.Incoming;
import io.niomq.internal.pipe.Outgoing;
import io.niomq.internal.pipe.Wire;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Messages that a proxy carries from one socket to another: so many that it takes the lock of each
 * socket once for all of them. Taken by {@link Receiving#recvNow}, passed on in the same order, one
 * by one or by {@link Sending#pass}. For one thread alone.
 *
 * <p>Small messages are kept in one piece of memory in their wire form, so that one copy brings
 * each into a queue; others as frames.
 */
public final class Batch {
  /** Few enough that the first of them does not wait long for the last. */
  public static final int MOST = 16;

  /** Memory for small messages; others are not added beyond these octets either. */
  private static final int OCTETS = 32 << 10;

  private final ByteBuffer memory = ByteBuffer.allocate(OCTETS);

  /** Where the messages in the memory end. */
  private int end;

  private final Entry[] entries = new Entry[MOST];
  private int messages;
  private long octets;

  /** The current message. */
  private int at;

  private final Consumer<Outgoing> writer = this::writeTo;

  /** One message: in the memory when it has a {@link #frameCount}, or else in {@link #frames}. */
  private static final class Entry {
    int from;
    int end;
    int frameCount;

    /** byte[], or Body that this batch holds. */
    final List<Object> frames = new ArrayList<>();

    /** Of all frames, without headers. */
    long octets;

    void add(Object frame) {
      frames.add(frame);
      octets += frame instanceof byte[] b ? b.length : ((Body) frame).size();
    }

    void clear() {
      for (Object frame : frames) {
        if (frame instanceof Body body) {
          body.release();
        }
      }
      frames.clear();
    }
  }

  public Batch() {
    for (int i = 0; i < MOST; i++) {
      entries[i] = new Entry();
    }
  }

  // ------------------------------------------------------------------------------------------------ filling

  /** Whether no more messages should be added. */
  boolean isFull() {
    return messages == MOST || octets >= OCTETS;
  }

  /** Adds a message frame by frame; the frames belong to this batch then. */
  void add(Consumer<FrameSink> message) {
    Entry entry = entries[messages];
    begin(entry);
    message.accept(entry::add);
    added(entry);
  }

  /** Adds the message that was found. */
  void add(Incoming message) {
    Entry entry = entries[messages];
    if (!copy(message, entry)) {
      detach(message, entry);
    }
    added(entry);
  }

  private void added(Entry entry) {
    octets += entry.octets;
    messages++;
  }

  /** Copies a small message into the memory; false when it is not one, or there is no room. */
  private boolean copy(Incoming message, Entry entry) {
    FrameQueue queue = message.queue;
    byte[] prefix = message.prefix;
    int position = end;
    int count = 0;
    long bodies = 0;
    if (prefix != null) {
      if (!fits(position, prefix.length)) {
        return false;
      }
      position += Wire.putHeader(memory, position, Wire.FLAG_MORE, prefix.length);
      memory.put(position, prefix, 0, prefix.length);
      position += prefix.length;
      bodies = prefix.length;
      count = 1;
    }
    while (true) {
      int size = queue.size();
      if (!fits(position, size)) {
        queue.firstFrame();
        return false;
      }
      boolean more = queue.more();
      position += Wire.putHeader(memory, position, more ? Wire.FLAG_MORE : 0, size);
      queue.copyTo(memory.array(), position);
      position += size;
      bodies += size;
      count++;
      if (!more) {
        break;
      }
      queue.nextFrame();
    }
    entry.from = end;
    entry.end = position;
    entry.frameCount = count;
    entry.octets = bodies;
    end = position;
    return true;
  }

  private static void begin(Entry entry) {
    entry.clear(); // the last time it may not have been ended, for want of memory
    entry.frameCount = 0;
    entry.octets = 0;
  }

  private static boolean fits(int position, int size) {
    return size <= FrameQueue.SHARE_MIN && OCTETS - position >= Wire.LONG_HEADER + size;
  }

  private static void detach(Incoming message, Entry entry) {
    begin(entry);
    FrameQueue queue = message.queue;
    if (message.prefix != null) {
      entry.add(message.prefix);
    }
    entry.add(queue.detach());
    while (queue.more()) {
      queue.nextFrame();
      entry.add(queue.detach());
    }
  }

  // ------------------------------------------------------------------------------------------------ passing on

  public boolean isEmpty() {
    return messages == 0;
  }

  /** Messages before the current one: they were passed on. */
  public int passed() {
    return at;
  }

  /** Octets of those. */
  public long passedOctets() {
    long passed = 0;
    for (int i = 0; i < at; i++) {
      passed += entries[i].octets;
    }
    return passed;
  }

  /** Messages that were not passed on yet, the current one included. */
  public int left() {
    return messages - at;
  }

  /** Lets an {@link Outgoing} refer to the current message, which stays this batch's. */
  public Consumer<Outgoing> writer() {
    return writer;
  }

  private void writeTo(Outgoing target) {
    Entry entry = entries[at];
    if (entry.frameCount > 0) {
      target.ofWire(memory, entry.from, entry.end, entry.frameCount);
    } else {
      entry.frames.forEach(target::add);
    }
  }

  /** Moves to the next message. */
  public void next() {
    at++;
  }

  /** Moves back to the first message. */
  public void first() {
    at = 0;
  }

  /** Forgets all messages and gives shared memory back. */
  public void clear() {
    for (int i = 0; i < messages; i++) {
      if (entries[i].frameCount == 0) {
        entries[i].clear();
      }
    }
    messages = 0;
    octets = 0;
    end = 0;
    at = 0;
  }
}
