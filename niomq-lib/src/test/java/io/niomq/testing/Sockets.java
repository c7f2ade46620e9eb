package io.niomq.testing;

import io.niomq.CloseReport;
import io.niomq.Context;
import io.niomq.Socket;
import io.niomq.SocketOptions;
import io.niomq.SocketType;
import io.niomq.ZmqClosedException;
import io.niomq.ZmqTerminatedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * The sockets of one test, in one context. Their blocking calls are limited to {@link Await#LONG},
 * so that no test hangs; at the end all are closed without linger, and the context must end.
 */
public final class Sockets implements AfterEachCallback {
  private final Supplier<Context> make;
  private final List<Socket> sockets = new ArrayList<>();
  private Context context;

  public Sockets() {
    this(Context::create);
  }

  public Sockets(Supplier<Context> make) {
    this.make = make;
  }

  public Context context() {
    if (context == null) {
      context = make.get();
    }
    return context;
  }

  public Socket socket(SocketType type) {
    return keep(context().socket(type));
  }

  /** Closes {@code socket} at the end, too. */
  public Socket keep(Socket socket) {
    socket.set(SocketOptions.RCVTIMEO, Await.LONG);
    socket.set(SocketOptions.SNDTIMEO, Await.LONG);
    sockets.add(socket);
    return socket;
  }

  public Socket bound(SocketType type, String endpoint) {
    Socket socket = socket(type);
    socket.bind(endpoint);
    return socket;
  }

  public Socket connected(SocketType type, String endpoint) {
    Socket socket = socket(type);
    socket.connect(endpoint);
    return socket;
  }

  /** A socket with a high-water mark for what it sends and what it receives. */
  public Socket limited(SocketType type, int sndhwm, int rcvhwm) {
    return socket(type).set(SocketOptions.SNDHWM, sndhwm).set(SocketOptions.RCVHWM, rcvhwm);
  }

  @Override
  public void afterEach(ExtensionContext test) {
    if (context == null) {
      return;
    }
    for (Socket socket : sockets) {
      try {
        socket.set(SocketOptions.LINGER, Duration.ZERO);
      } catch (ZmqClosedException | ZmqTerminatedException closedByTheTest) {
        continue;
      }
    }
    sockets.forEach(Socket::close);
    sockets.clear();
    CloseReport report = context.close(Await.LONG);
    if (!report.complete()) {
      throw new AssertionError("the context did not end: " + report);
    }
  }
}
