package io.niomq.internal.pipe;

import java.nio.ByteBuffer;

/**
 * The producer's side of a {@link FrameQueue}: appends messages, or lets the decoder read into the
 * tail and publish. All methods need the producer's exclusivity.
 */
abstract class QueueProducer extends QueuePaddingFirst {
  /** Messages of so many octets take the tail's cache lines one by one. */
  private static final int LITTLE = 256;

  /** For those, so many octets of the tail are fetched at a time. */
  private static final int FETCHED = 1024;

  private static final int CACHE_LINE = 64;

  final ChunkPool pool;

  Chunk tail;

  // Of the tail, for each message:

  private ByteBuffer tailMemory;
  private long[] tailWord;
  int tailEnd;
  private int tailCapacity;
  private int tailMessages;

  /** Up to where the tail's lines were fetched, at least. */
  private int fetchedTo;

  private int nextSize = ChunkPool.MIN_SIZE;

  /** Null for one that is always {@link FrameQueue#CHUNK_SMALL}. */
  private ChunkGrowth growth;

  private volatile int highWaterMark;

  private long appended;
  private long appendedOctets;
  private long creditSeen;

  /**
   * What {@link #appended} may become, as far as is known; 0 when the mark has changed. Others
   * write it only then: see {@link #noteCredit}.
   */
  private volatile long limit;

  QueueProducer(ChunkPool pool) {
    this.pool = pool;
    tail(new Chunk());
  }

  /** The credit that the consumer has returned; pairs with {@link QueueConsumer#storeCredit}. */
  abstract long loadCredit();

  /** Has the consumer return credit after this many messages. */
  abstract void creditStep(int messages);

  /** Sets the high-water mark, in messages; 0 for none. Any thread. */
  public void highWaterMark(int mark) {
    highWaterMark = mark;
    limit = 0;
    creditStep(mark == 0 ? FrameQueue.CREDIT_STEP_UNLIMITED : mark / 2 + (mark & 1));
  }

  public int highWaterMark() {
    return highWaterMark;
  }

  /** Whether one more message fits under the high-water mark. Producer. */
  public boolean hasRoom() {
    return appended < limit || appended < noteCredit();
  }

  /**
   * Asks for the credit. Who changes the mark takes the limit back afterwards; if it was changed
   * between the two looks at it here, the limit may be that of the old one, and is made again.
   *
   * @return the limit, whatever others write meanwhile
   */
  private long noteCredit() {
    creditSeen = loadCredit();
    long known;
    int mark;
    do {
      mark = highWaterMark;
      known = mark == 0 ? Long.MAX_VALUE : creditSeen + mark;
      limit = known;
    } while (mark != highWaterMark);
    return known;
  }

  /** How many more messages fit under the high-water mark; no more than {@code most}. Producer. */
  public int room(int most) {
    long known = limit;
    if (known - appended < most) {
      known = noteCredit();
    }
    return (int) Math.max(0, Math.min(most, known - appended));
  }

  /**
   * Whether at least {@code messages} are queued; asks the consumer only if it seems so. Producer.
   */
  public boolean holdsAtLeast(long messages) {
    return appended - creditSeen >= messages && appended - (creditSeen = loadCredit()) >= messages;
  }

  /** Messages appended so far. Producer. */
  public long appended() {
    return appended;
  }

  /** Octets appended so far, commands included: tells two states of the queue apart. Producer. */
  public long appendedOctets() {
    return appendedOctets;
  }

  /** Appends a message. The caller has asked {@link #hasRoom}, or may exceed the mark. Producer. */
  public void append(Outgoing m) {
    if (m.isPlain()) {
      append(m.array, m.offset, m.length);
    } else if (m.isWire()) {
      int at = reserve((int) m.wireSize());
      commit(m.encode(tailMemory, at), 1);
    } else {
      appendFrames(m);
    }
  }

  /** The same with a message of one frame. Producer. */
  public void append(byte[] source, int offset, int length) {
    if (length <= Wire.SHORT_MAX) {
      int at = reserve(Wire.SHORT_HEADER + length);
      ByteBuffer memory = tailMemory;
      memory.putShort(at, (short) length);
      memory.put(at + Wire.SHORT_HEADER, source, offset, length);
      commit(at + Wire.SHORT_HEADER + length, 1);
    } else if (length <= FrameQueue.INLINE_MAX) {
      int at = reserve(Wire.LONG_HEADER + length);
      ByteBuffer memory = tailMemory;
      Wire.putHeader(memory, at, 0, length);
      memory.put(at + Wire.LONG_HEADER, source, offset, length);
      commit(at + Wire.LONG_HEADER + length, 1);
    } else {
      ByteBuffer body = ByteBuffer.wrap(source, offset, length);
      appendLarge(new Body[] {Body.copyOf(body, pool, isFast(length))});
    }
  }

  private void appendFrames(Outgoing m) {
    int frames = m.frameCount();
    int total = 0;
    for (int i = 0; i < frames; i++) {
      int size = m.frameSize(i);
      total += Wire.headerSize(size) + size;
      if (size > m.inlineMax(i) || total > FrameQueue.MESSAGE_MAX) {
        appendLarge(m.toBodies(pool, isFast(m.wireSize())));
        return;
      }
    }
    int at = reserve(total);
    commit(m.encode(tailMemory, at), 1);
  }

  /**
   * Appends the first {@code octets} of a buffer: so many whole messages in their wire form.
   * Producer.
   */
  public void append(ByteBuffer frames, int octets, int messages) {
    int at = reserve(octets);
    tailMemory.put(at, frames, 0, octets);
    commit(at + octets, messages);
  }

  /** Appends a command, {@code body} being its name and data. It is not counted. Producer. */
  public void appendCommand(byte[] body) {
    int total = Wire.headerSize(body.length) + body.length;
    int at = reserve(total);
    at += Wire.putHeader(tailMemory, at, Wire.FLAG_COMMAND, body.length);
    tailMemory.put(at, body, 0, body.length);
    commit(at + body.length, 0);
  }

  /**
   * Appends a message that is held by reference; takes over the caller's hold on each body.
   * Producer.
   */
  public void appendLarge(Body[] bodies) {
    Large large = new Large(bodies);
    Chunk c = new Chunk(large);
    appended++;
    appendedOctets += large.wireSize();
    Chunk before = tail;
    tail(c);
    before.link(c);
  }

  /** A place for {@code size} contiguous octets in the tail. */
  private int reserve(int size) {
    if (tailCapacity - tailEnd < size) {
      startTail(size);
    }
    if (size <= LITTLE && tailEnd + size > fetchedTo && growth != null) {
      fetch(tailEnd + size);
    }
    return tailEnd;
  }

  /**
   * Writes to the next lines of the tail, which nobody sees yet, so that they come into the cache
   * all at once. One by one each would come while its message waits: whoever gives a lock back or
   * takes one waits until all that it wrote has arrived. See docs/decisions/0027-distance.md.
   */
  private void fetch(int from) {
    int to = Math.min(tailCapacity, from + FETCHED);
    ByteBuffer memory = tailMemory;
    for (int at = from; at < to; at += CACHE_LINE) {
      memory.put(at, (byte) 0);
    }
    fetchedTo = to;
  }

  private void commit(int end, int messages) {
    appendedOctets += end - tailEnd;
    appended += messages;
    tailEnd = end;
    tailMessages += messages;
    Chunk.publish(tailWord, tailMessages, end);
  }

  /**
   * Starts a new chunk for at least {@code size} octets; each is twice as large as the one before.
   * Producer.
   */
  public void startTail(int size) {
    startTail(size, null, 0, 0);
  }

  /**
   * Starts a new chunk that begins with {@code length} octets of the tail's own, not yet published
   * ones. They are copied before the new chunk is linked: from then on the consumer may leave the
   * old one, and its memory be used for others.
   */
  public void startTail(int size, ByteBuffer source, int from, int length) {
    if (tail.large != null) {
      nextSize = ChunkPool.MIN_SIZE; // between large messages a chunk holds little
    }
    int capacity = Math.max(size, nextSize);
    int smallMax =
        growth == null ? FrameQueue.CHUNK_SMALL : growth.next(appendedOctets, System.nanoTime());
    int sizeMax =
        Math.min(FrameQueue.CHUNK_MAX, Math.max(smallMax, FrameQueue.CHUNK_MESSAGES * size));
    if (growth != null) {
      nextSize = Math.min(nextSize, sizeMax);
    }
    if (nextSize < sizeMax) {
      nextSize <<= 1;
    }
    boolean isLargest = growth != null && capacity == FrameQueue.CHUNK_MAX;
    Rest rest = isLargest ? growth.rest(tailMessages) : Rest.NONE;
    Chunk c = rest == Rest.NONE ? pool.takeChunk(capacity) : pool.takeRestedChunk(capacity, rest);
    if (length > 0) {
      c.memory.put(0, source, from, length);
    }
    Chunk before = tail;
    tail(c);
    before.link(c);
  }

  /**
   * Whether octets come fast to a consumer in the same context, for a large message. Those that
   * fill a cache by themselves gain nothing by other memory each time.
   */
  private boolean isFast(long octets) {
    return growth != null
        && growth.next(appendedOctets, System.nanoTime()) == FrameQueue.CHUNK_MAX
        && octets <= FrameQueue.CHUNK_MAX;
  }

  /** Has chunks grow while messages come fast, for a consumer in the same context. Producer. */
  public void growWithRate() {
    growth = new FillRate();
  }

  /** Has chunks be smaller while messages come slowly. Producer. */
  public void staySmallWhenSlow() {
    growth = new SlowFill(System.nanoTime());
  }

  /**
   * Appends no more to the tail, so that its memory can be given back when all was taken. Producer.
   *
   * @return whether it had memory
   */
  boolean leaveTail() {
    Chunk before = tail;
    if (before.memory == null) {
      return false;
    }
    restart(new Chunk());
    before.link(tail);
    return true;
  }

  /** Goes on in {@code empty}, with small chunks. Producer. */
  void restart(Chunk empty) {
    tail(empty);
    nextSize = ChunkPool.MIN_SIZE;
  }

  /** Goes on in {@code chunk}, which holds nothing so far, or one large message. Producer. */
  final void tail(Chunk chunk) {
    tail = chunk;
    tailMemory = chunk.memory;
    tailWord = chunk.word();
    tailEnd = 0;
    tailCapacity = chunk.capacity();
    tailMessages = 0;
    fetchedTo = 0;
  }

  /** The memory that the decoder reads into; null before the first {@link #startTail}. Producer. */
  public ByteBuffer tailMemory() {
    return tailMemory;
  }

  /** A view of {@link #tailMemory} for the channel read. Producer, inbound queues only. */
  public ByteBuffer tailView() {
    return tail.out;
  }

  /** Where published octets end in the tail. Producer. */
  public int tailEnd() {
    return tailEnd;
  }

  public int tailCapacity() {
    return tailCapacity;
  }

  /**
   * Makes the tail's octets up to {@code end} visible, {@code messages} more of them whole
   * messages. Producer.
   */
  public void publish(int end, int messages) {
    commit(end, messages);
  }

  public ChunkPool pool() {
    return pool;
  }
}
