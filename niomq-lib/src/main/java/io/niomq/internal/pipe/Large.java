package io.niomq.internal.pipe;

import java.nio.ByteBuffer;

/**
 * A message with at least one frame that is too large to be copied into a chunk: its frames by
 * reference.
 */
final class Large {
  final Body[] bodies;
  private final int wireSize;

  /** Takes over the caller's hold on each body. */
  Large(Body[] bodies) {
    this.bodies = bodies;
    long total = 0;
    for (Body b : bodies) {
      total += Wire.headerSize(b.size()) + (long) b.size();
    }
    this.wireSize = (int) Math.min(Integer.MAX_VALUE, total);
  }

  /** Octets on the wire, at most {@link Integer#MAX_VALUE}. */
  int wireSize() {
    return wireSize;
  }

  /** The message as it goes over a NULL connection, header by header, body by body. */
  Pieces wire() {
    int count = 0;
    int headers = 0;
    for (Body b : bodies) {
      count += 1 + b.viewCount();
      headers += Wire.headerSize(b.size());
    }
    ByteBuffer all = ByteBuffer.allocate(headers);
    ByteBuffer[] pieces = new ByteBuffer[count];
    int n = 0;
    int at = 0;
    for (int i = 0; i < bodies.length; i++) {
      int size = bodies[i].size();
      int length = Wire.putHeader(all, at, i + 1 < bodies.length ? Wire.FLAG_MORE : 0, size);
      pieces[n++] = all.slice(at, length);
      at += length;
      n = bodies[i].addViews(pieces, n);
    }
    return new Pieces(pieces);
  }

  void release() {
    for (Body b : bodies) {
      b.release();
    }
  }
}
