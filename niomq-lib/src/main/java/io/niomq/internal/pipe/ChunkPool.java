package io.niomq.internal.pipe;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Direct memory in sizes of powers of two, kept for reuse, one pool per context. Small pieces are
 * cut from slabs, so that a thousand idle connections do not cost a thousand allocations.
 *
 * <p>Threads: any. Each size has a lock that is held for a few instructions.
 */
public final class ChunkPool {
  /** Smallest piece. */
  public static final int MIN_SIZE = 1 << 10;

  /** Largest piece. */
  public static final int MAX_SIZE = 1 << 20;

  private static final int SLAB_SIZE = 1 << 16;
  private static final int PAGE = 4096;

  /** Where in a page memory begins: further from the start than any headers are long. */
  private static final int PLACE = PAGE / 4;

  private static final int MIN_SHIFT = 10;
  private static final int CLASSES = 11;

  /** How much is kept of each size when nobody uses it; until {@link #trim} finds it unneeded. */
  private static final long KEPT_PER_CLASS = 8 << 20;

  /** The same of the largest pieces, of which bodies of many megabytes are made. */
  private static final long KEPT_OF_LARGEST = 64 << 20;

  private final Shelf[] shelves = new Shelf[CLASSES];

  /** Where pieces of this size are taken or given back, there is memory to let go some time. */
  private static final int WORTH_TRIMMING = 8 << 10;

  private final AtomicLong outstanding = new AtomicLong();
  private final AtomicBoolean inUse = new AtomicBoolean();
  private final Runnable onUse;

  public ChunkPool() {
    this(() -> {});
  }

  /**
   * @param onUse called when larger pieces are taken or given back, once between two calls of
   *     {@link #trim}; by any thread, also under a socket's lock
   */
  public ChunkPool(Runnable onUse) {
    this.onUse = onUse;
    for (int i = 0; i < CLASSES; i++) {
      shelves[i] = new Shelf(MIN_SIZE << i);
    }
  }

  /**
   * A buffer of at least {@code size} octets, at most {@link #MAX_SIZE}; its capacity is a power of
   * two.
   */
  public ByteBuffer take(int size) {
    count(size);
    return shelfFor(size).take();
  }

  /** Gives a buffer back; the caller has no reference to it any more. */
  public void give(ByteBuffer buffer) {
    outstanding.decrementAndGet();
    shelfFor(buffer.capacity()).give(buffer);
    noteUse(buffer.capacity());
  }

  /** A chunk of at least {@code size} octets, as new. */
  Chunk takeChunk(int size) {
    count(size);
    return shelfFor(size).takeChunk();
  }

  /**
   * As {@link #take}, but the buffer that has not been used for longest, of many. For a producer on
   * one processor whose consumer is on another: lines that the consumer still has in its cache cost
   * several times as much to write as those that have left it. See docs/decisions/0027-distance.md.
   */
  ByteBuffer takeRested(int size) {
    count(size);
    return shelfFor(size).takeRested();
  }

  /** As {@link #takeChunk}, but a chunk that has rested. */
  Chunk takeRestedChunk(int size, Rest rest) {
    count(size);
    return shelfFor(size).takeRestedChunk(rest);
  }

  /** Gives a chunk with memory of the pool back. */
  void give(Chunk chunk) {
    outstanding.decrementAndGet();
    chunk.reset();
    shelfFor(chunk.capacity()).give(chunk);
    noteUse(chunk.capacity());
  }

  private void count(int size) {
    outstanding.incrementAndGet();
    noteUse(size);
  }

  /** Also who gives a piece back has left something to trim. */
  private void noteUse(int size) {
    if (size >= WORTH_TRIMMING && !inUse.getPlain() && inUse.compareAndSet(false, true)) {
      onUse.run();
    }
  }

  /**
   * Lets go of what has not been needed since the last call.
   *
   * @return whether something is left that may not be needed, either
   */
  public boolean trim() {
    inUse.set(false);
    boolean left = false;
    for (Shelf shelf : shelves) {
      left |= shelf.trim();
    }
    return left;
  }

  /** How many buffers are in use: 0 after every socket of the context is closed and read empty. */
  public long outstanding() {
    return outstanding.get();
  }

  private Shelf shelfFor(int size) {
    assert size <= MAX_SIZE : size;
    int shift = size <= MIN_SIZE ? MIN_SHIFT : 32 - Integer.numberOfLeadingZeros(size - 1);
    return shelves[shift - MIN_SHIFT];
  }

  private static final class Shelf {
    private final ReentrantLock lock = new ReentrantLock();
    private final ArrayDeque<ByteBuffer> free = new ArrayDeque<>();

    /** Memory that has its chunk already: a stream of messages allocates nothing. */
    private final ArrayList<Chunk> chunks = new ArrayList<>();

    private final int size;
    private final int keep;

    /** So many have lain here since the last {@link #trim}, beyond those that rest. */
    private int unneeded;

    /** How many are to lie here for those who take rested ones; 0 if nobody has since then. */
    private int resting;

    /** There was no memory for others, so none rest. */
    private boolean scarce;

    Shelf(int size) {
      this.size = size;
      this.keep = (int) ((size == MAX_SIZE ? KEPT_OF_LARGEST : KEPT_PER_CLASS) / size);
    }

    Chunk takeChunk() {
      lock.lock();
      try {
        if (!chunks.isEmpty()) {
          Chunk c = chunks.remove(chunks.size() - 1);
          taken();
          return c;
        }
      } finally {
        lock.unlock();
      }
      return new Chunk(take());
    }

    Chunk takeRestedChunk(Rest rest) {
      ByteBuffer memory = null;
      lock.lock();
      try {
        int toRest = toRest(rest);
        if (lying() > toRest) {
          if (chunks.size() > toRest || free.isEmpty()) {
            int longer = Math.max(0, chunks.size() - 1 - toRest);
            Chunk c = chunks.remove(rest == Rest.SHORT ? longer : 0);
            taken();
            return c;
          }
          memory = free.pollFirst();
        }
        taken();
      } finally {
        lock.unlock();
      }
      return new Chunk(memory != null ? memory : allocateAnother());
    }

    ByteBuffer takeRested() {
      ByteBuffer b = null;
      lock.lock();
      try {
        int toRest = toRest(Rest.ENOUGH);
        if (lying() > toRest) {
          b = free.size() > toRest || chunks.isEmpty() ? free.pollFirst() : chunks.remove(0).memory;
        }
        taken();
      } finally {
        lock.unlock();
      }
      return b != null ? b : allocateAnother();
    }

    /** How many are to lie here, of either kind, before one of them is taken. */
    private int toRest(Rest rest) {
      int toRest = scarce ? 0 : rest.octets / size;
      resting = scarce ? 0 : Math.max(resting, toRest);
      return toRest;
    }

    /** Memory beside what rests, if there is any. */
    private ByteBuffer allocateAnother() {
      try {
        return allocate(size);
      } catch (OutOfMemoryError e) {
        lock.lock();
        try {
          scarce = true;
        } finally {
          lock.unlock();
        }
        return take();
      }
    }

    private int lying() {
      return free.size() + chunks.size();
    }

    ByteBuffer take() {
      lock.lock();
      try {
        ByteBuffer b = free.pollLast();
        if (b == null && !chunks.isEmpty()) {
          b = chunks.remove(chunks.size() - 1).memory;
        }
        taken();
        if (b != null) {
          return b;
        }
        if (size < SLAB_SIZE / 4) {
          ByteBuffer slab = allocate(SLAB_SIZE);
          for (int at = size; at + size <= SLAB_SIZE; at += size) {
            free.addLast(slab.slice(at, size));
          }
          return slab.slice(0, size);
        }
      } finally {
        lock.unlock();
      }
      return allocate(size);
    }

    /**
     * New memory that begins a quarter into a page. The system copies from and to channels several
     * times as slowly on some processors when the target begins up to 31 octets further in its page
     * than the source in its own; and memory of its own, as the JDK gets it, begins 16 octets into
     * a page, what a channel holds often at the start of one. See docs/decisions/0031-places.md.
     */
    private static ByteBuffer allocate(int size) {
      ByteBuffer memory = ByteBuffer.allocateDirect(size + PAGE);
      int at = (PLACE - memory.alignmentOffset(0, PAGE)) & (PAGE - 1);
      return memory.slice(at, size);
    }

    private void taken() {
      unneeded = Math.min(unneeded, Math.max(0, lying() - resting));
    }

    boolean trim() {
      lock.lock();
      try {
        for (; unneeded > 0 && !free.isEmpty(); unneeded--) {
          free.removeFirst();
        }
        chunks.subList(0, unneeded).clear();
        unneeded = lying();
        resting = 0;
        return unneeded > 0;
      } finally {
        lock.unlock();
      }
    }

    void give(ByteBuffer b) {
      lock.lock();
      try {
        if (lying() < keep + resting) {
          free.addLast(b);
        }
      } finally {
        lock.unlock();
      }
    }

    void give(Chunk c) {
      lock.lock();
      try {
        if (lying() < keep + resting) {
          chunks.add(c);
        }
      } finally {
        lock.unlock();
      }
    }
  }
}
