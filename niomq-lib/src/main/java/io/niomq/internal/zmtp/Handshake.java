package io.niomq.internal.zmtp;

import io.niomq.PeerProperties;
import io.niomq.ProtocolError;
import io.niomq.SocketOptions;
import io.niomq.SocketType;
import io.niomq.internal.option.OptionValues;
import io.niomq.internal.pipe.Peer;
import io.niomq.internal.pipe.Wire;
import io.niomq.internal.security.Authentication;
import io.niomq.internal.security.Commands;
import io.niomq.internal.security.FrameCipher;
import io.niomq.internal.security.Mechanism;
import io.niomq.internal.security.Mechanisms;
import io.niomq.internal.security.Metadata;
import io.niomq.internal.security.ProtocolException;
import io.niomq.internal.security.ZapClient;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
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

  /** The status of a refusal that the peer is not told of: it will try again. */
  private static final int TEMPORARY_FAILURE = 300;

  /**
   * Largest command, or identity of an old peer, that is accepted during the handshake; ours are
   * smaller, see {@link Metadata#APPLICATION_MAX}.
   */
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
  private final Authentication authentication;
  private final boolean refusesOldPeers;
  private final String address;

  private byte[] in = new byte[256];
  private int inEnd;
  private int inAt;
  private Step step = Step.SIGNATURE;
  private int version;
  private SocketType peerType;
  private byte[] peerId = {};
  private boolean established;
  private boolean propertiesChecked;

  /** For the ZAP handler; null when it was taken. */
  private List<byte[]> request;

  /** The ZAP handler has not answered yet. */
  private boolean undecided;

  /**
   * @param address the peer's, for the ZAP handler and for the application
   */
  Handshake(OptionValues options, String address, ZapClient handler) {
    this.address = address;
    this.authentication = new Authentication(options, address, handler);
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
    this.mechanism = Mechanisms.create(options, own);
    this.refusesOldPeers = Authentication.isRequired(options, mechanism);
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

  FrameCipher takeCipher() {
    return mechanism.takeCipher();
  }

  /** It is over, in one way or the other. */
  void end() {
    mechanism.end();
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

  /** The security mechanism; empty with peers too old to know any. */
  String mechanism() {
    return version >= Peer.ZMTP_3_0 ? mechanism.name() : "";
  }

  Peer peer() {
    return new Peer(peerType, peerId, version, address, properties());
  }

  /** The address, the ZAP handler's words, and the peer's own less those that only we may say. */
  private PeerProperties properties() {
    Map<String, byte[]> values = new LinkedHashMap<>();
    if (!address.isEmpty()) {
      values.put(PeerProperties.PEER_ADDRESS, address.getBytes(StandardCharsets.UTF_8));
    }
    Map<String, byte[]> confirmed = authentication.properties();
    confirmed.keySet().removeIf(PeerProperties.PEER_ADDRESS::equalsIgnoreCase);
    values.putAll(confirmed);
    if (!confirmed.containsKey(PeerProperties.USER_ID)) {
      values.put(PeerProperties.USER_ID, new byte[0]); // keeps the peer's own out
    }
    if (mechanism.peerProperties() != null) {
      mechanism.peerProperties().copyTo(values);
    } else { // an old peer
      if (peerType != null) {
        values.put(PeerProperties.SOCKET_TYPE, peerType.name().getBytes(StandardCharsets.US_ASCII));
      }
      values.put(PeerProperties.IDENTITY, peerId);
    }
    if (!confirmed.containsKey(PeerProperties.USER_ID)) {
      values.remove(PeerProperties.USER_ID);
    }
    return new PeerProperties(values);
  }

  /** What to ask the ZAP handler, once; {@link #answered} goes on. */
  List<byte[]> takeRequest() {
    List<byte[]> r = request;
    request = null;
    return r;
  }

  /** The ZAP handler's reply, or null when it has gone. */
  void answered(List<byte[]> reply) throws ProtocolException {
    undecided = false;
    try {
      authentication.answered(reply);
    } catch (ProtocolException e) {
      if (e.isAuthentication() && e.code() != TEMPORARY_FAILURE) {
        writeCommand(Commands.error(Integer.toString(e.code())));
      }
      throw e.byOurHandler();
    }
    commands();
  }

  /** Whether what has come is enough for now: the ZAP handler has not answered yet. */
  boolean isFull() {
    return undecided && available() > frameMax;
  }

  /**
   * Takes octets from the peer; {@link #takeOutput}, {@link #takeRequest} and {@link #isDone} tell
   * what follows.
   */
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
  private void beOneZero() throws ProtocolException {
    established = true;
    checkOldPeer();
    version = Peer.ZMTP_1_0;
    out.writeBytes(routingId);
    step = Step.OLD_IDENTITY;
  }

  private void checkOldPeer() throws ProtocolException {
    if (refusesOldPeers) {
      throw new ProtocolException(
          ProtocolError.ZMTP_MECHANISM_MISMATCH,
          "the peer speaks a ZMTP from before 3.0, which has no security; this socket uses "
              + mechanism.name()
              + (mechanism.name().equals("NULL") ? " with a ZMQ_ZAP_DOMAIN" : ""));
    }
  }

  private void revision() throws ProtocolException {
    if (available() <= SIGNATURE_SIZE) {
      return;
    }
    established = true;
    int major = in[SIGNATURE_SIZE] & 0xFF;
    if (major < 2) {
      checkOldPeer();
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
    out.write(mechanism.isServer() ? 1 : 0);
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
    step = Step.COMMANDS;
  }

  private void produce() throws ProtocolException {
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
    while (!undecided) {
      List<byte[]> credentials = mechanism.takeCredentials();
      if (credentials != null) {
        request = authentication.request(mechanism, credentials);
        undecided = request != null;
        continue;
      }
      produce();
      if (mechanism.isComplete()) {
        step = Step.DONE;
        return;
      }
      byte[] body = readFrame();
      if (body == null) {
        return;
      }
      mechanism.process(body);
      if (!propertiesChecked && mechanism.peerProperties() != null) {
        propertiesChecked = true;
        readProperties();
      }
    }
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
        writeCommand(Commands.error("a " + type + " cannot talk to a " + text));
        throw ProtocolException.incompatible(
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
