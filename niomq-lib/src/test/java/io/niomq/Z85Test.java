package io.niomq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 32. */
class Z85Test {
  private static final HexFormat HEX = HexFormat.of().withUpperCase();

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '~',
      delimiter = ' ',
      value = {
        // the RFC's vector, then those of its reference implementation
        "864FD26FB559F75B HelloWorld",
        "8E0BDD697628B91D8F245587EE95C5B04D48963F79259877B49CD9063AEAD3B7"
            + " JTKVSB%%)wK0E.X)V>+}o?pNmC{O&4W4b!Ni{Lh6",
        "BB88471D65E2659B30C55A5321CEBB5AAB2B70A398645C26DCA2B2FCB43FC518"
            + " Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID",
        "00000000 00000",
        "FFFFFFFF %nSc0",
        "00000001 00001",
        "00000055 00010",
      })
  void encodesAndDecodes(String octets, String text) {
    assertThat(Z85.encode(HEX.parseHex(octets))).isEqualTo(text);
    assertThat(Z85.decode(text)).isEqualTo(HEX.parseHex(octets));
  }

  @Test
  void nothingIsNothing() {
    assertThat(Z85.encode(new byte[0])).isEmpty();
    assertThat(Z85.decode("")).isEmpty();
  }

  @Test
  void whatWasEncodedIsDecoded() {
    Random random = new Random(85);
    for (int words = 1; words <= 64; words++) {
      byte[] octets = new byte[4 * words];
      random.nextBytes(octets);
      String text = Z85.encode(octets);
      assertThat(text).hasSize(5 * words);
      assertThat(Z85.decode(text)).isEqualTo(octets);
    }
  }

  @Nested
  class Errors {
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 5, 31, 33})
    void octetsNotDivisibleBy4(int count) {
      assertThatThrownBy(() -> Z85.encode(new byte[count]))
          .isInstanceOf(ZmqArgumentException.class)
          .hasMessageContaining(count + " octets")
          .hasMessageContaining("divisible by 4");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "0000", "000000", "HelloWorl"})
    void charactersNotDivisibleBy5(String text) {
      assertThatThrownBy(() -> Z85.decode(text))
          .isInstanceOf(ZmqArgumentException.class)
          .hasMessageContaining(text.length() + " characters")
          .hasMessageContaining("divisible by 5");
    }

    @ParameterizedTest
    @ValueSource(
        strings = {" ", "\"", "'", ",", ";", "\\", "_", "`", "|", "~", "\t", "\0", "\u007f", "é"})
    void aCharacterThatIsNotUsed(String character) {
      assertThatThrownBy(() -> Z85.decode("00000" + "00" + character + "00"))
          .isInstanceOf(ZmqArgumentException.class)
          .hasMessageContaining("position 7");
    }

    @ParameterizedTest
    @ValueSource(strings = {"%nSc1", "%nSd0", "#####"})
    void moreThanFourOctetsHold(String group) {
      assertThatThrownBy(() -> Z85.decode("00000" + group))
          .isInstanceOf(ZmqArgumentException.class)
          .hasMessageContaining("position 5");
    }

    @Test
    void doNotTellTheText() {
      String secret = "JTKVSB%%)wK0E.X)V>+}o?pNmC{O&4W4b!Ni{L~6";
      assertThatThrownBy(() -> Z85.decode(secret)).hasMessageNotContaining("JTKVSB");
    }
  }
}
