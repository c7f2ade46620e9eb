package io.niomq.interop;

import io.niomq.Message;
import io.niomq.Socket;
import io.niomq.SocketOptions;
import io.niomq.SocketType;
import io.niomq.ZmqUnroutableException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** A NioMQ socket as one end of an exchange. */
record NioSocket(Socket socket) implements End {
  @Override
  public SocketType type() {
    return socket.type();
  }

  @Override
  public String bind(String endpoint) {
    return socket.bind(endpoint);
  }

  @Override
  public void connect(String endpoint) {
    socket.connect(endpoint);
  }

  @Override
  public void name(String id) {
    socket.set(SocketOptions.ROUTING_ID, id.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public void mandatory() {
    socket.set(SocketOptions.ROUTER_MANDATORY, true);
  }

  @Override
  public void subscribe(String prefix) {
    if (type() == SocketType.SUB) {
      socket.subscribe(prefix);
    } else {
      socket.send("\u0001" + prefix);
    }
  }

  @Override
  public void unsubscribe(String prefix) {
    if (type() == SocketType.SUB) {
      socket.unsubscribe(prefix);
    } else {
      socket.send("\0" + prefix);
    }
  }

  @Override
  public void send(Message message) {
    socket.send(message);
  }

  @Override
  public boolean trySend(Message message) {
    try {
      return socket.trySend(message);
    } catch (ZmqUnroutableException e) {
      return false;
    }
  }

  @Override
  public Message recv(Duration timeout) {
    return socket.recvMessage(timeout);
  }

  @Override
  public Message recv() {
    Message message = recv(NioSockets.LONGEST_WAIT);
    if (message == null) {
      throw new AssertionError("no message came to " + socket);
    }
    return message;
  }

  @Override
  public void poke() {
    // NioMQ does its work without being asked
  }
}
