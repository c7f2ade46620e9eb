package io.niomq.curve.internal;

import io.niomq.ProtocolError;
import io.niomq.internal.security.Commands;
import io.niomq.internal.security.FrameCipher;
import io.niomq.internal.security.Mechanism;
import io.niomq.internal.security.Metadata;
import io.niomq.internal.security.ProtocolException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;

/**
 * CURVE, the server's side: see {@link CurveClient}.
 *
 * <pre>
 *   cookie  nonce(16) secretbox[ C'(32) s'(32) ](K)
 * </pre>
 *
 * The server keeps the keys of the connection, so the cookie need not bring them back: it is only
 * compared, and its key K is forgotten at once. RFC 26.
 */
final class CurveServer implements Mechanism {
  private static final int HELLO_SIZE = 200;
  private static final int VOUCH_SIZE = CurveClient.LONG_NONCE + Box.TAG_SIZE + 2 * Box.KEY_SIZE;
  private static final int INITIATE_MIN =
      CurveClient.INITIATE.length
          + CurveClient.COOKIE_SIZE
          + CurveClient.SHORT_NONCE
          + Box.TAG_SIZE
          + Box.KEY_SIZE
          + VOUCH_SIZE;

  static {
    assert VOUCH_SIZE == 96;
    assert INITIATE_MIN == 257;
  }

  private final Metadata own;
  private final byte[] secretKey; // s
  private final byte[] publicKey; // S
  private final byte[] shortSecretKey; // s'
  private final byte[] shortPublicKey; // S'
  private byte[] clientShortKey; // C'
  private byte[] cookie;
  private byte[] next;
  private byte[] sharedKey; // of s' and C'
  private List<byte[]> credentials;
  private Metadata peer;
  private long nonce;
  private long peerNonce;
  private boolean done;

  CurveServer(Metadata own, byte[] secretKey) {
    this.own = own;
    this.secretKey = secretKey.clone();
    this.publicKey = Box.publicKey(secretKey);
    this.shortSecretKey = Box.random(Box.KEY_SIZE);
    this.shortPublicKey = Box.publicKey(shortSecretKey);
  }

  @Override
  public String name() {
    return CurveClient.NAME;
  }

  @Override
  public boolean isServer() {
    return true;
  }

  @Override
  public List<byte[]> takeCredentials() {
    List<byte[]> shown = credentials;
    credentials = null;
    return shown;
  }

  @Override
  public byte[] produce() {
    if (next != null) {
      byte[] command = next;
      next = null;
      return command;
    }
    if (peer == null || done) {
      return null;
    }
    done = true;
    byte[] n = CurveClient.octets(++nonce);
    return Commands.of(
        Commands.READY, n, new Box(sharedKey).seal(Box.nonce("CurveZMQREADY---", n), own.encode()));
  }

  @Override
  public void process(byte[] command) throws ProtocolException {
    Commands.checkName(command);
    if (clientShortKey == null) {
      hello(command);
    } else {
      initiate(command);
    }
  }

  private void hello(byte[] command) throws ProtocolException {
    if (!Commands.is(command, CurveClient.HELLO)) {
      throw Commands.unexpected(command, "HELLO");
    }
    int at = CurveClient.HELLO.length;
    if (command.length != HELLO_SIZE
        || !Arrays.equals(command, at, at + 2, CurveClient.VERSION, 0, 2)) {
      throw new ProtocolException(
          ProtocolError.ZMTP_MALFORMED_COMMAND_HELLO, "a HELLO that is not of CURVE 1.0");
    }
    at += 2 + CurveClient.HELLO_PADDING;
    byte[] key = Arrays.copyOfRange(command, at, at + Box.KEY_SIZE);
    at += Box.KEY_SIZE;
    byte[] n = Arrays.copyOfRange(command, at, at + CurveClient.SHORT_NONCE);
    Box box = Box.between(key, secretKey);
    byte[] signature =
        box.open(Box.nonce("CurveZMQHELLO---", n), command, at + CurveClient.SHORT_NONCE);
    if (!Arrays.equals(signature, new byte[CurveClient.SIGNATURE_SIZE])) {
      throw new ProtocolException(
          ProtocolError.ZMTP_MALFORMED_COMMAND_HELLO, "a HELLO whose box does not hold zeros");
    }
    clientShortKey = key;
    next = welcome(box);
    box.end();
  }

  private byte[] welcome(Box box) {
    byte[] cookieNonce = Box.random(CurveClient.LONG_NONCE);
    Box forgotten = new Box(Box.random(Box.KEY_SIZE));
    byte[] sealed =
        forgotten.seal(
            Box.nonce("COOKIE--", cookieNonce), Commands.of(clientShortKey, shortSecretKey));
    forgotten.end();
    cookie = Commands.of(cookieNonce, sealed);
    byte[] n = Box.random(CurveClient.LONG_NONCE);
    return Commands.of(
        CurveClient.WELCOME,
        n,
        box.seal(Box.nonce("WELCOME-", n), Commands.of(shortPublicKey, cookie)));
  }

  private void initiate(byte[] command) throws ProtocolException {
    if (!Commands.is(command, CurveClient.INITIATE)) {
      throw Commands.unexpected(command, "INITIATE");
    }
    if (command.length < INITIATE_MIN) {
      throw new ProtocolException(
          ProtocolError.ZMTP_MALFORMED_COMMAND_INITIATE,
          "an INITIATE of " + command.length + " octets; at least " + INITIATE_MIN + " are needed");
    }
    int at = CurveClient.INITIATE.length;
    int nonceAt = at + CurveClient.COOKIE_SIZE;
    if (!MessageDigest.isEqual(cookie, Arrays.copyOfRange(command, at, nonceAt))) {
      throw new ProtocolException(
          ProtocolError.ZMTP_CRYPTOGRAPHIC, "an INITIATE without the cookie of our WELCOME");
    }
    int boxAt = nonceAt + CurveClient.SHORT_NONCE;
    byte[] n = Arrays.copyOfRange(command, nonceAt, boxAt);
    sharedKey = Box.between(clientShortKey, shortSecretKey).key();
    byte[] plain = new Box(sharedKey).open(Box.nonce("CurveZMQINITIATE", n), command, boxAt);
    byte[] clientKey = Arrays.copyOf(plain, Box.KEY_SIZE);
    checkVouch(clientKey, Arrays.copyOfRange(plain, Box.KEY_SIZE, Box.KEY_SIZE + VOUCH_SIZE));
    peerNonce = ByteBuffer.wrap(n).getLong();
    peer = Metadata.decode(plain, Box.KEY_SIZE + VOUCH_SIZE);
    credentials = List.of(clientKey);
  }

  /** That the owner of the long-term key has made this connection, and means this server. */
  private void checkVouch(byte[] clientKey, byte[] vouch) throws ProtocolException {
    byte[] n = Arrays.copyOf(vouch, CurveClient.LONG_NONCE);
    Box vouching = Box.between(clientKey, shortSecretKey);
    byte[] plain = vouching.open(Box.nonce("VOUCH---", n), vouch, CurveClient.LONG_NONCE);
    vouching.end();
    if (!MessageDigest.isEqual(plain, Commands.of(clientShortKey, publicKey))) {
      throw new ProtocolException(
          ProtocolError.ZMTP_KEY_EXCHANGE, "a vouch for another connection or another server");
    }
  }

  @Override
  public boolean isComplete() {
    return done;
  }

  @Override
  public Metadata peerProperties() {
    return peer;
  }

  @Override
  public FrameCipher takeCipher() {
    return new CurveCipher(sharedKey.clone(), true, nonce, peerNonce);
  }

  @Override
  public void end() {
    Arrays.fill(secretKey, (byte) 0);
    Arrays.fill(shortSecretKey, (byte) 0);
    if (sharedKey != null) {
      Arrays.fill(sharedKey, (byte) 0);
    }
  }
}
