package io.niomq.curve.internal;

import io.niomq.ProtocolError;
import io.niomq.internal.security.FrameCipher;
import io.niomq.internal.security.ProtocolException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The MESSAGE of CURVE, which holds one frame.
 *
 * <pre>
 *   07 "MESSAGE"   nonce(8)   box( flags(1) data )
 * </pre>
 *
 * The nonce counts on from the handshake's, each side for itself; a nonce that is not greater than
 * the peer's last ends the connection. RFC 26; the nonce's prefix tells the sender's side.
 */
final class CurveCipher implements FrameCipher {
  private static final byte[] MESSAGE = "\7MESSAGE".getBytes(StandardCharsets.US_ASCII);
  private static final int NONCE_AT = MESSAGE.length;
  private static final int BOX_AT = NONCE_AT + 8;
  private static final int OVERHEAD = BOX_AT + Box.TAG_SIZE;

  static {
    assert OVERHEAD == 32;
  }

  private final Box sealing;
  private final Box opening;
  private final byte[] sealingNonce;
  private final byte[] openingNonce;
  private long sent;
  private long seen;

  /**
   * @param key becomes the cipher's, to be forgotten in the end
   * @param sent the last nonce that this side has used
   * @param seen the last nonce of the peer
   */
  CurveCipher(byte[] key, boolean server, long sent, long seen) {
    this.sealing = new Box(key);
    this.opening = new Box(key.clone());
    this.sealingNonce = nonce(server ? 'S' : 'C');
    this.openingNonce = nonce(server ? 'C' : 'S');
    this.sent = sent;
    this.seen = seen;
  }

  private static byte[] nonce(char side) {
    return Box.nonce("CurveZMQMESSAGE" + side, new byte[8]);
  }

  @Override
  public int overhead() {
    return OVERHEAD;
  }

  @Override
  public void seal(byte[] octets, int at, int payloadSize) {
    ByteBuffer body = ByteBuffer.wrap(octets);
    body.put(at, MESSAGE).putLong(at + NONCE_AT, ++sent);
    ByteBuffer.wrap(sealingNonce).putLong(Box.NONCE_SIZE - 8, sent);
    sealing.seal(sealingNonce, octets, at + BOX_AT, payloadSize);
  }

  @Override
  public void open(byte[] octets, int at, int bodySize) throws ProtocolException {
    if (!Arrays.equals(octets, at, at + MESSAGE.length, MESSAGE, 0, MESSAGE.length)) {
      throw new ProtocolException(
          ProtocolError.ZMTP_UNEXPECTED_COMMAND, "something else than MESSAGE came under CURVE");
    }
    long nonce = ByteBuffer.wrap(octets).getLong(at + NONCE_AT);
    if (Long.compareUnsigned(nonce, seen) <= 0) {
      throw new ProtocolException(
          ProtocolError.ZMTP_INVALID_SEQUENCE, "a CURVE message came again, or out of order");
    }
    ByteBuffer.wrap(openingNonce).putLong(Box.NONCE_SIZE - 8, nonce);
    opening.open(openingNonce, octets, at + BOX_AT, bodySize - BOX_AT);
    seen = nonce;
  }

  @Override
  public void end() {
    sealing.end();
    opening.end();
  }
}
