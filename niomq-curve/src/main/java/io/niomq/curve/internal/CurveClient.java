package io.niomq.curve.internal;

import io.niomq.ProtocolError;
import io.niomq.internal.security.Commands;
import io.niomq.internal.security.FrameCipher;
import io.niomq.internal.security.Mechanism;
import io.niomq.internal.security.Metadata;
import io.niomq.internal.security.ProtocolException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * CURVE, the client's side: it knows the server's public key. Long-term keys are C and S, those of
 * the connection C' and S'; small letters are the secret ones.
 *
 * <pre>
 *   05 "HELLO" 01 00 0*72 C'(32) nonce(8) box[ 0*64 ](C'->S)                  ->
 *                          <-  07 "WELCOME" nonce(16) box[ S'(32) cookie(96) ](S->C')
 *   08 "INITIATE" cookie(96) nonce(8) box[ C(32) vouch(96) properties ](C'->S')  ->
 *                                  <-  05 "READY" nonce(8) box[ properties ](S'->C')
 *   vouch  nonce(16) box[ C'(32) S(32) ](C->S')
 * </pre>
 *
 * RFC 26.
 */
final class CurveClient implements Mechanism {
  static final String NAME = "CURVE";
  static final byte[] HELLO = Commands.name("HELLO");
  static final byte[] WELCOME = Commands.name("WELCOME");
  static final byte[] INITIATE = Commands.name("INITIATE");
  static final byte[] VERSION = {1, 0};
  static final int HELLO_PADDING = 72;
  static final int SIGNATURE_SIZE = 64;
  static final int COOKIE_SIZE = 96;
  static final int LONG_NONCE = 16;
  static final int SHORT_NONCE = 8;
  private static final int WELCOME_SIZE =
      WELCOME.length + LONG_NONCE + Box.TAG_SIZE + Box.KEY_SIZE + COOKIE_SIZE;
  private static final int READY_MIN = Commands.READY.length + SHORT_NONCE + Box.TAG_SIZE;

  static {
    assert WELCOME_SIZE == 168;
    assert READY_MIN == 30;
  }

  private final Metadata own;
  private final byte[] publicKey; // C
  private final byte[] secretKey; // c
  private final byte[] serverKey; // S
  private final byte[] shortPublicKey; // C'
  private final byte[] shortSecretKey; // c'
  private long nonce;
  private byte[] next;
  private Box hello; // c', S
  private byte[] sharedKey; // of c' and S'
  private Metadata peer;
  private long peerNonce;

  CurveClient(Metadata own, byte[] publicKey, byte[] secretKey, byte[] serverKey) {
    this(own, publicKey, secretKey, serverKey, Box.random(Box.KEY_SIZE));
  }

  /** With a given secret key c' of the connection. For tests. */
  CurveClient(
      Metadata own, byte[] publicKey, byte[] secretKey, byte[] serverKey, byte[] shortSecretKey) {
    this.own = own;
    this.publicKey = publicKey.clone();
    this.secretKey = secretKey.clone();
    this.serverKey = serverKey.clone();
    this.shortSecretKey = shortSecretKey;
    this.shortPublicKey = Box.publicKey(shortSecretKey);
  }

  static byte[] octets(long nonce) {
    return ByteBuffer.allocate(SHORT_NONCE).putLong(nonce).array();
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public byte[] produce() throws ProtocolException {
    if (hello == null) {
      hello = Box.between(serverKey, shortSecretKey);
      byte[] n = octets(++nonce);
      byte[] signature = hello.seal(Box.nonce("CurveZMQHELLO---", n), new byte[SIGNATURE_SIZE]);
      return Commands.of(HELLO, VERSION, new byte[HELLO_PADDING], shortPublicKey, n, signature);
    }
    byte[] command = next;
    next = null;
    return command;
  }

  @Override
  public void process(byte[] command) throws ProtocolException {
    if (sharedKey == null) {
      welcome(command);
    } else {
      ready(command);
    }
  }

  private void welcome(byte[] command) throws ProtocolException {
    if (!Commands.is(command, WELCOME)) {
      throw Commands.unexpected(command, "WELCOME");
    }
    if (command.length != WELCOME_SIZE) {
      throw new ProtocolException(
          ProtocolError.ZMTP_MALFORMED_COMMAND_WELCOME,
          "a WELCOME of " + command.length + " octets; expected: " + WELCOME_SIZE);
    }
    int at = WELCOME.length;
    byte[] n = Arrays.copyOfRange(command, at, at + LONG_NONCE);
    byte[] plain = hello.open(Box.nonce("WELCOME-", n), command, at + LONG_NONCE);
    byte[] shortServerKey = Arrays.copyOf(plain, Box.KEY_SIZE);
    byte[] cookie = Arrays.copyOfRange(plain, Box.KEY_SIZE, plain.length);
    next = initiate(shortServerKey, cookie);
  }

  private byte[] initiate(byte[] shortServerKey, byte[] cookie) throws ProtocolException {
    byte[] vouchNonce = Box.random(LONG_NONCE);
    Box vouching = Box.between(shortServerKey, secretKey);
    byte[] vouch =
        vouching.seal(Box.nonce("VOUCH---", vouchNonce), Commands.of(shortPublicKey, serverKey));
    vouching.end();
    sharedKey = Box.between(shortServerKey, shortSecretKey).key();
    byte[] n = octets(++nonce);
    byte[] box =
        new Box(sharedKey)
            .seal(
                Box.nonce("CurveZMQINITIATE", n),
                Commands.of(publicKey, vouchNonce, vouch, own.encode()));
    return Commands.of(INITIATE, cookie, n, box);
  }

  private void ready(byte[] command) throws ProtocolException {
    if (!Commands.is(command, Commands.READY)) {
      throw Commands.unexpected(command, "READY");
    }
    if (command.length < READY_MIN) {
      throw new ProtocolException(
          ProtocolError.ZMTP_MALFORMED_COMMAND_READY,
          "a READY of " + command.length + " octets; at least " + READY_MIN + " are needed");
    }
    int at = Commands.READY.length;
    byte[] n = Arrays.copyOfRange(command, at, at + SHORT_NONCE);
    byte[] plain =
        new Box(sharedKey).open(Box.nonce("CurveZMQREADY---", n), command, at + SHORT_NONCE);
    peerNonce = ByteBuffer.wrap(n).getLong();
    peer = Metadata.decode(plain, 0);
  }

  @Override
  public boolean isComplete() {
    return peer != null;
  }

  @Override
  public Metadata peerProperties() {
    return peer;
  }

  @Override
  public FrameCipher takeCipher() {
    return new CurveCipher(sharedKey.clone(), false, nonce, peerNonce);
  }

  @Override
  public void end() {
    Arrays.fill(secretKey, (byte) 0);
    Arrays.fill(shortSecretKey, (byte) 0);
    if (hello != null) {
      hello.end();
    }
    if (sharedKey != null) {
      Arrays.fill(sharedKey, (byte) 0);
    }
  }
}
