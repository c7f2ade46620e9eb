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

  /** Its position is where the messages in it end. */
  private final ByteBuffer memory = ByteBuffer.allocate(OCTETS);

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
      if (!frames.isEmpty()) {
        for (Object frame : frames) {
          if (frame instanceof Body body) {
            body.release();
          }
        }
        frames.clear();
      }
      frameCount = 0;
      octets = 0;
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
    Entry entry = begin();
    message.accept(entry::add);
    end(entry);
  }

  /** Adds the message that was found, from its first frame to deliver on. */
  void add(Incoming message) {
    Entry entry = begin();
    FrameQueue queue = message.queue;
    boolean small = true;
    int count = 0;
    if (message.prefix != null) {
      small = fits(message.prefix.length);
      if (small) {
        putHeader(entry, Wire.FLAG_MORE, message.prefix.length);
        memory.put(message.prefix);
        count++;
      } else {
        entry.add(message.prefix);
      }
    }
    while (true) {
      int size = queue.size();
      boolean more = queue.more();
      if (small && !fits(size)) {
        small = false;
        takeOut(entry, count);
      }
      if (small) {
        putHeader(entry, more ? Wire.FLAG_MORE : 0, size);
        int at = memory.position();
        queue.copyTo(memory.array(), at);
        memory.position(at + size);
        count++;
      } else {
        entry.add(queue.detach());
      }
      if (!more) {
        break;
      }
      queue.nextFrame();
    }
    if (small) {
      entry.frameCount = count;
      entry.end = memory.position();
    }
    end(entry);
  }

  private Entry begin() {
    Entry entry = entries[messages];
    entry.clear(); // the last time it may not have been ended, for want of memory
    entry.from = memory.position();
    return entry;
  }

  private void end(Entry entry) {
    octets += entry.octets;
    messages++;
  }

  private boolean fits(int size) {
    return size <= FrameQueue.SHARE_MIN && memory.remaining() >= Wire.LONG_HEADER + size;
  }

  private void putHeader(Entry entry, int flags, int size) {
    entry.octets += size;
    int at = memory.position();
    memory.position(at + Wire.putHeader(memory, at, flags, size));
  }

  /** The message does not fit into the memory: the frames that are there get arrays. */
  private void takeOut(Entry entry, int count) {
    entry.octets = 0;
    memory.position(entry.from);
    for (int i = 0; i < count; i++) {
      int at = memory.position();
      byte[] frame = new byte[Wire.bodySize(memory, at)];
      memory.position(at + Wire.headerSize(memory, at)).get(frame);
      entry.add(frame);
    }
    memory.position(entry.from);
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
      target.addWire(memory, entry.from, entry.end, entry.frameCount);
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
      entries[i].clear();
    }
    messages = 0;
    octets = 0;
    memory.clear();
    at = 0;
  }
}
