package io.niomq.benchmarks.program;

import io.niomq.Context;
import io.niomq.Message;
import io.niomq.Poller;
import io.niomq.Proxy;
import io.niomq.Socket;
import io.niomq.SocketOptions;
import io.niomq.SocketType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;

/** NioMQ: sends arrays, receives into a direct buffer. */
final class NioMq implements Library {
  private final Context context = Context.create();

  @Override
  public Port open(Pattern pattern, int sizeMax) {
    Socket socket = context.socket(SocketType.valueOf(pattern.name()));
    socket.set(SocketOptions.LINGER, Duration.ZERO);
    if (pattern == Pattern.SUB) {
      socket.subscribe("");
    }
    return new NioMqPort(socket, sizeMax);
  }

  @Override
  public void proxy(Port frontend, Port backend) {
    Proxy.between(((NioMqPort) frontend).socket, ((NioMqPort) backend).socket).run();
  }

  private final class NioMqPort implements Port {
    private final Socket socket;
    private final Poller poller;
    private final ByteBuffer buffer;

    NioMqPort(Socket socket, int sizeMax) {
      this.socket = socket;
      poller = context.poller().register(socket, Poller.IN);
      buffer = ByteBuffer.allocateDirect(sizeMax).order(ByteOrder.LITTLE_ENDIAN);
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
    public void send(byte[] body) {
      socket.send(body);
    }

    @Override
    public int recv() {
      buffer.clear();
      return socket.recv(buffer);
    }

    @Override
    public void await() {
      poller.poll();
    }

    @Override
    public long longAt(int index) {
      return buffer.getLong(index);
    }

    @Override
    public int echo() {
      Message message = socket.recvMessage();
      Body.checkSize(message.frameCount(), 2);
      int size = message.size(1);
      socket.send(message);
      return size;
    }
  }
}
