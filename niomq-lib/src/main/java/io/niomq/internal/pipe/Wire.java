package io.niomq.internal.pipe;

import java.nio.ByteBuffer;

/**
 * The frame of ZMTP 2.0 and later, which is also what every queue holds.
 *
 * <pre>
 *   short:  flags(1) size(1) body          sizes 0 to 255
 *   long:   flags(1) size(8) body          flags has LONG
 * </pre>
 *
 * RFC 37, Framing.
 */
public final class Wire {
  public static final int FLAG_MORE = 0x01;
  public static final int FLAG_LONG = 0x02;
  public static final int FLAG_COMMAND = 0x04;

  /** The flags that mean something; peers may set others, and libzmq ignores them. */
  public static final int FLAGS_KNOWN = FLAG_MORE | FLAG_LONG | FLAG_COMMAND;

  public static final int SHORT_HEADER = 2;
  public static final int LONG_HEADER = 9;
  public static final int SHORT_MAX = 255;

  private Wire() {}

  public static int headerSize(int bodySize) {
    return bodySize <= SHORT_MAX ? SHORT_HEADER : LONG_HEADER;
  }

  /** Octets of the header at {@code at}. */
  public static int headerSize(ByteBuffer source, int at) {
    return (source.get(at) & FLAG_LONG) == 0 ? SHORT_HEADER : LONG_HEADER;
  }

  /** Octets of the body after the header at {@code at}. */
  public static int bodySize(ByteBuffer source, int at) {
    return (source.get(at) & FLAG_LONG) == 0
        ? source.get(at + 1) & 0xFF
        : (int) source.getLong(at + 1);
  }

  /** Writes a header at {@code at}; returns its length. */
  public static int putHeader(ByteBuffer target, int at, int flags, int bodySize) {
    if (bodySize <= SHORT_MAX) {
      target.putShort(at, (short) (flags << 8 | bodySize));
      return SHORT_HEADER;
    }
    target.put(at, (byte) (flags | FLAG_LONG));
    target.putLong(at + 1, bodySize);
    return LONG_HEADER;
  }

  /** Where the first {@code messages} of those in {@code source} end. */
  public static int end(ByteBuffer source, int messages) {
    int at = 0;
    for (int left = messages; left > 0; ) {
      byte flags = source.get(at);
      at += headerSize(source, at) + bodySize(source, at);
      if ((flags & FLAG_MORE) == 0) {
        left--;
      }
    }
    return at;
  }
}
