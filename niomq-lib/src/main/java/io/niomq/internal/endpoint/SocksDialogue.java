package io.niomq.internal.endpoint;

import io.niomq.internal.loop.EventLoop;
import io.niomq.internal.transport.Target;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.NoRouteToHostException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/**
 * Asks a SOCKS5 proxy, over a channel that is connected to it, for a connection to somewhere else.
 * Names are the proxy's affair. Not an octet of what follows is read. Driven by the I/O thread.
 *
 * <pre>
 *   05 01 method              method 00 none, 02 name and password      05 method
 *   01 size name size password                                          01 00
 *   05 01 00 type address port(2)   type 01 IPv4, 03 name, 04 IPv6      05 code 00 type address port
 * </pre>
 *
 * RFC 1928, RFC 1929.
 */
final class SocksDialogue implements EventLoop.Handler {
  private static final int VERSION = 5;
  private static final int ADMISSION_VERSION = 1;
  private static final int CONNECT = 1;
  private static final int NO_AUTHENTICATION = 0;
  private static final int NAME_AND_PASSWORD = 2;
  private static final int IPV4 = 1;
  private static final int NAME = 3;
  private static final int IPV6 = 4;
  private static final String[] REFUSALS = {
    "",
    "general failure",
    "not allowed by its rules",
    "network unreachable",
    "host unreachable",
    "connection refused",
    "time to live expired",
    "command not supported",
    "address type not supported"
  };

  /** How it ended. Called once. */
  interface Outcome {
    void opened();

    void refused(Throwable why);
  }

  private enum Step {
    METHOD,
    ADMISSION,
    REPLY,
    REPLY_REST
  }

  private final SocketChannel channel;
  private final EventLoop loop;
  private final Target.Tunnel target;
  private final byte[] user;
  private final byte[] password;
  private final Outcome outcome;
  private SelectionKey key;
  private Step step = Step.METHOD;
  private ByteBuffer in = ByteBuffer.allocate(2);
  private ByteBuffer out = ByteBuffer.allocate(0);

  /**
   * For the user with that name, or for nobody in particular if the name is empty.
   *
   * @param user at most 255 octets
   * @param password at most 255 octets
   */
  SocksDialogue(
      SocketChannel channel,
      EventLoop loop,
      Target.Tunnel target,
      byte[] user,
      byte[] password,
      Outcome outcome) {
    this.channel = channel;
    this.loop = loop;
    this.target = target;
    this.user = user;
    this.password = password;
    this.outcome = outcome;
  }

  void start() throws IOException {
    key = loop.register(channel, SelectionKey.OP_READ, this);
    send(new byte[] {VERSION, 1, (byte) method()});
  }

  private int method() {
    return user.length == 0 ? NO_AUTHENTICATION : NAME_AND_PASSWORD;
  }

  @Override
  public void ready(SelectionKey ready) {
    try {
      if (ready.isWritable()) {
        flush();
      }
      while (ready.isReadable() && key != null && hasRead()) {
        proceed();
      }
    } catch (IOException e) {
      failed(e);
    }
  }

  @Override
  public void failed(Throwable failure) {
    if (key != null) {
      key = null;
      outcome.refused(failure);
    }
  }

  private boolean hasRead() throws IOException {
    if (channel.read(in) < 0) {
      throw new EOFException("the SOCKS proxy closed the connection");
    }
    return !in.hasRemaining();
  }

  private void proceed() throws IOException {
    in.flip();
    switch (step) {
      case METHOD -> {
        checkVersion(VERSION);
        int method = in.get(1);
        if (method == NO_AUTHENTICATION) { // whatever was offered, as in libzmq
          ask();
        } else if (method == method()) {
          step = Step.ADMISSION;
          in = ByteBuffer.allocate(2);
          send(credentials());
        } else {
          throw new IOException(
              "the SOCKS proxy does not take "
                  + (user.length == 0
                      ? "connections without a name and password (ZMQ_SOCKS_USERNAME)"
                      : "a name and password"));
        }
      }
      case ADMISSION -> {
        checkVersion(ADMISSION_VERSION);
        if (in.get(1) != 0) {
          throw new IOException("the SOCKS proxy refused the name or the password");
        }
        ask();
      }
      case REPLY -> reply();
      case REPLY_REST -> {
        key = null;
        outcome.opened();
      }
    }
  }

  private void checkVersion(int expected) throws IOException {
    int version = in.get(0) & 0xFF;
    if (version != expected) {
      throw new IOException(
          "this is no SOCKS5 proxy: its answer begins with " + version + " instead of " + expected);
    }
  }

  private byte[] credentials() {
    return ByteBuffer.allocate(3 + user.length + password.length)
        .put((byte) 1)
        .put((byte) user.length)
        .put(user)
        .put((byte) password.length)
        .put(password)
        .array();
  }

  private void ask() throws IOException {
    ByteArrayOutputStream request = new ByteArrayOutputStream();
    request.writeBytes(new byte[] {VERSION, CONNECT, 0});
    InetAddress literal = target.literal();
    if (literal == null) {
      byte[] name = target.host().getBytes(StandardCharsets.US_ASCII);
      request.write(NAME);
      request.write(name.length);
      request.writeBytes(name);
    } else {
      request.write(literal instanceof Inet6Address ? IPV6 : IPV4);
      request.writeBytes(literal.getAddress());
    }
    request.write(target.port() >> 8);
    request.write(target.port());
    step = Step.REPLY;
    in = ByteBuffer.allocate(5);
    send(request.toByteArray());
  }

  private void reply() throws IOException {
    checkVersion(VERSION);
    int code = in.get(1) & 0xFF;
    if (code != 0) {
      throw refusal(code);
    }
    int rest =
        switch (in.get(3)) {
          case IPV4 -> 4;
          case IPV6 -> 16;
          case NAME -> 1 + (in.get(4) & 0xFF);
          default -> throw new IOException("the SOCKS proxy's reply has an unknown address type");
        };
    step = Step.REPLY_REST;
    in = ByteBuffer.allocate(rest - 1 + 2); // one octet has come already
  }

  private static IOException refusal(int code) {
    String text =
        "the SOCKS proxy could not connect: "
            + (code > 0 && code < REFUSALS.length ? REFUSALS[code] : "reply " + code);
    return switch (code) {
      case 3, 4 -> new NoRouteToHostException(text);
      case 5 -> new ConnectException(text);
      default -> new IOException(text);
    };
  }

  private void send(byte[] octets) throws IOException {
    assert !out.hasRemaining() : "the proxy answers before we go on";
    out = ByteBuffer.wrap(octets);
    flush();
  }

  private void flush() throws IOException {
    channel.write(out);
    key.interestOps(out.hasRemaining() ? SelectionKey.OP_WRITE : SelectionKey.OP_READ);
  }
}
