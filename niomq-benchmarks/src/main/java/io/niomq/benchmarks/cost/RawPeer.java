package io.niomq.benchmarks.cost;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/**
 * The least that a ZeroMQ peer can be: a channel on which the handshake of ZMTP 3.0 with the NULL
 * mechanism was made. It costs its process next to nothing, so thousands of them fit into one.
 */
final class RawPeer {
  private static final int GREETING_SIZE = 64;
  private static final int FLAG_COMMAND = 4;

  private RawPeer() {}

  /** Connects to a port of this machine, as {@code type}, and waits for the peer's READY. */
  static SocketChannel connect(int port, String type) throws IOException {
    SocketChannel channel =
        SocketChannel.open(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), port));
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    ByteBuffer received = ByteBuffer.allocate(GREETING_SIZE);
    write(channel, greeting());
    read(channel, received);
    if ((received.get(0) & 0xFF) != 0xFF || received.get(10) < 3) {
      throw new IOException("the peer does not speak ZMTP 3");
    }
    write(channel, ready(type));
    received.clear().limit(2);
    read(channel, received);
    if (received.get(0) != FLAG_COMMAND) {
      throw new IOException("the peer sent flags " + received.get(0) + " instead of a command");
    }
    ByteBuffer command = ByteBuffer.allocate(received.get(1) & 0xFF);
    read(channel, command);
    if (!new String(command.array(), 1, 5, StandardCharsets.US_ASCII).equals("READY")) {
      throw new IOException("the peer did not answer READY");
    }
    return channel;
  }

  /** Signature, version 3.0, mechanism, not a server, filler. */
  private static ByteBuffer greeting() {
    ByteBuffer greeting = ByteBuffer.allocate(GREETING_SIZE);
    greeting.put(0, (byte) 0xFF).put(9, (byte) 0x7F).put(10, (byte) 3);
    greeting.put(12, "NULL".getBytes(StandardCharsets.US_ASCII));
    return greeting;
  }

  private static ByteBuffer ready(String type) {
    byte[] name = "Socket-Type".getBytes(StandardCharsets.US_ASCII);
    byte[] value = type.getBytes(StandardCharsets.US_ASCII);
    int size = 6 + 1 + name.length + 4 + value.length;
    ByteBuffer ready = ByteBuffer.allocate(2 + size);
    ready.put((byte) FLAG_COMMAND).put((byte) size);
    ready.put((byte) 5).put("READY".getBytes(StandardCharsets.US_ASCII));
    ready.put((byte) name.length).put(name).putInt(value.length).put(value);
    return ready.flip();
  }

  static void write(SocketChannel channel, ByteBuffer octets) throws IOException {
    while (octets.hasRemaining()) {
      channel.write(octets);
    }
  }

  private static void read(SocketChannel channel, ByteBuffer target) throws IOException {
    while (target.hasRemaining()) {
      if (channel.read(target) < 0) {
        throw new EOFException("the peer closed the connection during the handshake");
      }
    }
  }
}
