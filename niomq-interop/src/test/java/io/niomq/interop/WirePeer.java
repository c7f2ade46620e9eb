package io.niomq.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;

/**
 * A peer of which the test writes every octet: a plain TCP connection to, or from, a NioMQ socket.
 * Octets are written as for {@link Octets#of}. Every wait is bounded. For one thread.
 */
final class WirePeer implements Closeable {
  /** What libzmq sends first when it has no routing id, and NioMQ as well. */
  static final String SIGNATURE = "FF 00*7 01 7F";

  /** The rest of a 3.1 greeting, after the major version. */
  static final String REST_3_1 = "01 'NULL' 00*16 00 00*31 ";

  /** The rest of a 3.0 greeting, after the major version. */
  static final String REST_3_0 = "00 'NULL' 00*16 00 00*31 ";

  private static final int LONGEST_WAIT_MILLIS = 20_000;

  private final Socket socket;

  private WirePeer(Socket socket) throws IOException {
    this.socket = socket;
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(LONGEST_WAIT_MILLIS);
  }

  /** Connects to a bound NioMQ socket. */
  static WirePeer connect(String endpoint) throws IOException {
    int port = Integer.parseInt(endpoint.substring(endpoint.lastIndexOf(':') + 1));
    Socket socket = new Socket();
    socket.connect(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), port), LONGEST_WAIT_MILLIS);
    return new WirePeer(socket);
  }

  /** A port at which a NioMQ socket is going to connect. */
  static final class Listener implements Closeable {
    private final ServerSocket server;

    Listener() throws IOException {
      server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
      server.setSoTimeout(LONGEST_WAIT_MILLIS);
    }

    String endpoint() {
      return "tcp://127.0.0.1:" + server.getLocalPort();
    }

    WirePeer accept() throws IOException {
      return new WirePeer(server.accept());
    }

    @Override
    public void close() throws IOException {
      server.close();
    }
  }

  /** The READY command of a peer of that type, complete with its header. */
  static String ready(String type) {
    boolean named = type.equals("REQ") || type.equals("DEALER") || type.equals("ROUTER");
    return ready(type, named ? "08 'Identity' 00*4" : "");
  }

  /** The READY command of a peer with further properties. */
  static String ready(String type, String properties) {
    String body =
        "05 'READY' 0B 'Socket-Type' 00*3 0" + type.length() + " '" + type + "' " + properties;
    return String.format("04 %02X ", Octets.of(body).length) + body;
  }

  WirePeer send(String octets) {
    return send(Octets.of(octets));
  }

  WirePeer send(byte[] octets) {
    try {
      socket.getOutputStream().write(octets);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return this;
  }

  /** Sends each octet with a write of its own. */
  WirePeer sendOneByOne(String octets) {
    for (byte octet : Octets.of(octets)) {
      send(new byte[] {octet});
    }
    return this;
  }

  /** The next octets must be these. */
  WirePeer expect(String octets) {
    return expect(Octets.of(octets));
  }

  WirePeer expect(byte[] octets) {
    byte[] came = read(octets.length);
    assertThat(Octets.show(came)).isEqualTo(Octets.show(octets));
    return this;
  }

  /** Nothing more may have come so far. */
  WirePeer expectNoMoreYet() {
    assertThat(hasInput()).isFalse();
    return this;
  }

  byte[] read(int count) {
    try {
      return socket.getInputStream().readNBytes(count);
    } catch (SocketTimeoutException e) {
      throw new AssertionError("the octets did not come in time", e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether octets have come. */
  boolean hasInput() {
    try {
      return socket.getInputStream().available() > 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits until NioMQ closes the connection; what it still sent. */
  byte[] awaitClose() {
    ByteArrayOutputStream rest = new ByteArrayOutputStream();
    try {
      socket.getInputStream().transferTo(rest);
    } catch (SocketTimeoutException e) {
      throw new AssertionError(
          "the connection was not closed; it sent " + Octets.show(rest.toByteArray()), e);
    } catch (IOException e) {
      // reset: closed while octets of ours were unread
    }
    return rest.toByteArray();
  }

  /** The greeting of either version of 3.x, whichever side connected; see {@link #REST_3_1}. */
  WirePeer greet(String rest) {
    return expect(SIGNATURE).send("FF 00*8 7F").expect("03").send("03").expect(REST_3_1).send(rest);
  }

  /** Greeting and READY of both sides. */
  WirePeer handshake(String rest, String ready, String expectedReady) {
    return greet(rest).send(ready).expect(expectedReady);
  }

  /** A complete 3.1 handshake with a peer of ours of that type. */
  WirePeer handshake(String type, String ourType) {
    return handshake(REST_3_1, ready(type), ready(ourType));
  }

  /**
   * Asks for a PONG: what was sent before has then been dealt with, and nothing was sent in answer.
   */
  WirePeer ping() {
    return send("04 07 04 'PING' 00 00").expect("04 05 04 'PONG'");
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
