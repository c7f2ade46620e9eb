package io.niomq.interop;

import io.niomq.Errno;
import io.niomq.Message;
import io.niomq.Socket;
import io.niomq.SocketOption;
import io.niomq.SocketOptions;
import io.niomq.SocketType;
import io.niomq.ZmqError;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Function;

/** Calls to NioMQ sockets. */
final class NioCalls implements Calls, AutoCloseable {
  private static final int SUBSCRIBE = 6;
  private static final int UNSUBSCRIBE = 7;

  private final List<Socket> sockets = new ArrayList<>();
  private final MadeUpIds ids = new MadeUpIds();

  NioCalls(Function<SocketType, Socket> open, List<SocketType> types) {
    types.forEach(type -> sockets.add(open.apply(type)));
  }

  @Override
  public String call(Call call) {
    Socket socket = sockets.get(call.socket());
    try {
      return call(socket, call.name(), call.arguments());
    } catch (RuntimeException e) {
      if (e instanceof ZmqError error) {
        return "E" + error.errno().number();
      }
      throw e;
    }
  }

  private String call(Socket socket, String name, String arguments) {
    switch (name) {
      case "set" -> set(socket, arguments.split(" "));
      case "bind" -> socket.bind(arguments);
      case "connect" -> socket.connect(arguments);
      case "unbind" -> socket.unbind(arguments);
      case "disconnect" -> socket.disconnect(arguments);
      case "close" -> socket.close();
      case "send" -> {
        if (!socket.trySend(LibzmqPeer.decode(ids.octets(arguments)))) {
          return "E" + Errno.EAGAIN.number();
        }
      }
      case "recv" -> {
        Message message = socket.tryRecvMessage();
        return message == null
            ? "E" + Errno.EAGAIN.number()
            : ids.named(LibzmqPeer.encode(message));
      }
      case "drain" -> {
        List<String> all = new ArrayList<>();
        for (Message m = socket.tryRecvMessage(); m != null; m = socket.tryRecvMessage()) {
          all.add(ids.named(LibzmqPeer.encode(m)));
        }
        Collections.sort(all);
        return String.join(" ", all);
      }
      case "last-endpoint" -> {
        return socket.get(SocketOptions.LAST_ENDPOINT);
      }
      default -> throw new AssertionError(name);
    }
    return "done";
  }

  private static void set(Socket socket, String[] option) {
    int number = Integer.parseInt(option[0]);
    if (number == SUBSCRIBE) {
      socket.subscribe(octets(option[1]));
    } else if (number == UNSUBSCRIBE) {
      socket.unsubscribe(octets(option[1]));
    } else {
      for (SocketOption<?> o : SocketOptions.all()) {
        if (o.number() == number) {
          set(socket, o, option[1]);
        }
      }
    }
  }

  private static <T> void set(Socket socket, SocketOption<T> option, String text) {
    Object value;
    if (option.type() == byte[].class) {
      value = octets(text);
    } else {
      int n = Integer.parseInt(text);
      value =
          option.type() == Boolean.class
              ? n != 0
              : option.type() == Duration.class ? Duration.ofMillis(n) : n;
    }
    socket.set(option, option.type().cast(value));
  }

  private static byte[] octets(String text) {
    return HexFormat.of().parseHex(text.substring(1));
  }

  @Override
  public void close() {
    sockets.forEach(Socket::close);
  }

  @Override
  public List<String> readiness() {
    return sockets.stream()
        .map(s -> s.isClosed() ? "-" : s.get(SocketOptions.EVENTS).toString())
        .toList();
  }
}
