package io.niomq.benchmarks.program;

import org.zeromq.SocketType;
import org.zeromq.ZMQ;

/** JeroMQ: sends arrays, receives into an array. */
final class Jero implements Library {
  private final ZMQ.Context context = ZMQ.context(1);

  @Override
  public Port open(Pattern pattern, int sizeMax) {
    ZMQ.Socket socket = context.socket(SocketType.valueOf(pattern.name()));
    socket.setLinger(0);
    if (pattern == Pattern.SUB) {
      socket.subscribe("");
    }
    return new JeroPort(socket, sizeMax);
  }

  @Override
  public void proxy(Port frontend, Port backend) {
    ZMQ.proxy(((JeroPort) frontend).socket, ((JeroPort) backend).socket, null);
  }

  private final class JeroPort implements Port {
    private final ZMQ.Socket socket;
    private final ZMQ.Poller poller;
    private final byte[] buffer;

    JeroPort(ZMQ.Socket socket, int sizeMax) {
      this.socket = socket;
      poller = context.poller(1);
      poller.register(socket, ZMQ.Poller.POLLIN);
      buffer = new byte[sizeMax];
    }

    @Override
    public String bind(String endpoint) {
      checkDone(socket.bind(endpoint));
      return socket.getLastEndpoint();
    }

    @Override
    public void connect(String endpoint) {
      checkDone(socket.connect(endpoint));
    }

    @Override
    public void send(byte[] body) {
      // JeroMQ keeps the array that it is given and encodes it later, so it needs one of its own.
      checkDone(socket.send(body.clone(), 0));
    }

    @Override
    public int recv() {
      int size = socket.recv(buffer, 0, buffer.length, 0);
      checkDone(size >= 0);
      return size;
    }

    @Override
    public void await() {
      checkDone(poller.poll(-1) == 1);
    }

    @Override
    public long longAt(int index) {
      return Body.get(buffer, index);
    }

    @Override
    public int echo() {
      byte[] routingId = socket.recv(0);
      checkDone(routingId != null && socket.hasReceiveMore());
      byte[] body = socket.recv(0);
      checkDone(body != null && !socket.hasReceiveMore());
      checkDone(socket.send(routingId, ZMQ.SNDMORE));
      checkDone(socket.send(body, 0));
      return body.length;
    }

    private void checkDone(boolean done) {
      if (!done) {
        throw new IllegalStateException("JeroMQ refused a call, error " + socket.errno());
      }
    }
  }
}
