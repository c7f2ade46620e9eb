package io.niomq.internal.zmtp;

import io.niomq.PeerProperties;
import io.niomq.ProtocolError;
import io.niomq.SocketOptions;
import io.niomq.SocketType;
import io.niomq.internal.option.OptionValues;
import io.niomq.internal.pipe.Peer;
import io.niomq.internal.pipe.Wire;
import io.niomq.internal.security.Mechanism;
import io.niomq.internal.security.Metadata;
import io.niomq.internal.security.NullMechanism;
import io.niomq.internal.security.ProtocolException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The greeting and the mechanism's commands, up to the point where messages may flow. Does no I/O:
 * octets in, octets out. Driven by the I/O thread.
 *
 * <pre>
 *   ZMTP 3.x   FF 00*7 id-size+1 7F | 03 | minor  mechanism(20)  as-server(1)  filler(31) | commands
 *   ZMTP 2.0   FF 00*7 id-size+1 7F | 01 | socket-type  identity frame (v2)
 *   revision 0 FF 00*7 id-size+1 7F | 00 | socket-type  identity frame (v1)
 *   ZMTP 1.0   identity frame (v1): our first ten octets are read as its long header
 * </pre>
 *
 * As libzmq does, we send ten octets first and the rest only when the peer's show which of these it
 * speaks. RFC 37, 23, 15, 13.
 */
final class Handshake {
  private static final int SIGNATURE_SIZE = 10;
  private static final int GREETING_SIZE = SIGNATURE_SIZE + 2 + 20 + 1 + 31;
  private static final byte MAJOR = 3;
  private static final byte MINOR = 1;

  /** Largest command, or identity of an old peer, that is accepted during the handshake. */
  private static final int FRAME_MAX = 64 << 10;

  static {
    assert GREETING_SIZE == 64;
  }

  private enum Step {
    SIGNATURE,
    REVISION,
    GREETING,
    COMMANDS,
    OLD_TYPE,
    OLD_IDENTITY,
    DONE
  }

  private final SocketType type;
  private final byte[] routingId;
  private final long frameMax;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream(128);
  private final Mechanism mechanism;

  private byte[] in = new byte[256];
  private int inEnd;
  private int inAt;
  private Step step = Step.SIGNATURE;
  private int version;
  private SocketType peerType;
  private byte[] peerId = {};
  private boolean established;

  Handshake(OptionValues options) {
    this.type = options.socketType();
    this.routingId = options.get(SocketOptions.ROUTING_ID);
    long limit = options.get(SocketOptions.MAXMSGSIZE);
    this.frameMax = limit < 0 ? FRAME_MAX : Math.max(1024, Math.min(FRAME_MAX, limit));
    Metadata own = new Metadata();
    own.add(Metadata.SOCKET_TYPE, type.name().getBytes(StandardCharsets.US_ASCII));
    if (type == SocketType.REQ || type == SocketType.DEALER || type == SocketType.ROUTER) {
      own.add(Metadata.IDENTITY, routingId);
    }
    for (String property : options.all(SocketOptions.METADATA)) {
      int colon = property.indexOf(':');
      String name = property.substring(0, colon);
      if (own.get(name) == null) {
        own.add(name, property.substring(colon + 1).getBytes(StandardCharsets.UTF_8));
      }
    }
    this.mechanism = new NullMechanism(own);
    writeSignature();
  }

  private void writeSignature() {
    out.write(0xFF);
    out.writeBytes(ByteBuffer.allocate(8).putLong(routingId.length + 1).array());
    out.write(0x7F);
  }

  /** What is to be sent now; each call hands out what the earlier ones did not. */
  byte[] takeOutput() {
    byte[] octets = out.toByteArray();
    out.reset();
    return octets;
  }

  boolean isDone() {
    return step == Step.DONE;
  }

  /** Whether the peer has spoken ZMTP at all, for the report of a failure. */
  boolean isEstablished() {
    return established;
  }

  /** Octets that came after the handshake and belong to the traffic. */
  ByteBuffer leftover() {
    return ByteBuffer.wrap(in, inAt, inEnd - inAt);
  }

  /** 10 * major + minor of the protocol to speak: see the constants of {@link Peer}. */
  int version() {
    return version;
  }

  /** Whether frames have the layout of ZMTP 1.0. */
  boolean usesOldFraming() {
    return version < Peer.ZMTP_2_0;
  }

  Peer peer(String address) {
    return new Peer(peerType, peerId, version, address, properties(address));
  }

  /** The peer's own words, less those that only we may say. */
  private PeerProperties properties(String address) {
    Map<String, byte[]> values = new LinkedHashMap<>();
    if (mechanism.peerProperties() != null) {
      mechanism.peerProperties().copyTo(values);
    } else { // an old peer
      if (peerType != null) {
        values.put(PeerProperties.SOCKET_TYPE, peerType.name().getBytes(StandardCharsets.US_ASCII));
      }
      values.put(PeerProperties.IDENTITY, peerId);
    }
    values.keySet().removeIf(PeerProperties.USER_ID::equalsIgnoreCase);
    values.keySet().removeIf(PeerProperties.PEER_ADDRESS::equalsIgnoreCase);
    if (!address.isEmpty()) {
      values.put(PeerProperties.PEER_ADDRESS, address.getBytes(StandardCharsets.UTF_8));
    }
    return new PeerProperties(values);
  }

  /** Takes octets from the peer; {@link #takeOutput} and {@link #isDone} tell what follows. */
  void receive(ByteBuffer octets) throws ProtocolException {
    int count = octets.remaining();
    if (in.length - inEnd < count) {
      in = Arrays.copyOf(in, Math.max(2 * in.length, inEnd + count));
    }
    octets.get(in, inEnd, count);
    inEnd += count;
    Step before;
    do {
      before = step;
      advance();
    } while (step != before && step != Step.DONE);
  }

  private int available() {
    return inEnd - inAt;
  }

  private void advance() throws ProtocolException {
    switch (step) {
      case SIGNATURE -> signature();
      case REVISION -> revision();
      case GREETING -> greeting();
      case COMMANDS -> commands();
      case OLD_TYPE -> oldType();
      case OLD_IDENTITY -> oldIdentity();
      case DONE -> {}
    }
  }

  private void signature() throws ProtocolException {
    if (available() == 0) {
      return;
    }
    if (in[0] != (byte) 0xFF) {
      beOneZero();
    } else if (available() >= SIGNATURE_SIZE) {
      if ((in[9] & 1) == 0) {
        beOneZero();
      } else {
        out.write(MAJOR);
        step = Step.REVISION;
      }
    }
  }

  /**
   * The peer's first octets are a frame already: its identity. Ours follows the ten octets, as its
   * body.
   */
  private void beOneZero() {
    established = true;
    version = Peer.ZMTP_1_0;
    out.writeBytes(routingId);
    step = Step.OLD_IDENTITY;
  }

  private void revision() throws ProtocolException {
    if (available() <= SIGNATURE_SIZE) {
      return;
    }
    established = true;
    int major = in[SIGNATURE_SIZE] & 0xFF;
    if (major < 2) {
      version = major == 0 ? REVISION_0 : Peer.ZMTP_2_0;
      out.write(type.number());
      byte[] frame = new byte[Wire.LONG_HEADER + routingId.length];
      if (major == 0) {
        out.writeBytes(OldFraming.frame(routingId, false));
      } else {
        ByteBuffer b = ByteBuffer.wrap(frame);
        int size = Wire.putHeader(b, 0, 0, routingId.length);
        out.write(frame, 0, size);
        out.writeBytes(routingId);
      }
      step = Step.OLD_TYPE;
      return;
    }
    out.write(MINOR);
    out.writeBytes(Arrays.copyOf(mechanism.name().getBytes(StandardCharsets.US_ASCII), 20));
    out.write(0); // as-server: NULL has no sides
    out.writeBytes(new byte[31]);
    step = Step.GREETING;
  }

  private void greeting() throws ProtocolException {
    if (available() < GREETING_SIZE) {
      return;
    }
    version =
        in[SIGNATURE_SIZE] == MAJOR && in[SIGNATURE_SIZE + 1] == 0 ? Peer.ZMTP_3_0 : Peer.ZMTP_3_1;
    byte[] theirs = Arrays.copyOfRange(in, SIGNATURE_SIZE + 2, SIGNATURE_SIZE + 22);
    byte[] ours = Arrays.copyOf(mechanism.name().getBytes(StandardCharsets.US_ASCII), 20);
    if (!Arrays.equals(theirs, ours)) {
      throw new ProtocolException(
          ProtocolError.ZMTP_MECHANISM_MISMATCH,
          "the peer uses the security mechanism "
              + new String(theirs, StandardCharsets.ISO_8859_1).trim()
              + ", this socket uses "
              + mechanism.name());
    }
    inAt = GREETING_SIZE;
    produce();
    step = Step.COMMANDS;
  }

  private void produce() {
    for (byte[] c = mechanism.produce(); c != null; c = mechanism.produce()) {
      writeCommand(c);
    }
  }

  private void writeCommand(byte[] body) {
    byte[] header = new byte[Wire.LONG_HEADER];
    int size = Wire.putHeader(ByteBuffer.wrap(header), 0, Wire.FLAG_COMMAND, body.length);
    out.write(header, 0, size);
    out.writeBytes(body);
  }

  private void commands() throws ProtocolException {
    while (!mechanism.isComplete()) {
      byte[] body = readFrame();
      if (body == null) {
        return;
      }
      mechanism.process(body);
      produce();
    }
    readProperties();
    step = Step.DONE;
  }

  /** A frame in v2 layout, whatever its flags say (as libzmq); null when it is not complete. */
  private byte[] readFrame() throws ProtocolException {
    if (available() < Wire.SHORT_HEADER) {
      return null;
    }
    boolean isLong = (in[inAt] & Wire.FLAG_LONG) != 0;
    int header = isLong ? Wire.LONG_HEADER : Wire.SHORT_HEADER;
    if (available() < header) {
      return null;
    }
    long size = isLong ? ByteBuffer.wrap(in).getLong(inAt + 1) : in[inAt + 1] & 0xFF;
    checkSize(size);
    if (available() < header + size) {
      return null;
    }
    byte[] body = Arrays.copyOfRange(in, inAt + header, inAt + header + (int) size);
    inAt += header + (int) size;
    return body;
  }

  private void checkSize(long size) throws ProtocolException {
    if (size < 0 || size > frameMax) {
      throw new ProtocolException(
          "a frame of "
              + Long.toUnsignedString(size)
              + " octets in the handshake; allowed: "
              + frameMax);
    }
  }

  private void readProperties() throws ProtocolException {
    Metadata properties = mechanism.peerProperties();
    byte[] name = properties.get(Metadata.SOCKET_TYPE);
    if (name != null) {
      String text = new String(name, StandardCharsets.ISO_8859_1);
      for (SocketType t : type.peers()) {
        if (t.name().equals(text)) {
          peerType = t;
        }
      }
      if (peerType == null) {
        writeCommand(NullMechanism.error("a " + type + " cannot talk to a " + text));
        throw new ProtocolException(
            ProtocolError.ZMTP_INVALID_METADATA,
            "the peer is a " + text + ", which a " + type + " cannot talk to");
      }
    }
    byte[] id = properties.get(Metadata.IDENTITY);
    if (id != null) {
      peerId = id;
    }
  }

  private void oldType() {
    if (available() < SIGNATURE_SIZE + 2) {
      return;
    }
    int number = in[SIGNATURE_SIZE + 1] & 0xFF;
    for (SocketType t : SocketType.values()) {
      if (t.number() == number) {
        peerType = t; // not checked, as in libzmq
      }
    }
    inAt = SIGNATURE_SIZE + 2;
    step = Step.OLD_IDENTITY;
  }

  private void oldIdentity() throws ProtocolException {
    byte[] id;
    if (version == Peer.ZMTP_2_0) {
      id = readFrame();
    } else {
      OldFraming.Header h = OldFraming.header(in, inAt, inEnd);
      if (h == null) {
        return;
      }
      checkSize(h.bodySize());
      if (available() < h.size() + h.bodySize()) {
        return;
      }
      int from = inAt + h.size();
      id = Arrays.copyOfRange(in, from, from + (int) h.bodySize());
      inAt = from + id.length;
    }
    if (id != null) {
      peerId = id;
      step = Step.DONE;
    }
  }

  /** ZMTP 2.0's predecessor of libzmq 3.0: the signature of 2.0, the frames of 1.0. */
  static final int REVISION_0 = 15;
}
