package io.niomq.internal.pipe;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.GatheringByteChannel;

/** A channel to nobody, that takes as much as it likes. */
final class TakingChannel implements GatheringByteChannel {
  final ByteArrayOutputStream taken = new ByteArrayOutputStream();
  int takes = Integer.MAX_VALUE;
  boolean fails;
  int calls;
  int mostPieces;

  @Override
  public long write(ByteBuffer[] sources, int offset, int length) throws IOException {
    if (fails) {
      throw new IOException("the peer is gone");
    }
    calls++;
    mostPieces = Math.max(mostPieces, length);
    long before = taken.size();
    for (int i = offset; i < offset + length; i++) {
      take(sources[i]);
    }
    return taken.size() - before;
  }

  @Override
  public long write(ByteBuffer[] sources) throws IOException {
    return write(sources, 0, sources.length);
  }

  @Override
  public int write(ByteBuffer source) throws IOException {
    return (int) write(new ByteBuffer[] {source}, 0, 1);
  }

  private void take(ByteBuffer source) {
    byte[] octets = new byte[Math.min(takes, source.remaining())];
    source.get(octets);
    taken.writeBytes(octets);
    takes -= octets.length;
  }

  @Override
  public boolean isOpen() {
    return true;
  }

  @Override
  public void close() {}
}
