package io.niomq.curve.internal;

import static io.niomq.testing.Octets.hex;
import static io.niomq.testing.Octets.text;
import static io.niomq.testing.Octets.utf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.niomq.Z85;
import io.niomq.curve.Curve;
import io.niomq.internal.security.FrameCipher;
import io.niomq.internal.security.Metadata;
import io.niomq.internal.security.ProtocolException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * CURVE octet by octet, with keys that are the SHA-256 of the labels s, c, c' and s'; what is
 * expected was computed with libsodium.
 */
class VectorsTest {
  private static final String SECRET = "1uHKTBJ5plIy2ysVa[K*0-(Do=D&bMkAYpZqOGt>"; // s
  private static final String SERVER = "}OitGCQ?AxNLTkes.*sv8g6KcnzdS2Jo[XlIICRm"; // S
  private static final String CLIENT_SECRET = "e}2nMSzE{2w:G8$he4YugN1KmOG[(kNq#(jQfv39"; // c
  private static final String CLIENT = "fD?^+Sw7cFzC3zz.xEPSX^cV9>fFw:&%d^<tyhJf"; // C
  private static final String SHORT_SECRET = "tSjGpsKaaA0$MmJl/xU$O9adScP6GX/B>#Ro:l[."; // c'
  private static final String SHORT_SERVER = "mR!xz@K8L>x:Ka1K%+Bu[aO<oQ^N2y>QhQE.fSW#"; // S'

  /** Of c' and S'. */
  private static final String SHARED =
      "0E1E9D153F5C035B89A4A860DB989DC22E0181580895D58CDA8833DDC9D01F69";

  private static final String HELLO =
      "0548454C4C4F0100000000000000000000000000000000000000000000000000"
          + "0000000000000000000000000000000000000000000000000000000000000000"
          + "0000000000000000000000000000000057949B5A629D20AECB64150BC7122AA9"
          + "80EDF904A2C300389BA690A01DF114610000000000000001E98C6CA9DA755CB3"
          + "0D5AA7CC40CF44A6FE4449089936E38AF00A221C5C0B877ECC419C0FFD074428"
          + "A485F2B5AAA4E632CA1AAB30EB208AB1CABA8DB81A530C0C96567E72837EE06D"
          + "E4CF229B45402B74";

  private static final String READY =
      "0552454144590000000000000001C2C3AAF11540467EEA515989977179F3FD73"
          + "B915E95D0404FD5D480E90288133D50654FB61BFB6BFBDAA18AFFBC9ABBC9E8C"
          + "AE";

  @Test
  void publicKeysFollowFromSecretOnes() {
    assertThat(Z85.encode(Curve.publicKey(Z85.decode(SECRET)))).isEqualTo(SERVER);
    assertThat(Z85.encode(Curve.publicKey(Z85.decode(CLIENT_SECRET)))).isEqualTo(CLIENT);
  }

  @Test
  void theKeyOfABoxIsHashed() throws ProtocolException {
    Box box = Box.between(Z85.decode(SHORT_SERVER), Z85.decode(SHORT_SECRET));
    assertThat(text(box.key())).isEqualTo(SHARED);
  }

  @Test
  void helloIsThatOfLibsodium() throws ProtocolException {
    CurveClient client =
        new CurveClient(
            new Metadata(),
            Z85.decode(CLIENT),
            Z85.decode(CLIENT_SECRET),
            Z85.decode(SERVER),
            Z85.decode(SHORT_SECRET));
    assertThat(text(client.produce())).isEqualTo(HELLO);
  }

  @Test
  void readyOpens() throws ProtocolException {
    byte[] ready = hex(READY);
    byte[] nonce = Arrays.copyOfRange(ready, 6, 14);
    byte[] plain = new Box(hex(SHARED)).open(Box.nonce("CurveZMQREADY---", nonce), ready, 14);
    assertThat(new String(plain, StandardCharsets.US_ASCII))
        .isEqualTo("\13Socket-Type\0\0\0\6ROUTER\10Identity\0\0\0\0");
  }

  @ParameterizedTest
  @CsvSource({
    // side, last nonce, flags, data, body
    "false, 2, 0, 68656C6C6F, 074D4553534147450000000000000003BFFD8907BFB1B4D5BAFDC0096AD461445322AED49A20",
    "true, 1, 1, 70617274, 074D4553534147450000000000000002DA5FEF7E95F1C40E615FD550BA36BB966AB5620ADE",
    "false, 3, 2, 0450494E470000, 074D4553534147450000000000000004E8D9DCA13CCDD093967BC3ADF5D1A42D9FDC4549F14D5FCE"
  })
  void messagesAreThoseOfLibsodium(
      boolean server, long last, int flags, String data, String expected) throws ProtocolException {
    byte[] payload = hex(data);
    FrameCipher cipher = new CurveCipher(hex(SHARED), server, last, 0);
    byte[] body = new byte[cipher.overhead() + 1 + payload.length];
    body[cipher.overhead()] = (byte) flags;
    System.arraycopy(payload, 0, body, cipher.overhead() + 1, payload.length);
    cipher.seal(body, 0, 1 + payload.length);
    assertThat(text(body)).isEqualTo(expected);

    FrameCipher other = new CurveCipher(hex(SHARED), !server, 0, last);
    other.open(body, 0, body.length);
    assertThat(body[cipher.overhead()]).isEqualTo((byte) flags);
    assertThat(Arrays.copyOfRange(body, cipher.overhead() + 1, body.length)).isEqualTo(payload);
  }

  @Test
  void aBoxThatWasTouchedStaysClosed() throws ProtocolException {
    byte[] nonce = new byte[Box.NONCE_SIZE];
    byte[] box = new Box(hex(SHARED)).seal(nonce, utf8("attack at dawn"));
    assertThat(new Box(hex(SHARED)).open(nonce, box.clone())).isEqualTo(utf8("attack at dawn"));
    for (int i = 0; i < box.length; i++) {
      byte[] touched = box.clone();
      touched[i] ^= 1;
      assertThatThrownBy(() -> new Box(hex(SHARED)).open(nonce, touched))
          .isInstanceOf(ProtocolException.class);
      byte[] cut = Arrays.copyOf(box, i);
      assertThatThrownBy(() -> new Box(hex(SHARED)).open(nonce, cut))
          .isInstanceOf(ProtocolException.class);
    }
  }

  /** Points of small order: the shared secret would be known to everybody. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "E0EB7A7C3B41B8AE1656E3FAF19FC46ADA098DEB9C32B1FD866205165F49B800"
      })
  void weakKeysAreRefused(String key) {
    assertThatThrownBy(() -> Box.between(hex(key), Z85.decode(SECRET)))
        .isInstanceOf(ProtocolException.class);
  }
}
