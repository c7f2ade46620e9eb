package io.niomq.testing;

import static io.niomq.testing.Octets.hex;
import static io.niomq.testing.Octets.join;
import static io.niomq.testing.Octets.utf8;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;

/** A peer that says what the test tells it to, octet by octet, over a plain blocking TCP socket. */
public final class RawPeer implements Closeable {
  /** The first ten octets of every greeting, padding zero. */
  public static final String SIGNATURE = "FF 0000000000000000 7F";

  private static final int FLAG_MORE = 1;
  private static final int FLAG_LONG = 2;

  private final java.net.Socket socket;
  private final InputStream in;
  private final OutputStream out;

  /** A frame as it was on the wire. */
  public record Frame(int flags, byte[] body) {
    public boolean isCommand() {
      return (flags & 4) != 0;
    }

    public boolean hasMore() {
      return (flags & FLAG_MORE) != 0;
    }

    public String text() {
      return utf8(body);
    }

    /** Flags and body, such as {@code "04 0548454C4C4F"}. */
    public String hex() {
      return Octets.text(new byte[] {(byte) flags}) + " " + Octets.text(body);
    }
  }

  /** Waits for sockets that connect. */
  public static final class Listener implements Closeable {
    private final ServerSocket server;

    private Listener(ServerSocket server) throws IOException {
      this.server = server;
      server.setSoTimeout((int) Await.LONG.toMillis());
    }

    public String endpoint() {
      return "tcp://127.0.0.1:" + server.getLocalPort();
    }

    /** The next one that connects. */
    public RawPeer accept() {
      try {
        return new RawPeer(server.accept());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    /** Whether somebody connects within a short time. */
    public boolean isConnectedTo(int millis) {
      try {
        server.setSoTimeout(millis);
        server.accept().close();
        return true;
      } catch (SocketTimeoutException e) {
        return false;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void close() {
      try {
        server.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private RawPeer(java.net.Socket socket) throws IOException {
    this.socket = socket;
    this.in = socket.getInputStream();
    this.out = socket.getOutputStream();
    socket.setSoTimeout((int) Await.LONG.toMillis());
    socket.setTcpNoDelay(true);
  }

  /** Connects to a bound tcp endpoint. */
  public static RawPeer connect(String endpoint) {
    try {
      return new RawPeer(
          new java.net.Socket(InetAddress.getLoopbackAddress(), Endpoints.port(endpoint)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static Listener listen() {
    return listen(0);
  }

  public static Listener listen(int port) {
    try {
      return new Listener(new ServerSocket(port, 50, InetAddress.getLoopbackAddress()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  // ------------------------------------------------------------ what is said

  public RawPeer send(byte[] octets) {
    try {
      out.write(octets);
      out.flush();
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Sends octets in hexadecimal. */
  public RawPeer send(String... texts) {
    return send(hex(texts));
  }

  /** Sends each octet by itself. */
  public RawPeer sendOneByOne(byte[] octets) {
    for (byte octet : octets) {
      send(new byte[] {octet});
    }
    return this;
  }

  /** Sends octets as far as the other side takes them: it may close when it likes. */
  public void sendAsFarAsPossible(byte[] octets) {
    try {
      out.write(octets);
      out.flush();
    } catch (IOException closedByThePeer) {
      return;
    }
  }

  /** Sends a message of one frame. */
  public RawPeer sendMessage(String body) {
    return send(frame(0, utf8(body)));
  }

  public RawPeer sendCommand(String name, byte[] data) {
    return send(command(name, data));
  }

  /** The 64 octets of a NULL greeting, of ZMTP 3 and the given minor version. */
  public static byte[] greeting(int minor) {
    return greeting(minor, "NULL");
  }

  /** The 64 octets of a greeting with that security mechanism. */
  public static byte[] greeting(int minor, String mechanism) {
    ByteBuffer octets = ByteBuffer.allocate(64);
    octets.put(hex(SIGNATURE)).put((byte) 3).put((byte) minor).put(utf8(mechanism));
    return octets.array();
  }

  public static byte[] frame(int flags, byte[] body) {
    if (body.length < 256) {
      return join(new byte[] {(byte) flags, (byte) body.length}, body);
    }
    byte[] size = ByteBuffer.allocate(8).putLong(body.length).array();
    return join(new byte[] {(byte) (flags | FLAG_LONG)}, size, body);
  }

  public static byte[] command(String name, byte[] data) {
    return frame(4, join(new byte[] {(byte) name.length()}, utf8(name), data));
  }

  public static byte[] property(String name, byte[] value) {
    byte[] size = ByteBuffer.allocate(4).putInt(value.length).array();
    return join(new byte[] {(byte) name.length()}, utf8(name), size, value);
  }

  public static byte[] ready(String socketType) {
    return command("READY", property("Socket-Type", utf8(socketType)));
  }

  public static byte[] ready(String socketType, String identity) {
    return command(
        "READY",
        join(property("Socket-Type", utf8(socketType)), property("Identity", utf8(identity))));
  }

  // ------------------------------------------------------------ what is heard

  public byte[] read(int count) {
    try {
      byte[] octets = in.readNBytes(count);
      if (octets.length < count) {
        throw new EOFException("closed after " + Octets.text(octets));
      }
      return octets;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public Frame readFrame() {
    int flags = read(1)[0] & 0xFF;
    long size = (flags & FLAG_LONG) == 0 ? read(1)[0] & 0xFF : ByteBuffer.wrap(read(8)).getLong();
    return new Frame(flags & ~FLAG_LONG, read(Math.toIntExact(size)));
  }

  /** The next frame that is not a command. */
  public Frame readMessageFrame() {
    Frame frame = readFrame();
    while (frame.isCommand()) {
      frame = readFrame();
    }
    return frame;
  }

  /**
   * Reads to the end of the connection, which the other side must close; returns what it said
   * before.
   */
  public byte[] readToEnd() {
    try {
      return in.readAllBytes();
    } catch (SocketTimeoutException e) {
      throw new AssertionError("the connection was not closed", e);
    } catch (SocketException reset) {
      return new byte[0]; // closed while octets of ours were unread
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether nothing comes and the connection stays open for a short time. */
  public boolean isSilent(int millis) {
    try {
      socket.setSoTimeout(millis);
      boolean silent = waitsInVain();
      socket.setSoTimeout((int) Await.LONG.toMillis());
      return silent;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private boolean waitsInVain() throws IOException {
    try {
      in.read();
      return false;
    } catch (SocketTimeoutException e) {
      return true;
    }
  }

  // ------------------------------------------------------------ dialogues

  /** A complete handshake with a peer that speaks ZMTP 3.1. */
  public RawPeer handshake(String socketType) {
    return handshake(1, ready(socketType));
  }

  /** A complete handshake, ours being the given minor version and READY. */
  public RawPeer handshake(int minor, byte[] ready) {
    send(greeting(minor));
    read(64);
    send(ready);
    Frame theirs = readFrame();
    if (!theirs.isCommand() || !theirs.text().startsWith("\5READY")) {
      throw new AssertionError("READY expected, not " + theirs.hex());
    }
    return this;
  }

  /** The rest of a handshake with a peer whose signature was read already. */
  public RawPeer handshakeRest(String socketType) {
    send(greeting(1));
    read(54);
    send(ready(socketType));
    readFrame();
    return this;
  }

  /** Ends what this side says; the other side may still speak. */
  public void shutdownOutput() {
    try {
      socket.shutdownOutput();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Ends the connection with a reset. */
  public void reset() {
    try {
      socket.setSoLinger(true, 0);
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Takes in little before the other side has to wait. */
  public RawPeer withSmallWindow() {
    try {
      socket.setReceiveBufferSize(4096);
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
