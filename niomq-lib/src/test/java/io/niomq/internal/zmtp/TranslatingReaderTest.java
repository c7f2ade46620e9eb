package io.niomq.internal.zmtp;

import static io.niomq.testing.Octets.hex;
import static io.niomq.testing.Octets.join;
import static io.niomq.testing.Octets.random;
import static io.niomq.testing.Octets.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.niomq.Errno;
import io.niomq.internal.pipe.ChunkPool;
import io.niomq.internal.pipe.FrameQueue;
import io.niomq.internal.security.ProtocolException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Frames of another form, here those of ZMTP 1.0, become messages of the queue. RFC 13. */
class TranslatingReaderTest {
  private static final int READ_MIN = 8 << 10;
  private static final int READ_MAX = 64 << 10;
  private static final int SLICE = 128 << 10;

  private final FrameQueue queue = new FrameQueue(new ChunkPool(), 0);
  private final TranslatingReader reader = new OldFraming.Reader(queue, -1);

  @AfterEach
  void end() {
    queue.close();
  }

  /** Octets that come in pieces. */
  private static final class Pieces implements ReadableByteChannel {
    private final ByteBuffer octets;
    private final int piece;

    /** The largest buffer that was to be filled. */
    private int asked;

    /** What follows is the end, and not silence. */
    private boolean endOfStream;

    Pieces(byte[] octets, int piece) {
      this.octets = ByteBuffer.wrap(octets);
      this.piece = piece;
    }

    @Override
    public int read(ByteBuffer target) {
      asked = Math.max(asked, target.remaining());
      if (endOfStream && !octets.hasRemaining()) {
        return -1;
      }
      int n = Math.min(piece, Math.min(octets.remaining(), target.remaining()));
      target.put(octets.slice(octets.position(), n));
      octets.position(octets.position() + n);
      return n;
    }

    @Override
    public boolean isOpen() {
      return true;
    }

    @Override
    public void close() {}
  }

  private void feed(byte[] octets, int piece) throws IOException, ProtocolException {
    Pieces channel = new Pieces(octets, piece);
    while (channel.octets.hasRemaining()) {
      assertThat(reader.read(channel)).isPositive();
    }
  }

  private void accept(String octets) throws ProtocolException {
    reader.accept(ByteBuffer.wrap(hex(octets)));
  }

  private static byte[] frame(int flags, byte[] body) {
    byte[] size =
        body.length < 254
            ? new byte[] {(byte) (body.length + 1)}
            : ByteBuffer.allocate(9).put((byte) 0xFF).putLong(body.length + 1L).array();
    return join(size, new byte[] {(byte) flags}, body);
  }

  /** All that is in the queue: the frames of each message, in hexadecimal. */
  private List<List<String>> messages() {
    List<List<String>> all = new ArrayList<>();
    while (queue.next()) {
      List<String> message = new ArrayList<>(List.of(text(queue.toArray())));
      while (queue.more()) {
        queue.nextFrame();
        message.add(text(queue.toArray()));
      }
      queue.finish();
      all.add(message);
    }
    return all;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 1000, READ_MIN, READ_MAX, 1 << 20})
  void messagesOfAnySizeComeInPiecesOfAnySize(int piece) throws IOException, ProtocolException {
    List<byte[]> octets = new ArrayList<>();
    List<List<String>> expected = new ArrayList<>();
    for (int size : new int[] {0, 1, 252, 253, 254, 255, 256, 8190, 9000, 70_000, 300_000, 3}) {
      byte[] body = random(size, size);
      octets.add(frame(0, body));
      expected.add(List.of(text(body)));
      octets.add(frame(1, body));
      octets.add(frame(1, new byte[0]));
      octets.add(frame(0, body));
      expected.add(List.of(text(body), "", text(body)));
    }
    byte[] all = join(octets.toArray(byte[][]::new));
    feed(all, piece);
    assertThat(messages()).isEqualTo(expected);
    for (int from = 0; from < all.length; from += piece) {
      reader.accept(ByteBuffer.wrap(all, from, Math.min(piece, all.length - from)));
    }
    assertThat(messages()).isEqualTo(expected);
    assertThat(reader.giveUp()).isFalse();
  }

  @Test
  void aShortFrameMayHaveALongSize() throws ProtocolException {
    accept("FF 0000000000000002 00 61  FF 0000000000000001 00");
    assertThat(messages()).containsExactly(List.of("61"), List.of(""));
  }

  /** The other bits are reserved. */
  @Test
  void onlyTheLastFlagTellsThatMoreFollows() throws ProtocolException {
    accept("02 FF 61  02 81 62  02 FE 63");
    assertThat(messages()).containsExactly(List.of("61", "62", "63"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "00 00",
        "FF 0000000000000000", // at once, without its flags
        "FF FFFFFFFFFFFFFFFF",
        "FF 8000000000000000"
      })
  void aFrameHasAtLeastItsFlags(String octets) {
    assertThatThrownBy(() -> accept(octets))
        .isInstanceOf(ProtocolException.class)
        .hasMessageContaining("a ZMTP 1.0 frame of size");
  }

  @Test
  void aBodyMayBeAsLargeAsTheOptionSays() throws ProtocolException {
    TranslatingReader limited = new OldFraming.Reader(queue, 3);
    limited.accept(ByteBuffer.wrap(hex("04 00 616263  04 00 646566")));
    assertThat(messages()).hasSize(2);
    assertThatThrownBy(() -> limited.accept(ByteBuffer.wrap(hex("05 00")))) // before its body
        .isInstanceOfSatisfying(
            ProtocolException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EMSGSIZE));
  }

  @Test
  void whatHasNotComeWhollyIsGivenUp() throws ProtocolException {
    assertThat(reader.giveUp()).isFalse();
    accept("04");
    assertThat(reader.giveUp()).isTrue();
    accept("01 616263");
    assertThat(reader.giveUp()).isTrue(); // more was to follow
    accept("01 00");
    assertThat(reader.giveUp()).isFalse();
    assertThat(messages()).containsExactly(List.of("616263", ""));
  }

  @Test
  void memoryAtRestIsGivenBackButNothingThatHasCome() throws ProtocolException {
    accept("02 00 61  04 00 62");
    reader.trim();
    assertThat(messages()).containsExactly(List.of("61"));
    accept("6364");
    assertThat(messages()).containsExactly(List.of("626364"));
    reader.trim();
    assertThat(reader.in).isEmpty();
    accept("02 00 65");
    assertThat(messages()).containsExactly(List.of("65"));
  }

  @Test
  void aStreamIsReadInLargerPiecesUpToALimit() throws IOException, ProtocolException {
    byte[] frame = frame(0, new byte[62]);
    byte[] stream = new byte[frame.length * 8192];
    for (int at = 0; at < stream.length; at += frame.length) {
      System.arraycopy(frame, 0, stream, at, frame.length);
    }
    Pieces channel = new Pieces(stream, Integer.MAX_VALUE);
    int expected = READ_MIN;
    for (int i = 0; i < 6; i++) {
      assertThat(reader.read(channel)).isEqualTo(expected);
      expected = Math.min(2 * expected, READ_MAX);
    }
  }

  /** Each thread keeps direct memory as large as the largest buffer that it has read into. */
  @Test
  void aLargeFrameIsReadInSlices() throws IOException, ProtocolException {
    byte[] body = random(5, 3 << 20);
    Pieces channel = new Pieces(frame(0, body), Integer.MAX_VALUE);
    int largest = 0;
    while (channel.octets.hasRemaining()) {
      int n = reader.read(channel);
      assertThat(n).isPositive();
      largest = Math.max(largest, n);
    }
    assertThat(channel.asked).isEqualTo(SLICE);
    assertThat(largest).as("other peers have their turn").isBetween(2 * SLICE, (1 << 20) + SLICE);
    assertThat(messages()).containsExactly(List.of(text(body)));
    assertThat(reader.read(channel)).isZero();
  }

  /** Its first octets are counted by that call, and its end is told by the next. */
  @Test
  void theEndOfTheStreamComesAfterWhatCameBefore() throws IOException, ProtocolException {
    byte[] octets = frame(0, new byte[(1 << 20) - 10]);
    reader.accept(ByteBuffer.wrap(octets, 0, 600_000));
    Pieces rest = new Pieces(Arrays.copyOfRange(octets, 600_000, 600_000 + SLICE), SLICE);
    rest.endOfStream = true;
    assertThat(reader.read(rest)).isEqualTo(SLICE);
    assertThat(reader.read(rest)).isNegative();
    assertThat(reader.giveUp()).isTrue();
  }

  @Test
  void memoryOfALargeFrameIsNotKept() throws IOException, ProtocolException {
    feed(frame(0, new byte[1 << 20]), Integer.MAX_VALUE);
    assertThat(reader.in.length).isGreaterThan(1 << 20);
    feed(frame(0, new byte[1]), Integer.MAX_VALUE);
    assertThat(reader.in).hasSize(READ_MAX);
    assertThat(messages()).hasSize(2);
  }

  @Test
  void memoryGrowsToTheLargestArray() {
    int size = 0;
    for (int i = 0; i < 40; i++) {
      int grown = TranslatingReader.grown(size);
      assertThat(grown).isGreaterThanOrEqualTo(size).isPositive();
      size = grown;
    }
    assertThat(size).isEqualTo(Integer.MAX_VALUE - 8);
  }
}
