package io.niomq.internal.zmtp;

import io.niomq.Errno;
import io.niomq.SocketType;
import io.niomq.internal.pipe.Body;
import io.niomq.internal.pipe.ChunkPool;
import io.niomq.internal.pipe.FrameQueue;
import io.niomq.internal.pipe.SubscriptionCommand;
import io.niomq.internal.pipe.Wire;
import io.niomq.internal.security.ProtocolException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.util.ArrayDeque;
import java.util.ArrayList;

/**
 * Cuts a ZMTP 2.0 or 3.x stream into frames. It reads into the tail of the inbound queue and
 * publishes what has become whole messages; nothing is copied, except an incomplete message at the
 * end of a chunk. A large body is read into memory of its own, piece by piece as it comes.
 *
 * <pre>
 *   tail:   ... published | start ... parsed ... received | free ...
 *                           incomplete message
 * </pre>
 *
 * Invariant: {@code tailEnd = start <= parsed <= received <= capacity}; a size is checked before
 * memory is taken. Driven by one thread at a time, the holder of the connection's reading side. RFC
 * 37, Framing.
 */
final class FrameDecoder implements FrameReader {
  /** Less room than this at the end of a chunk is not worth a system call. */
  private static final int READ_MIN = 256;

  /** Of messages of so many octets no part is read that would have to move to the next chunk. */
  private static final int EVEN_MIN = 4 << 10;

  /**
   * A large body comes in pieces, each as large as what came before it, within these limits: so a
   * peer takes memory only by sending.
   */
  private static final int PIECE_MIN = 64 << 10;

  private static final int PIECE_MAX = ChunkPool.MAX_SIZE;

  /** One call reads no more of a large body than this, so that other peers have their turn. */
  private static final int BODY_READ_MAX = 1 << 20;

  /** Largest frame: what fits into an array. */
  private static final int FRAME_MAX = Integer.MAX_VALUE - 64;

  static final int COMMAND_MAX = 256 << 10;

  private final FrameQueue queue;
  private final long frameMax;
  private final boolean passesSubscriptions;
  private final boolean checksReplies;
  private final ArrayDeque<byte[]> replies = new ArrayDeque<>(0);

  private int timeToLive;

  private int start;
  private int parsed;

  /** Octets of commands, already dealt with, between the frames of the incomplete message. */
  private int dead;

  private int received;

  /** Octets of the last message that is not held by reference. */
  private int lastSize;

  /** Whether the one before it had as many, and they are not few. */
  private boolean even;

  /** Whole messages between {@code tailEnd} and {@code start}. */
  private int whole;

  /** Whether there is a subscription for the publisher among them. */
  private boolean passes;

  /** Frames of the message so far (a reply's shape depends on them). */
  private int frameIndex;

  private boolean delimited;

  /** The frames so far of a message that is held by reference; null otherwise. */
  private ArrayList<Body> large;

  /** The last message was large, so the next one may be, too. */
  private boolean expectsLarge;

  // The large body that is being read; pieces is null when there is none.
  private ArrayList<ByteBuffer> pieces;
  private int bodySize;
  private int bodyRead;
  private boolean bodyMore;

  FrameDecoder(FrameQueue queue, long maxMessageSize, SocketType type) {
    this.queue = queue;
    this.frameMax = maxMessageSize;
    this.passesSubscriptions = type == SocketType.PUB || type == SocketType.XPUB;
    this.checksReplies = type == SocketType.REQ;
    // What an earlier connection left unfinished in the tail is not looked at again.
    this.start = queue.tailEnd();
    this.parsed = start;
    this.received = start;
  }

  static void checkSize(long size, long frameMax) throws ProtocolException {
    if (size < 0 || size > FRAME_MAX || (frameMax >= 0 && size > frameMax)) {
      throw new ProtocolException(
          Errno.EMSGSIZE,
          "a frame of "
              + Long.toUnsignedString(size)
              + " octets; allowed: "
              + (frameMax >= 0 ? Math.min(frameMax, FRAME_MAX) : FRAME_MAX),
          false);
    }
  }

  @Override
  public int read(ReadableByteChannel channel) throws IOException, ProtocolException {
    if (pieces != null) {
      return readBody(channel);
    }
    makeRoom();
    ByteBuffer view = queue.tailView();
    int end = queue.tailCapacity();
    if (expectsLarge) {
      end = Math.min(end, received + READ_MIN); // its body shall not come here, to be copied
    } else if (even && endOfWhole() > received) { // else this one is of another size
      end = endOfWhole();
    }
    view.limit(end).position(received);
    int n = channel.read(view);
    if (n > 0) {
      received += n;
      expectsLarge = false;
      decode();
    }
    return n;
  }

  @Override
  public void accept(ByteBuffer octets) throws ProtocolException {
    while (octets.hasRemaining()) {
      if (pieces != null) {
        ByteBuffer piece = piece();
        int n = Math.min(octets.remaining(), piece.remaining());
        piece.put(piece.position(), octets, octets.position(), n);
        piece.position(piece.position() + n);
        octets.position(octets.position() + n);
        advanceBody(n);
        continue;
      }
      makeRoom();
      int n = Math.min(octets.remaining(), queue.tailCapacity() - received);
      queue.tailMemory().put(received, octets, octets.position(), n);
      octets.position(octets.position() + n);
      received += n;
      decode();
    }
  }

  @Override
  public byte[] takeReply() {
    return replies.poll();
  }

  @Override
  public int timeToLive() {
    return timeToLive;
  }

  @Override
  public int octetsOfIncomplete() {
    return pieces == null ? 0 : bodyRead;
  }

  @Override
  public void trim() {
    if (pieces == null && large == null && received == queue.tailEnd() && queue.trim()) {
      start = 0;
      parsed = 0;
      received = 0;
    }
  }

  private void makeRoom() {
    int free = queue.tailCapacity() - received;
    if (even && received == start && free < lastSize) {
      moveTail(lastSize);
    } else if (free == 0 || (free < READ_MIN && received - start < queue.tailCapacity() / 2)) {
      moveTail(0);
    }
  }

  /** Where the last message ends that has room in the tail, if all go on being of one size. */
  private int endOfWhole() {
    int room = queue.tailCapacity() - start;
    return start + room / lastSize * lastSize;
  }

  /** Goes on in a new chunk with the incomplete message, and room for {@code more} octets of it. */
  private void moveTail(int more) {
    if (dead > (received - start) / 2) {
      dropDead();
      if (queue.tailCapacity() - received >= Math.max(READ_MIN, more)) {
        return;
      }
    }
    int from = large == null ? start : parsed; // frames of a large message have memory of their own
    int length = received - from;
    queue.startTail(length + Math.max(READ_MIN, more), queue.tailMemory(), from, length);
    parsed -= from;
    received = length;
    start = 0;
  }

  /**
   * Commands between the frames of a message do not stay in its way: else a message that never
   * ends, with PINGs in between, would need memory without end.
   */
  private void dropDead() {
    ByteBuffer memory = queue.tailMemory();
    int to = start;
    for (int at = start; at < parsed; ) {
      int size = Wire.headerSize(memory, at) + Wire.bodySize(memory, at);
      if (!isDone(memory, at)) {
        memory.put(to, memory, at, size);
        to += size;
      }
      at += size;
    }
    memory.put(to, memory, parsed, received - parsed);
    received -= parsed - to;
    parsed = to;
    dead = 0;
  }

  private void decode() throws ProtocolException {
    try {
      parse();
    } finally {
      publish(); // also what came before a fault
    }
    assert start <= parsed && parsed <= received && received <= queue.tailCapacity();
  }

  private void parse() throws ProtocolException {
    while (true) {
      int available = received - parsed;
      if (available < Wire.SHORT_HEADER) {
        break;
      }
      ByteBuffer memory = queue.tailMemory();
      int flags = memory.get(parsed);
      int header;
      long size;
      if ((flags & Wire.FLAG_LONG) == 0) {
        header = Wire.SHORT_HEADER;
        size = memory.get(parsed + 1) & 0xFF;
      } else {
        if (available < Wire.LONG_HEADER) {
          break;
        }
        header = Wire.LONG_HEADER;
        size = memory.getLong(parsed + 1);
      }
      checkSize(size, frameMax);
      if ((flags & Wire.FLAG_COMMAND) != 0) {
        if (!parseCommand(flags, header, (int) size)) {
          break;
        }
        continue;
      }
      boolean more = (flags & Wire.FLAG_MORE) != 0;
      if (checksReplies) {
        checkReply((int) size, more);
      }
      if (large == null
          && (size > FrameQueue.INLINE_MAX
              || parsed - start + header + size > FrameQueue.MESSAGE_MAX)) {
        publish();
        beginLarge();
      }
      if (large != null) {
        if (!parsePartOfLarge(header, (int) size, more)) {
          break;
        }
        continue;
      }
      int total = header + (int) size;
      if (!isThere(total)) {
        break;
      }
      if ((flags & ~Wire.FLAGS_KNOWN) != 0) {
        memory.put(parsed, (byte) (flags & Wire.FLAGS_KNOWN));
      }
      parsed += total;
      frameIndex++;
      if (!more) {
        whole++;
        noteSize(parsed - start);
        start = parsed;
        dead = 0;
        frameIndex = 0;
        delimited = false;
      }
    }
  }

  private void noteSize(int size) {
    even = size == lastSize && size >= EVEN_MIN;
    lastSize = size;
  }

  /** A command at {@code parsed}; false when more of it has to come first. */
  private boolean parseCommand(int flags, int header, int size) throws ProtocolException {
    if (size > COMMAND_MAX) {
      throw new ProtocolException("a command of " + size + " octets; allowed: " + COMMAND_MAX);
    }
    int total = header + size;
    if (!isThere(total)) {
      return false;
    }
    command(queue.tailMemory(), flags, parsed + header, size);
    boolean between = parsed == start && large == null;
    parsed += total;
    if (between) {
      start = parsed;
    } else if (large == null) {
      dead += total;
    }
    return true;
  }

  /** A frame of a message that is held by reference; false when more of it has to come first. */
  private boolean parsePartOfLarge(int header, int size, boolean more) {
    if (size > FrameQueue.INLINE_MAX) {
      parsed += header;
      beginBody(size, more);
      return pieces == null;
    }
    int total = header + size;
    if (!isThere(total)) {
      return false;
    }
    byte[] body = new byte[size];
    queue.tailMemory().get(parsed + header, body);
    parsed += total;
    addLarge(Body.over(body), more);
    return true;
  }

  /**
   * Whether all {@code total} octets of the frame at {@code parsed} have come. If not, what is
   * whole is published, and there will be room for the rest.
   */
  private boolean isThere(int total) {
    if (received - parsed >= total) {
      return true;
    }
    publish();
    if (parsed + total > queue.tailCapacity()) {
      moveTail(total - (received - parsed));
    }
    return false;
  }

  private void publish() {
    if (whole > 0 || passes) {
      queue.publish(start, whole);
      whole = 0;
      passes = false;
    } else {
      forgetCommands();
    }
  }

  /**
   * Between {@code tailEnd} and {@code start} there are only commands that were dealt with, if
   * anything. Nobody is to see them: who reads no messages would leave them there for ever.
   */
  private void forgetCommands() {
    int to = queue.tailEnd();
    int octets = start - to;
    if (octets > 0) {
      ByteBuffer memory = queue.tailMemory();
      memory.put(to, memory, start, received - start);
      start = to;
      parsed -= octets;
      received -= octets;
    }
  }

  /**
   * A reply must look like {@code [id of 4 octets]? [empty] [body]...}; libzmq closes the
   * connection of a peer that sends a REQ anything else, and so do we.
   */
  private void checkReply(int size, boolean more) throws ProtocolException {
    if (delimited) {
      return;
    }
    if (size == 0 && more) {
      delimited = true;
    } else if (!(frameIndex == 0 && size == 4 && more)) {
      throw new ProtocolException("a reply to a REQ without the empty delimiter frame");
    }
  }

  // ------------------------------------------------------------ large messages

  /** The frames of the message so far get memory of their own. */
  private void beginLarge() {
    large = new ArrayList<>();
    ByteBuffer memory = queue.tailMemory();
    int at = start;
    while (at < parsed) {
      int header = Wire.headerSize(memory, at);
      int size = Wire.bodySize(memory, at);
      if (!isDone(memory, at)) {
        byte[] body = new byte[size];
        memory.get(at + header, body);
        large.add(Body.over(body));
      }
      at += header + size;
    }
    start = queue.tailEnd();
    dead = 0;
  }

  private void beginBody(int size, boolean more) {
    pieces = new ArrayList<>();
    bodySize = size;
    bodyRead = 0;
    bodyMore = more;
    while (parsed < received && bodyRead < bodySize) {
      ByteBuffer piece = piece();
      int n = Math.min(received - parsed, piece.remaining());
      piece.put(piece.position(), queue.tailMemory(), parsed, n);
      piece.position(piece.position() + n);
      parsed += n;
      bodyRead += n;
    }
    if (bodyRead == bodySize) {
      endBody();
    }
  }

  /** The piece that is being filled, a new one when the last is full. */
  private ByteBuffer piece() {
    ByteBuffer last = pieces.isEmpty() ? null : pieces.get(pieces.size() - 1);
    if (last == null || !last.hasRemaining()) {
      int piece = Math.max(PIECE_MIN, Math.min(PIECE_MAX, bodyRead));
      int size = Math.min(piece, bodySize - bodyRead);
      last = queue.pool().take(size);
      last.clear().limit(size);
      pieces.add(last);
    }
    return last;
  }

  private int readBody(ReadableByteChannel channel) throws IOException, ProtocolException {
    int total = 0;
    while (pieces != null && total < BODY_READ_MAX) {
      ByteBuffer piece = piece();
      int n = channel.read(piece);
      if (n <= 0) {
        return total > 0 ? total : n;
      }
      total += n;
      boolean full = !piece.hasRemaining();
      advanceBody(n);
      if (!full) {
        break;
      }
    }
    return total;
  }

  private void advanceBody(int n) throws ProtocolException {
    bodyRead += n;
    if (bodyRead == bodySize) {
      endBody();
      decode(); // what followed in the chunk, if anything
    }
  }

  private void endBody() {
    Body body = Body.pooled(pieces.toArray(new ByteBuffer[0]), bodySize, queue.pool());
    pieces = null;
    addLarge(body, bodyMore);
  }

  private void addLarge(Body body, boolean more) {
    large.add(body);
    frameIndex++;
    if (more) {
      return;
    }
    ByteBuffer old = queue.tailMemory();
    Body[] bodies = large.toArray(new Body[0]);
    large = null;
    frameIndex = 0;
    delimited = false;
    int rest = received - parsed;
    byte[] following = new byte[rest];
    if (rest > 0) {
      old.get(parsed, following);
    }
    queue.appendLarge(bodies);
    expectsLarge = true;
    start = 0;
    parsed = 0;
    received = 0;
    if (rest > 0) {
      queue.startTail(rest + READ_MIN);
      queue.tailMemory().put(0, following);
      received = rest;
    }
  }

  @Override
  public boolean giveUp() {
    boolean begun = pieces != null || large != null || (received > start && !isCommand(start));
    if (pieces != null) {
      for (ByteBuffer b : pieces) {
        b.clear();
        queue.pool().give(b);
      }
      pieces = null;
    }
    if (large != null) {
      large.forEach(Body::release);
      large = null;
    }
    return begun;
  }

  /** Whether a command stands there that was dealt with already. */
  private static boolean isDone(ByteBuffer memory, int at) {
    return (memory.get(at) & FrameQueue.FLAG_DONE) != 0;
  }

  private boolean isCommand(int at) {
    return (queue.tailMemory().get(at) & Wire.FLAG_COMMAND) != 0;
  }

  // ------------------------------------------------------------ commands

  /** Deals with a command and marks it as done, unless it is a subscription for a publisher. */
  private void command(ByteBuffer memory, int flags, int at, int size) throws ProtocolException {
    byte[] body = new byte[size];
    memory.get(at, body);
    boolean between = parsed == start && large == null;
    if (passesSubscriptions && between && SubscriptionCommand.isSubscription(body)) {
      memory.put(parsed, (byte) (flags & (Wire.FLAG_LONG | Wire.FLAG_COMMAND)));
      passes = true;
      return;
    }
    memory.put(
        parsed, (byte) (flags & (Wire.FLAG_LONG | Wire.FLAG_COMMAND) | FrameQueue.FLAG_DONE));
    if (Ping.is(body)) {
      replies.add(Ping.answer(body));
      timeToLive = Ping.timeToLive(body);
    }
    // Anything else is ignored in the traffic phase, as libzmq does.
  }
}
