package io.niomq.internal.zmtp;

import java.io.ByteArrayOutputStream;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A channel to nobody: keeps what is written to it, and counts the writes. */
final class RecordingChannel extends SocketChannel {
  private final ByteArrayOutputStream written = new ByteArrayOutputStream();
  private int writes;

  /** Who has written, or tried. */
  final Set<Thread> writers = ConcurrentHashMap.newKeySet();

  /** So many writes find it full. */
  volatile int refusals;

  /** Whose address it has. */
  private final SocketAddress remote;

  /** What reading it throws; null for nothing to read. */
  RuntimeException fault;

  /** What writing to it throws; null for nothing. */
  RuntimeException writeFault;

  RecordingChannel() {
    this(null);
  }

  RecordingChannel(SocketAddress remote) {
    super(null);
    this.remote = remote;
  }

  /** How many system calls it would have been. */
  int writes() {
    return writes;
  }

  int octets() {
    return written.size();
  }

  @Override
  public int write(ByteBuffer source) {
    return (int) write(new ByteBuffer[] {source}, 0, 1);
  }

  @Override
  public long write(ByteBuffer[] sources, int offset, int length) {
    writes++;
    writers.add(Thread.currentThread());
    if (writeFault != null) {
      throw writeFault;
    }
    if (refusals > 0) {
      refusals--;
      return 0;
    }
    int before = written.size();
    for (int i = offset; i < offset + length; i++) {
      byte[] octets = new byte[sources[i].remaining()];
      sources[i].get(octets);
      written.writeBytes(octets);
    }
    return written.size() - before;
  }

  @Override
  public int read(ByteBuffer target) {
    if (fault != null) {
      throw fault;
    }
    return 0;
  }

  @Override
  public long read(ByteBuffer[] targets, int offset, int length) {
    return 0;
  }

  @Override
  public boolean isConnected() {
    return true;
  }

  @Override
  public SocketAddress getRemoteAddress() {
    return remote;
  }

  @Override
  protected void implCloseSelectableChannel() {}

  @Override
  protected void implConfigureBlocking(boolean block) {}

  // ------------------------------------------------------------------------------------------------ of no use here

  @Override
  public SocketChannel bind(SocketAddress local) {
    throw new UnsupportedOperationException();
  }

  @Override
  public <T> SocketChannel setOption(SocketOption<T> name, T value) {
    throw new UnsupportedOperationException();
  }

  @Override
  public <T> T getOption(SocketOption<T> name) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Set<SocketOption<?>> supportedOptions() {
    throw new UnsupportedOperationException();
  }

  @Override
  public SocketChannel shutdownInput() {
    throw new UnsupportedOperationException();
  }

  @Override
  public SocketChannel shutdownOutput() {
    return this;
  }

  @Override
  public Socket socket() {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean isConnectionPending() {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean connect(SocketAddress remote) {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean finishConnect() {
    throw new UnsupportedOperationException();
  }

  @Override
  public SocketAddress getLocalAddress() {
    throw new UnsupportedOperationException();
  }
}
