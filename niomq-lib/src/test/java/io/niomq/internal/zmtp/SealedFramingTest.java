package io.niomq.internal.zmtp;

import static io.niomq.testing.Octets.hex;
import static io.niomq.testing.Octets.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.niomq.Errno;
import io.niomq.ProtocolError;
import io.niomq.SocketType;
import io.niomq.internal.pipe.ChunkPool;
import io.niomq.internal.pipe.FrameQueue;
import io.niomq.internal.security.FrameCipher;
import io.niomq.internal.security.ProtocolException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The frames around what a mechanism seals. RFC 26; the outer frame as libzmq makes it. */
class SealedFramingTest {
  private final FrameQueue queue = new FrameQueue(new ChunkPool(), 0);

  @AfterEach
  void end() {
    queue.close();
  }

  /** Inverts all bits, behind a prefix of two octets. */
  private static final class Inverting implements FrameCipher {
    @Override
    public int overhead() {
      return 2;
    }

    @Override
    public void seal(byte[] octets, int at, int payloadSize) {
      octets[at] = 0x55;
      octets[at + 1] = 0x66;
      invert(octets, at + 2, payloadSize);
    }

    @Override
    public void open(byte[] octets, int at, int bodySize) {
      assertThat(octets[at]).isEqualTo((byte) 0x55);
      assertThat(octets[at + 1]).isEqualTo((byte) 0x66);
      invert(octets, at + 2, bodySize - 2);
    }

    private static void invert(byte[] octets, int at, int size) {
      for (int i = at; i < at + size; i++) {
        octets[i] ^= -1;
      }
    }

    @Override
    public void end() {}
  }

  private SealedFraming.Reader reader(SocketType type, long frameMax) {
    return new SealedFraming.Reader(queue, frameMax, type, new Inverting());
  }

  private static void accept(SealedFraming.Reader reader, String octets) throws ProtocolException {
    reader.accept(ByteBuffer.wrap(hex(octets)));
  }

  /** An outer frame with these flags around a payload. */
  private static byte[] sealed(int outer, String payload) {
    byte[] data = hex(payload);
    ByteBuffer frame = ByteBuffer.allocate(4 + data.length);
    frame.put((byte) outer).put((byte) (2 + data.length)).put((byte) 0x55).put((byte) 0x66);
    for (byte octet : data) {
      frame.put((byte) ~octet);
    }
    return frame.array();
  }

  private static void accept(SealedFraming.Reader reader, int outer, String payload)
      throws ProtocolException {
    reader.accept(ByteBuffer.wrap(sealed(outer, payload)));
  }

  private void assertNext(String... frames) {
    assertThat(queue.next()).isTrue();
    for (int i = 0; i < frames.length; i++) {
      if (i > 0) {
        assertThat(queue.more()).isTrue();
        queue.nextFrame();
      }
      assertThat(text(queue.toArray())).isEqualTo(frames[i]);
    }
    assertThat(queue.more()).isFalse();
    queue.finish();
  }

  @Test
  void aMessageIsInTheOuterFramesOneByOne() throws ProtocolException {
    SealedFraming.Reader reader = reader(SocketType.PULL, -1);
    byte[] first = sealed(0, "01 61");
    for (byte octet : first) {
      reader.accept(ByteBuffer.wrap(new byte[] {octet}));
    }
    assertThat(queue.next()).isFalse();
    accept(reader, 4, "01"); // the outer COMMAND flag is ignored
    accept(reader, 0, "00 6263");
    accept(reader, "02 0000000000000004 5566 FF 9B"); // a long header for a short body
    assertNext("61", "", "6263");
    assertNext("64");
    assertThat(queue.next()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "01 04 5566 FF 9B, more to come",
    "00 02 5566, a frame of 2 octets",
    "00 00, a frame of 0 octets"
  })
  void anOuterFrameHasNoMoreToComeAndAtLeastItsFlags(String octets, String why) {
    SealedFraming.Reader reader = reader(SocketType.PULL, -1);
    assertThatThrownBy(() -> accept(reader, octets))
        .isInstanceOfSatisfying(
            ProtocolException.class,
            e ->
                assertThat(e.code())
                    .isEqualTo(ProtocolError.ZMTP_MALFORMED_COMMAND_MESSAGE.number()))
        .hasMessageContaining(why);
  }

  @ParameterizedTest
  @ValueSource(strings = {"00 06", "02 0000000000000006", "02 FFFFFFFFFFFFFFFF"})
  void anOuterFrameMayBeAsLargeAsTheOptionSays(String octets) throws ProtocolException {
    SealedFraming.Reader reader = reader(SocketType.PULL, 5);
    accept(reader, 0, "00 6162");
    assertNext("6162");
    assertThatThrownBy(() -> accept(reader, octets)) // before its body
        .isInstanceOfSatisfying(
            ProtocolException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EMSGSIZE));
  }

  @Test
  void aPingIsAnswered() throws ProtocolException {
    SealedFraming.Reader reader = reader(SocketType.PULL, -1);
    accept(reader, 0, "01 61"); // also within a message
    accept(reader, 0, "02 0450494E47 0102 AABB");
    accept(reader, 0, "02 0450494E47 0000");
    accept(reader, 0, "02 04504F4E47"); // a PONG is only heard
    accept(reader, 0, "00 62");
    assertThat(text(reader.takeReply())).isEqualTo("04504F4E47AABB");
    assertThat(text(reader.takeReply())).isEqualTo("04504F4E47");
    assertThat(reader.takeReply()).isNull();
    assertThat(reader.timeToLive()).isZero(); // as the last one says
    accept(reader, 0, "02 0450494E47 0102");
    assertThat(reader.timeToLive()).isEqualTo(0x102);
    assertNext("61", "62");
  }

  @ParameterizedTest
  @EnumSource(
      value = SocketType.class,
      names = {"PUB", "XPUB", "PULL"})
  void aSubscriptionIsForPublishersAndForNobodyElse(SocketType type) throws ProtocolException {
    SealedFraming.Reader reader = reader(type, -1);
    String subscribe = "09535542534352494245 61";
    accept(reader, 0, "02" + subscribe);
    if (type == SocketType.PULL) {
      assertThat(queue.next()).isFalse();
      return;
    }
    assertThat(queue.next()).isTrue();
    assertThat(queue.isCommand()).isTrue();
    assertThat(text(queue.toArray())).isEqualTo(subscribe.replace(" ", ""));
    queue.finish();
    accept(reader, 0, "01 61");
    accept(reader, 0, "02" + subscribe); // within a message it would tear that apart
    accept(reader, 0, "00 62");
    assertNext("61", "62");
    assertThat(queue.next()).isFalse();
  }

  @Test
  void aCommandHasALimit() {
    SealedFraming.Reader reader = reader(SocketType.PULL, -1);
    int payload = 1 + FrameDecoder.COMMAND_MAX + 1;
    ByteBuffer frame = ByteBuffer.allocate(9 + 2 + payload);
    frame.put((byte) 2).putLong(2 + payload).put((byte) 0x55).put((byte) 0x66).put((byte) ~2);
    assertThatThrownBy(() -> reader.accept(ByteBuffer.wrap(frame.array())))
        .isInstanceOf(ProtocolException.class)
        .hasMessageContaining("a command of " + (FrameDecoder.COMMAND_MAX + 1) + " octets");
  }

  @Test
  void whatIsWrittenCanBeRead() throws ProtocolException {
    SealedFraming.Writer writer = new SealedFraming.Writer(new Inverting());
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    writer.translate(hex("61"), true, out);
    writer.translate(hex(""), false, out);
    writer.translateCommand(hex("0450494E470102"), out);
    assertThat(text(out.toByteArray()))
        .isEqualTo("00045566FE9E" + "00035566FF" + "000A5566FDFBAFB6B1B8FEFD");
    byte[] longest = new byte[252]; // with its flags and the prefix 255 octets
    writer.translate(longest, false, out);
    writer.translate(new byte[253], false, out);
    SealedFraming.Reader reader = reader(SocketType.PULL, -1);
    reader.accept(ByteBuffer.wrap(out.toByteArray()));
    assertNext("61", "");
    assertNext("00".repeat(252));
    assertNext("00".repeat(253));
    assertThat(out.size()).isEqualTo(6 + 5 + 12 + (2 + 255) + (9 + 256));
    assertThat(text(reader.takeReply())).isEqualTo("04504F4E47");
  }
}
