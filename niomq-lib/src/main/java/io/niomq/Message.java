package io.niomq;

import io.niomq.internal.pipe.Body;
import io.niomq.internal.pipe.Outgoing;
import io.niomq.internal.pipe.Peer;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;

/**
 * A whole message: one or more frames, each any number of octets. A message is sent and received as
 * a whole or not at all.
 *
 * <p>Sending moves the frames out: after a successful {@link Socket#send(Message)} the message is
 * empty and may be filled again. {@link #copy()} makes a second message that shares the bodies of
 * large frames, so one message can be sent many times cheaply.
 *
 * <p>A message that holds shared memory (from {@link #addShared}, or a large frame received) gives
 * it back when it was sent, cleared or closed; use try-with-resources, or {@link #close()}, where
 * that matters. Not thread-safe.
 *
 * @see "RFC 37, Framing; zmq_msg_t"
 */
public final class Message implements AutoCloseable {
  /** Each is a byte[] that belongs to this message, or a Body that it holds. */
  private final ArrayList<Object> frames = new ArrayList<>(4);

  /** Another message may refer to the same arrays. */
  private boolean copied;

  /** Who sent it; null for a message of our own. */
  private Peer sender;

  /** A message without frames. It can be sent only after a frame was added. */
  public Message() {}

  /** A message of copies of the given frames. */
  public static Message of(byte[]... frames) {
    Message m = new Message();
    for (byte[] f : frames) {
      m.add(f);
    }
    return m;
  }

  /** A message of the given texts in UTF-8, one frame each. */
  public static Message of(String... frames) {
    Message m = new Message();
    for (String f : frames) {
      m.add(f);
    }
    return m;
  }

  /** Adds a copy of {@code frame} at the end. */
  public Message add(byte[] frame) {
    frames.add(frame.clone());
    return this;
  }

  /** Adds a text in UTF-8 at the end. */
  public Message add(String frame) {
    frames.add(frame.getBytes(StandardCharsets.UTF_8));
    return this;
  }

  /**
   * Adds a copy of the remaining octets of {@code frame} at the end; the buffer's position does not
   * move.
   */
  public Message add(ByteBuffer frame) {
    byte[] copy = new byte[frame.remaining()];
    frame.get(frame.position(), copy);
    frames.add(copy);
    return this;
  }

  /** Adds an empty frame at the end. */
  public Message addEmpty() {
    return add(new byte[0]);
  }

  /**
   * Adds the remaining octets of {@code memory} at the end, without copying. The caller must not
   * change them until {@code released} is called. That happens exactly once, when no message, queue
   * or connection needs the octets any more: after they were handed to the operating system, read
   * by an inproc peer, dropped, or the message was closed. It may happen on any thread, and it must
   * not block, throw or use a socket.
   *
   * @see "zmq_msg_init_data"
   */
  public Message addShared(ByteBuffer memory, Runnable released) {
    Objects.requireNonNull(released, "released");
    frames.add(Body.over(memory, released));
    return this;
  }

  /** Puts a copy of {@code frame} before all others. */
  public Message addFirst(byte[] frame) {
    frames.add(0, frame.clone());
    return this;
  }

  /** Puts a text in UTF-8 before all other frames. */
  public Message addFirst(String frame) {
    frames.add(0, frame.getBytes(StandardCharsets.UTF_8));
    return this;
  }

  /**
   * Puts {@code routingId} and an empty frame before all others: a ROUTER's answer to a REQ.
   *
   * @see #unwrap
   */
  public Message wrap(byte[] routingId) {
    return addFirst(new byte[0]).addFirst(routingId);
  }

  /**
   * Takes the first frame off, and the next one if that is empty: what a ROUTER receives from a REQ
   * becomes the request alone.
   *
   * @return the first frame: the routing id, for {@link #wrap}
   */
  public byte[] unwrap() {
    byte[] routingId = removeFirst();
    if (!isEmpty() && size(0) == 0) {
      removeFirst();
    }
    return routingId;
  }

  /** Takes the first frame off, for instance a routing id. */
  public byte[] removeFirst() {
    return takeOut(frames.remove(checkIndex(0)));
  }

  /** Takes the first frame off, as text in UTF-8. */
  public String removeFirstString() {
    return new String(removeFirst(), StandardCharsets.UTF_8);
  }

  /** Takes the last frame off. */
  public byte[] removeLast() {
    return takeOut(frames.remove(checkIndex(frames.size() - 1)));
  }

  private byte[] takeOut(Object frame) {
    if (frame instanceof byte[] b) {
      return copied ? b.clone() : b;
    }
    Body body = (Body) frame;
    byte[] copy = body.toArray();
    body.release();
    return copy;
  }

  /** How many frames there are. */
  public int frameCount() {
    return frames.size();
  }

  /** Whether there are no frames. */
  public boolean isEmpty() {
    return frames.isEmpty();
  }

  /** Octets of one frame. */
  public int size(int index) {
    Object f = frames.get(checkIndex(index));
    return f instanceof byte[] b ? b.length : ((Body) f).size();
  }

  /** Octets of all frames together. */
  public long totalSize() {
    long total = 0;
    for (int i = 0; i < frames.size(); i++) {
      total += size(i);
    }
    return total;
  }

  /** A copy of one frame. */
  public byte[] bytes(int index) {
    Object f = frames.get(checkIndex(index));
    return f instanceof byte[] b ? b.clone() : ((Body) f).toArray();
  }

  /** One frame as text in UTF-8. */
  public String string(int index) {
    Object f = frames.get(checkIndex(index));
    return new String(f instanceof byte[] b ? b : ((Body) f).toArray(), StandardCharsets.UTF_8);
  }

  /** A read-only view of one frame; valid until the message is sent, cleared or closed. */
  public ByteBuffer buffer(int index) {
    Object f = frames.get(checkIndex(index));
    return f instanceof byte[] b ? ByteBuffer.wrap(b).asReadOnlyBuffer() : ((Body) f).toBuffer();
  }

  /** Copies of all frames. */
  public List<byte[]> frames() {
    List<byte[]> copies = new ArrayList<>(frames.size());
    for (int i = 0; i < frames.size(); i++) {
      copies.add(bytes(i));
    }
    return copies;
  }

  /** All frames as texts in UTF-8. */
  public List<String> strings() {
    List<String> texts = new ArrayList<>(frames.size());
    for (int i = 0; i < frames.size(); i++) {
      texts.add(string(i));
    }
    return texts;
  }

  /**
   * What is known of the peer that sent this message, for instance its {@code User-Id}; {@link
   * PeerProperties#NONE} for a message that was not received, or was sent, cleared or closed since.
   *
   * @see "zmq_msg_gets"
   */
  public PeerProperties peerProperties() {
    return sender == null ? PeerProperties.NONE : sender.properties();
  }

  /** A second message with the same frames; the bodies are shared, not copied. */
  public Message copy() {
    Message m = new Message();
    copied = true;
    m.copied = true;
    m.sender = sender;
    for (Object f : frames) {
      m.frames.add(f instanceof Body b ? b.retain() : f);
    }
    return m;
  }

  /** Takes all frames off and gives shared memory back. */
  public void clear() {
    for (Object f : frames) {
      if (f instanceof Body b) {
        b.release();
      }
    }
    frames.clear();
    copied = false;
    sender = null;
  }

  /** The same as {@link #clear()}. */
  @Override
  public void close() {
    clear();
  }

  private int checkIndex(int index) {
    if (index < 0 || index >= frames.size()) {
      throw new IndexOutOfBoundsException(
          "frame " + index + " of a message with " + frames.size() + " frames");
    }
    return index;
  }

  /** Two messages are equal when their frames have the same octets. */
  @Override
  public boolean equals(Object other) {
    if (!(other instanceof Message m) || m.frames.size() != frames.size()) {
      return false;
    }
    for (int i = 0; i < frames.size(); i++) {
      if (!buffer(i).equals(m.buffer(i))) {
        return false;
      }
    }
    return true;
  }

  @Override
  public int hashCode() {
    int h = 1;
    for (int i = 0; i < frames.size(); i++) {
      h = 31 * h + buffer(i).hashCode();
    }
    return h;
  }

  /** The frames, printable ones as text, others in hexadecimal; long ones are cut. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("[");
    for (int i = 0; i < frames.size(); i++) {
      text.append(i == 0 ? "" : ", ").append(show(buffer(i)));
    }
    return text.append(']').toString();
  }

  private static String show(ByteBuffer frame) {
    byte[] head = new byte[Math.min(frame.remaining(), 64)];
    frame.get(frame.position(), head);
    boolean printable = true;
    for (byte b : head) {
      printable &= b >= 0x20 && b < 0x7F;
    }
    String text =
        printable
            ? '"' + new String(head, StandardCharsets.US_ASCII) + '"'
            : "0x" + HexFormat.of().formatHex(head);
    return frame.remaining() > head.length ? text + "...(" + frame.remaining() + ")" : text;
  }

  // ------------------------------------------------------------ for Socket

  /** Lets {@code target} refer to the frames; they stay this message's until {@link #clear}. */
  void writeTo(Outgoing target) {
    for (Object f : frames) {
      target.add(f);
    }
  }

  /** Leaves this message empty, and returns another one with its frames. */
  Message moveOut() {
    Message m = new Message();
    m.frames.addAll(frames);
    m.copied = copied;
    frames.clear();
    copied = false;
    sender = null;
    return m;
  }

  /** The message came from that peer. */
  Message from(Peer peer) {
    sender = peer;
    return this;
  }

  /** Adds a frame that now belongs to this message: a byte[] or a held Body. */
  void addOwned(Object frame) {
    frames.add(frame);
  }
}
