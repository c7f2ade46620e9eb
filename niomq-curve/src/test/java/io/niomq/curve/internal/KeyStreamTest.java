package io.niomq.curve.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.bouncycastle.crypto.engines.XSalsa20Engine;
import org.bouncycastle.crypto.params.KeyParameter;
import org.bouncycastle.crypto.params.ParametersWithIV;
import org.junit.jupiter.api.Test;

/** The stream is that of XSalsa20, as Bouncy Castle makes it octet by octet. */
class KeyStreamTest {
  private static final int TAG_KEY = 32;

  private final Random random = new Random(1);

  private byte[] octets(int size) {
    byte[] octets = new byte[size];
    random.nextBytes(octets);
    return octets;
  }

  private static byte[] expected(byte[] key, byte[] nonce, int size) {
    XSalsa20Engine engine = new XSalsa20Engine();
    engine.init(true, new ParametersWithIV(new KeyParameter(key), nonce));
    byte[] stream = new byte[TAG_KEY + size];
    engine.processBytes(stream, 0, stream.length, stream, 0);
    return stream;
  }

  @Test
  void isThatOfXSalsa20AtAnySize() {
    KeyStream stream = new KeyStream();
    for (int size = 0; size < 300; size++) {
      byte[] key = octets(32);
      byte[] nonce = octets(24);
      stream.key(KeyStream.derive(key, Arrays.copyOf(nonce, 16)));
      for (int message = 0;
          message < 2;
          message++) { // the key lasts, the rest of the nonce changes
        nonce[16 + message]++;
        stream.begin(nonce, 16);
        byte[] tagKey = new byte[TAG_KEY];
        stream.take(tagKey);
        byte[] around = new byte[3 + size + 5];
        stream.apply(around, 3, size);
        byte[] all = expected(key, nonce, size);
        assertThat(tagKey).isEqualTo(Arrays.copyOf(all, TAG_KEY));
        assertThat(Arrays.copyOfRange(around, 3, 3 + size))
            .as("size %d", size)
            .isEqualTo(Arrays.copyOfRange(all, TAG_KEY, all.length));
        assertThat(Arrays.copyOf(around, 3)).containsOnly(0);
        assertThat(Arrays.copyOfRange(around, 3 + size, around.length)).containsOnly(0);
      }
    }
  }

  @Test
  void isForgotten() {
    KeyStream stream = new KeyStream();
    stream.key(octets(32));
    stream.begin(octets(24), 16);
    stream.forget();
    byte[] nothing = new byte[TAG_KEY];
    stream.take(nothing);
    assertThat(nothing).containsOnly(0);
  }
}
