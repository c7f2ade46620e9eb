package io.niomq.benchmarks.program;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

/**
 * Something to hold against: one blocking channel, the frames of ZMTP 3, and nothing else: no
 * handshake, no second peer, no thread, no queue. PUSH, PULL, REQ and REP only. For bodies of 64
 * KiB and more it is not as fast as plain NIO can be; docs/PERFORMANCE.md says why.
 */
final class PlainNio implements Library {
  @Override
  public Port open(Pattern pattern, int sizeMax) {
    return switch (pattern) {
      case PUSH, PULL -> new PlainPort(false, sizeMax);
      case REQ, REP -> new PlainPort(true, sizeMax);
      default -> throw new IllegalArgumentException("plain NIO has no " + pattern);
    };
  }

  @Override
  public void proxy(Port frontend, Port backend) {
    throw new IllegalArgumentException("plain NIO has no proxy");
  }

  private static final class PlainPort implements Port {
    /** Whether each message must leave at once, because its sender then waits for another. */
    private final boolean lockStep;

    private final int sizeMax;
    private ServerSocketChannel server;
    private FrameWriter writer;
    private FrameReader reader;

    PlainPort(boolean lockStep, int sizeMax) {
      this.lockStep = lockStep;
      this.sizeMax = sizeMax;
    }

    @Override
    public String bind(String endpoint) throws IOException {
      if (endpoint.startsWith("ipc://")) {
        server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(address(endpoint));
        return endpoint;
      }
      server = ServerSocketChannel.open();
      server.bind(address(endpoint));
      return "tcp://127.0.0.1:" + ((InetSocketAddress) server.getLocalAddress()).getPort();
    }

    @Override
    public void connect(String endpoint) throws IOException {
      use(SocketChannel.open(address(endpoint)));
    }

    private static SocketAddress address(String endpoint) {
      if (endpoint.startsWith("ipc://")) {
        return UnixDomainSocketAddress.of(Path.of(endpoint.substring("ipc://".length())));
      }
      String port = endpoint.substring(endpoint.lastIndexOf(':') + 1);
      return new InetSocketAddress("127.0.0.1", port.equals("*") ? 0 : Integer.parseInt(port));
    }

    private void use(SocketChannel channel) throws IOException {
      if (channel.getLocalAddress() instanceof InetSocketAddress) {
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      }
      writer = new FrameWriter(channel);
      reader = new FrameReader(channel, sizeMax);
    }

    @Override
    public void send(byte[] body) throws IOException {
      writer.write(body);
      if (lockStep) {
        writer.flush();
      }
    }

    @Override
    public int recv() throws IOException {
      if (reader == null) {
        use(server.accept());
      }
      return reader.read();
    }

    @Override
    public long longAt(int index) {
      return reader.body().getLong(index);
    }

    @Override
    public void await() {
      throw new IllegalStateException("plain NIO has no poller");
    }

    @Override
    public int echo() {
      throw new IllegalStateException("plain NIO has no messages of two frames");
    }
  }
}
