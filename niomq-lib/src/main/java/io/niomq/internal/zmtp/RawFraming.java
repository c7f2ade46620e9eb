package io.niomq.internal.zmtp;

import io.niomq.PeerProperties;
import io.niomq.SocketOptions;
import io.niomq.SocketType;
import io.niomq.internal.option.OptionValues;
import io.niomq.internal.pipe.FrameQueue;
import io.niomq.internal.pipe.Peer;
import io.niomq.internal.pipe.Wire;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * No protocol at all: STREAM, and ROUTER with {@code ZMQ_ROUTER_RAW}. What a read brings is a
 * message; what a message holds is written, and an empty one asks for the end of the connection.
 * There is no handshake.
 */
public final class RawFraming {
  private RawFraming() {}

  /** Whether the connections of a socket with these options are raw. */
  public static boolean isUsedWith(OptionValues options) {
    return options.socketType() == SocketType.STREAM
        || (options.socketType() == SocketType.ROUTER && options.isOn(SocketOptions.ROUTER_RAW));
  }

  /** What is known of a peer that says nothing of itself. */
  static Peer peer(String address) {
    byte[] octets = address.getBytes(StandardCharsets.UTF_8);
    return new Peer(
        null,
        new byte[0],
        0,
        address,
        new PeerProperties(Map.of(PeerProperties.PEER_ADDRESS, octets)));
  }

  /** Driven by whoever holds the connection's reading side. */
  static final class Reader implements FrameReader {
    /** Less room than this at the end of a chunk is not worth a system call. */
    private static final int READ_MIN = 512;

    private final FrameQueue queue;
    private final int readMax;

    Reader(FrameQueue queue, OptionValues options) {
      this.queue = queue;
      this.readMax = options.intValue(SocketOptions.IN_BATCH_SIZE);
    }

    /** What is read becomes the body of a frame, with a long header whatever its size. */
    @Override
    public int read(ReadableByteChannel channel) throws IOException {
      if (queue.tailCapacity() - queue.tailEnd() < Wire.LONG_HEADER + READ_MIN) {
        queue.startTail(Wire.LONG_HEADER + READ_MIN);
      }
      int header = queue.tailEnd();
      int body = header + Wire.LONG_HEADER;
      ByteBuffer view = queue.tailView();
      view.limit((int) Math.min(queue.tailCapacity(), (long) body + readMax)).position(body);
      int n = channel.read(view);
      if (n > 0) {
        queue.tailMemory().put(header, (byte) Wire.FLAG_LONG);
        queue.tailMemory().putLong(header + 1, n);
        queue.publish(body + n, 1);
      }
      return n;
    }

    @Override
    public void accept(ByteBuffer octets) {
      assert !octets.hasRemaining() : "nothing is read before the traffic";
    }

    @Override
    public void trim() {
      queue.trim();
    }

    @Override
    public byte[] takeReply() {
      return null;
    }

    @Override
    public boolean giveUp() {
      return false;
    }
  }

  /** Driven by whoever holds the queue's consumer side. */
  static final class Writer extends TranslatingWriter {
    private boolean endAsked;

    @Override
    void translate(byte[] body, boolean more, ByteArrayOutputStream out) {
      out.writeBytes(body);
      endAsked |= body.length == 0;
    }

    @Override
    public boolean hasHungUp() {
      return endAsked && !hasPending();
    }
  }
}
