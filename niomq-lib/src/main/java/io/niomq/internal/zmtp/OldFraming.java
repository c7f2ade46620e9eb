package io.niomq.internal.zmtp;

import io.niomq.internal.pipe.FrameQueue;
import io.niomq.internal.security.ProtocolException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;

/**
 * The frames of ZMTP 1.0 (and revision 0), translated from and to those of the queues.
 *
 * <pre>
 *   size(1) flags(1) body            size counts the flags: 1 to 254
 *   FF size(8) flags(1) body         bodies of 254 octets and more
 * </pre>
 *
 * RFC 13. Used only for such peers; the plain case pays nothing for it.
 */
final class OldFraming {
  private static final int MORE = 1;
  private static final int SHORT_BODY_MAX = 253;

  private OldFraming() {}

  /** Size of the header, size of the body, flags. */
  record Header(int size, long bodySize, boolean more) {}

  /** The header at {@code at}; null when it is not complete. */
  static Header header(byte[] in, int at, int end) throws ProtocolException {
    if (end - at < 2) {
      return null;
    }
    if (in[at] != (byte) 0xFF) {
      return header(2, in[at] & 0xFF, in[at + 1]);
    }
    if (end - at < 9) {
      return null;
    }
    long size = ByteBuffer.wrap(in).getLong(at + 1);
    checkSize(size);
    return end - at < 10 ? null : header(10, size, in[at + 9]);
  }

  private static void checkSize(long size) throws ProtocolException {
    if (size <= 0) {
      throw new ProtocolException("a ZMTP 1.0 frame of size " + Long.toUnsignedString(size));
    }
  }

  private static Header header(int headerSize, long size, byte flags) throws ProtocolException {
    checkSize(size);
    return new Header(headerSize, size - 1, (flags & MORE) != 0);
  }

  static byte[] frame(byte[] body, boolean more) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    write(out, body, more);
    return out.toByteArray();
  }

  private static void write(ByteArrayOutputStream out, byte[] body, boolean more) {
    if (body.length <= SHORT_BODY_MAX) {
      out.write(body.length + 1);
    } else {
      out.write(0xFF);
      out.writeBytes(ByteBuffer.allocate(8).putLong(body.length + 1L).array());
    }
    out.write(more ? MORE : 0);
    out.writeBytes(body);
  }

  /** Reads such frames: see {@link TranslatingReader}. */
  static final class Reader extends TranslatingReader {
    private final long frameMax;

    Reader(FrameQueue queue, long frameMax) {
      super(queue);
      this.frameMax = frameMax;
    }

    @Override
    void decode() throws ProtocolException {
      while (true) {
        Header h = header(in, at, end);
        if (h == null) {
          return;
        }
        FrameDecoder.checkSize(h.bodySize(), frameMax);
        if (end - at - h.size() < h.bodySize()) {
          return;
        }
        int from = at + h.size();
        at = from + (int) h.bodySize();
        add(from, (int) h.bodySize(), h.more());
      }
    }
  }

  /** Driven by whoever holds the queue's consumer side. */
  static final class Writer extends TranslatingWriter {
    @Override
    void translate(byte[] body, boolean more, ByteArrayOutputStream out) {
      OldFraming.write(out, body, more);
    }
  }
}
