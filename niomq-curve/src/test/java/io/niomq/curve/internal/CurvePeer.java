package io.niomq.curve.internal;

import static io.niomq.testing.Octets.utf8;

import io.niomq.curve.Curve;
import io.niomq.internal.security.FrameCipher;
import io.niomq.internal.security.Metadata;
import io.niomq.internal.security.ProtocolException;
import io.niomq.testing.RawPeer;
import java.nio.charset.StandardCharsets;

/** A CURVE client under the test's command, over a plain TCP socket. */
final class CurvePeer implements AutoCloseable {
  final RawPeer raw;
  final CurveClient client;
  private FrameCipher cipher;

  /** Connects, exchanges greetings, and has said nothing else. */
  CurvePeer(String endpoint, String socketType, Curve.KeyPair keys, byte[] serverKey) {
    raw = RawPeer.connect(endpoint).send(RawPeer.greeting(1, "CURVE"));
    raw.read(64);
    Metadata own = new Metadata();
    own.add("Socket-Type", utf8(socketType));
    client = new CurveClient(own, keys.publicKey(), keys.secretKey(), serverKey);
  }

  byte[] hello() throws ProtocolException {
    return client.produce();
  }

  /** The INITIATE that answers the server's WELCOME. */
  byte[] initiate() throws ProtocolException {
    command(hello());
    client.process(raw.readFrame().body());
    return client.produce();
  }

  CurvePeer handshake() throws ProtocolException {
    command(initiate());
    client.process(raw.readFrame().body());
    cipher = client.takeCipher();
    return this;
  }

  void command(byte[] body) {
    raw.send(RawPeer.frame(4, body));
  }

  /** The body of a frame that carries this. */
  byte[] sealed(int flags, String data) {
    byte[] octets = utf8(data);
    int at = cipher.overhead();
    byte[] body = new byte[at + 1 + octets.length];
    body[at] = (byte) flags;
    System.arraycopy(octets, 0, body, at + 1, octets.length);
    cipher.seal(body, 0, 1 + octets.length);
    return body;
  }

  void send(int flags, String data) {
    raw.send(RawPeer.frame(0, sealed(flags, data)));
  }

  /** Flags and data of the next frame. */
  String receive() throws ProtocolException {
    RawPeer.Frame frame = raw.readFrame();
    byte[] body = frame.body();
    cipher.open(body, 0, body.length);
    int at = cipher.overhead();
    return frame.flags()
        + " "
        + body[at]
        + " "
        + new String(body, at + 1, body.length - at - 1, StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    raw.close();
  }
}
