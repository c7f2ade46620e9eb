package io.niomq.testing;

import java.io.Closeable;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A SOCKS5 proxy on the loopback. RFC 1928, RFC 1929. */
public final class SocksServer implements Closeable {
  private final ServerSocket server;
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private final List<java.net.Socket> sockets = new CopyOnWriteArrayList<>();
  private final List<Task<Void>> tasks = new CopyOnWriteArrayList<>();
  private volatile String credentials;
  private volatile int reply;
  private volatile int port;
  private volatile boolean silent;
  private volatile boolean slow;
  private volatile boolean closed;

  public SocksServer() {
    try {
      server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    tasks.add(Task.run(this::accept));
  }

  /** What {@code ZMQ_SOCKS_PROXY} is set to. */
  public String address() {
    return "127.0.0.1:" + server.getLocalPort();
  }

  /** Wants {@code user:password}. */
  public SocksServer asking(String userAndPassword) {
    credentials = userAndPassword;
    return this;
  }

  /** Answers requests with this code, such as 5 for a refused connection. */
  public SocksServer replying(int code) {
    reply = code;
    return this;
  }

  /** Connects to this port of the loopback, whatever is asked for. */
  public SocksServer leadingTo(int loopbackPort) {
    port = loopbackPort;
    return this;
  }

  /** Accepts and says nothing. */
  public SocksServer silent() {
    silent = true;
    return this;
  }

  /** Sends each octet of its own by itself. */
  public SocksServer slow() {
    slow = true;
    return this;
  }

  /** What was asked for so far: {@code type host:port}. */
  public List<String> requests() {
    return List.copyOf(requests);
  }

  private void accept() {
    while (true) {
      try {
        java.net.Socket client = server.accept();
        keep(client);
        tasks.add(Task.run(() -> serve(client)));
      } catch (IOException closed) {
        return;
      }
    }
  }

  /** Somebody may connect at the moment of the close, which then does not find the socket. */
  private void keep(java.net.Socket socket) {
    sockets.add(socket);
    if (closed) {
      closeAll(socket);
    }
  }

  private void serve(java.net.Socket client) {
    try {
      client.setTcpNoDelay(true);
      DataInputStream in = new DataInputStream(client.getInputStream());
      OutputStream out = client.getOutputStream();
      if (silent || !greet(in, out)) {
        return;
      }
      in.readFully(new byte[3]);
      int type = in.read();
      String host =
          switch (type) {
            case 1 -> InetAddress.getByAddress(in.readNBytes(4)).getHostAddress();
            case 4 -> InetAddress.getByAddress(in.readNBytes(16)).getHostAddress();
            default -> new String(in.readNBytes(in.read()), StandardCharsets.US_ASCII);
          };
      int asked = in.readUnsignedShort();
      requests.add(type + " " + host + ":" + asked);
      if (reply != 0) {
        say(out, 5, reply, 0, 1, 0, 0, 0, 0, 0, 0);
        client.close();
        return;
      }
      java.net.Socket target =
          new java.net.Socket(InetAddress.getLoopbackAddress(), port == 0 ? asked : port);
      keep(target);
      say(out, 5, 0, 0, 3, 4, 'h', 'o', 's', 't', 0, 1);
      InputStream answers = target.getInputStream(); // here: the client may hang up at any time
      tasks.add(Task.run(() -> copy(answers, client)));
      copy(in, target);
    } catch (IOException ended) {
      closeAll(client);
    }
  }

  private boolean greet(DataInputStream in, OutputStream out) throws IOException {
    in.read();
    byte[] methods = in.readNBytes(in.read());
    int wanted = credentials == null ? 0 : 2;
    if (methods[0] != wanted) {
      say(out, 5, 0xFF);
      return false;
    }
    say(out, 5, wanted);
    if (wanted == 2) {
      in.read();
      String user = new String(in.readNBytes(in.read()), StandardCharsets.UTF_8);
      String password = new String(in.readNBytes(in.read()), StandardCharsets.UTF_8);
      boolean right = credentials.equals(user + ":" + password);
      say(out, 1, right ? 0 : 1);
      return right;
    }
    return true;
  }

  private void say(OutputStream out, int... octets) throws IOException {
    byte[] all = new byte[octets.length];
    for (int i = 0; i < all.length; i++) {
      all[i] = (byte) octets[i];
      if (slow) {
        out.write(all, i, 1);
        out.flush();
      }
    }
    if (!slow) {
      out.write(all);
    }
  }

  private static void copy(InputStream from, java.net.Socket to) {
    try {
      from.transferTo(to.getOutputStream());
    } catch (IOException ended) {
      // the other direction will end, too
    }
    closeAll(to);
  }

  private static void closeAll(java.net.Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    closed = true;
    try {
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    sockets.forEach(SocksServer::closeAll);
    tasks.forEach(Task::result);
  }
}
