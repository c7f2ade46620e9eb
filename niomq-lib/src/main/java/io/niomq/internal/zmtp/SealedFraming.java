package io.niomq.internal.zmtp;

import io.niomq.ProtocolError;
import io.niomq.SocketType;
import io.niomq.internal.pipe.FrameQueue;
import io.niomq.internal.pipe.SubscriptionCommand;
import io.niomq.internal.pipe.Wire;
import io.niomq.internal.security.FrameCipher;
import io.niomq.internal.security.ProtocolException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;

/**
 * Frames that a mechanism seals: each is the payload of a frame of its own, with its flags in
 * front.
 *
 * <pre>
 *   00 or 02   size   prefix   sealed( flags(1) data )
 * </pre>
 *
 * The outer frame is never a command and never has more to come, as in libzmq; RFC 26 calls it a
 * command. On receipt the outer COMMAND flag is ignored.
 */
final class SealedFraming {
  private SealedFraming() {}

  /** Opens what comes: see {@link TranslatingReader}. */
  static final class Reader extends TranslatingReader {
    private final long frameMax;
    private final boolean passesSubscriptions;
    private final FrameCipher cipher;
    private final ArrayDeque<byte[]> replies = new ArrayDeque<>(0);
    private int timeToLive;

    Reader(FrameQueue queue, long frameMax, SocketType type, FrameCipher cipher) {
      super(queue);
      this.frameMax = frameMax;
      this.passesSubscriptions = type == SocketType.PUB || type == SocketType.XPUB;
      this.cipher = cipher;
    }

    @Override
    void decode() throws ProtocolException {
      while (end - at >= Wire.SHORT_HEADER) {
        boolean isLong = (in[at] & Wire.FLAG_LONG) != 0;
        int header = isLong ? Wire.LONG_HEADER : Wire.SHORT_HEADER;
        if (end - at < header) {
          return;
        }
        long size = isLong ? ByteBuffer.wrap(in).getLong(at + 1) : in[at + 1] & 0xFF;
        FrameDecoder.checkSize(size, frameMax);
        if ((in[at] & Wire.FLAG_MORE) != 0) {
          throw malformed("an outer frame with more to come");
        }
        if (end - at - header < size) {
          return;
        }
        int body = at + header;
        at = body + (int) size;
        open(body, (int) size);
      }
    }

    private void open(int body, int size) throws ProtocolException {
      int overhead = cipher.overhead();
      if (size <= overhead) {
        throw malformed("a frame of " + size + " octets");
      }
      cipher.open(in, body, size);
      int flags = in[body + overhead];
      int from = body + overhead + 1;
      int length = size - overhead - 1;
      if ((flags & FrameCipher.FLAG_COMMAND) != 0) {
        command(Arrays.copyOfRange(in, from, from + length));
      } else {
        add(from, length, (flags & FrameCipher.FLAG_MORE) != 0);
      }
    }

    private static ProtocolException malformed(String what) {
      return new ProtocolException(
          ProtocolError.ZMTP_MALFORMED_COMMAND_MESSAGE, what + " on an encrypted connection");
    }

    private void command(byte[] body) throws ProtocolException {
      if (body.length > FrameDecoder.COMMAND_MAX) {
        throw new ProtocolException(
            "a command of " + body.length + " octets; allowed: " + FrameDecoder.COMMAND_MAX);
      }
      if (passesSubscriptions && !isWithinMessage() && SubscriptionCommand.isSubscription(body)) {
        queue.appendCommand(body);
      } else if (Ping.is(body)) {
        replies.add(Ping.answer(body));
        timeToLive = Ping.timeToLive(body);
      }
      // Anything else is ignored, as on other connections.
    }

    @Override
    public byte[] takeReply() {
      return replies.poll();
    }

    @Override
    public int timeToLive() {
      return timeToLive;
    }
  }

  /** Seals what goes: see {@link TranslatingWriter}. */
  static final class Writer extends TranslatingWriter {
    private final FrameCipher cipher;

    Writer(FrameCipher cipher) {
      this.cipher = cipher;
    }

    @Override
    void translate(byte[] body, boolean more, ByteArrayOutputStream out) {
      seal(more ? FrameCipher.FLAG_MORE : 0, body, out);
    }

    @Override
    void translateCommand(byte[] body, ByteArrayOutputStream out) {
      seal(FrameCipher.FLAG_COMMAND, body, out);
    }

    private void seal(int flags, byte[] data, ByteArrayOutputStream out) {
      int payload = 1 + data.length;
      int size = cipher.overhead() + payload;
      int header = Wire.headerSize(size);
      byte[] frame = new byte[header + size];
      Wire.putHeader(ByteBuffer.wrap(frame), 0, 0, size);
      int at = header + cipher.overhead();
      frame[at] = (byte) flags;
      System.arraycopy(data, 0, frame, at + 1, data.length);
      cipher.seal(frame, header, payload);
      out.writeBytes(frame);
    }
  }
}
