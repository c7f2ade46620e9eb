package io.niomq.internal.pipe;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
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
  private static final int MIN_SHIFT = 10;
  private static final int CLASSES = 11;

  /**
   * So much lies untouched, of each size, before {@link #takeRested} takes what has lain longest.
   * With what is in use about 4 MiB go round: more than most processors' second-level caches hold.
   */
  static final int RESTING = 3 << 20;

  /** How much is kept of each size when nobody uses it; until {@link #trim} finds it unneeded. */
  private static final long KEPT_PER_CLASS = 8 << 20;

  /** The same of the largest pieces, of which bodies of many megabytes are made. */
  private static final long KEPT_OF_LARGEST = 64 << 20;

  private final Shelf[] shelves = new Shelf[CLASSES];

  /** Who takes pieces of this size will have memory to give back some time. */
  private static final int WORTH_TRIMMING = 8 << 10;

  private final AtomicLong outstanding = new AtomicLong();
  private final AtomicBoolean inUse = new AtomicBoolean();
  private final Runnable onUse;

  public ChunkPool() {
    this(() -> {});
  }

  /**
   * @param onUse called when larger pieces are in use, once between two calls of {@link #trim}; by
   *     any thread, also under a socket's lock
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

  /** As {@link #takeChunk}, but the chunk that has not been used for longest, of many. */
  Chunk takeRestedChunk(int size) {
    count(size);
    return shelfFor(size).takeRestedChunk();
  }

  /** Gives a chunk with memory of the pool back. */
  void give(Chunk chunk) {
    outstanding.decrementAndGet();
    chunk.reset();
    shelfFor(chunk.capacity()).give(chunk);
  }

  private void count(int size) {
    outstanding.incrementAndGet();
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
    private final ArrayDeque<Chunk> chunks = new ArrayDeque<>();

    private final int size;
    private final int keep;

    /** So many have lain here since the last {@link #trim}, beyond those that rest. */
    private int unneeded;

    /** How many are to lie here as long as they are taken rested; 0 if none was since then. */
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
        Chunk c = chunks.pollLast();
        if (c != null) {
          taken();
          return c;
        }
      } finally {
        lock.unlock();
      }
      return new Chunk(take());
    }

    Chunk takeRestedChunk() {
      ByteBuffer memory = null;
      lock.lock();
      try {
        if (mayTakeRested()) {
          if (chunks.size() > resting || free.isEmpty()) {
            Chunk c = chunks.pollFirst();
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
        if (mayTakeRested()) {
          b =
              free.size() > resting || chunks.isEmpty()
                  ? free.pollFirst()
                  : chunks.pollFirst().memory;
        }
        taken();
      } finally {
        lock.unlock();
      }
      return b != null ? b : allocateAnother();
    }

    /** Whether more than enough lie here, of either kind. */
    private boolean mayTakeRested() {
      resting = scarce ? 0 : RESTING / size;
      return lying() > resting;
    }

    /** Memory beside what rests, if there is any. */
    private ByteBuffer allocateAnother() {
      try {
        return ByteBuffer.allocateDirect(size);
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
          b = chunks.pollLast().memory;
        }
        taken();
        if (b != null) {
          return b;
        }
        if (size < SLAB_SIZE / 4) {
          ByteBuffer slab = ByteBuffer.allocateDirect(SLAB_SIZE);
          for (int at = size; at + size <= SLAB_SIZE; at += size) {
            free.addLast(slab.slice(at, size));
          }
          return slab.slice(0, size);
        }
      } finally {
        lock.unlock();
      }
      return ByteBuffer.allocateDirect(size);
    }

    private void taken() {
      unneeded = Math.min(unneeded, Math.max(0, lying() - resting));
    }

    boolean trim() {
      lock.lock();
      try {
        for (; unneeded > 0; unneeded--) {
          if (free.pollFirst() == null) {
            chunks.pollFirst();
          }
        }
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
          chunks.addLast(c);
        }
      } finally {
        lock.unlock();
      }
    }
  }
}
