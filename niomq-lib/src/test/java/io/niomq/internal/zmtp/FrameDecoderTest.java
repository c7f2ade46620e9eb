package io.niomq.internal.zmtp;

import static io.niomq.testing.Octets.hex;
import static io.niomq.testing.Octets.join;
import static io.niomq.testing.Octets.random;
import static io.niomq.testing.Octets.text;
import static io.niomq.testing.Octets.utf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.niomq.SocketType;
import io.niomq.internal.pipe.ChunkPool;
import io.niomq.internal.pipe.FrameQueue;
import io.niomq.internal.security.ProtocolException;
import io.niomq.testing.RawPeer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.IntSupplier;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 37, Framing: the octets of a stream, in pieces of any size, become messages. */
class FrameDecoderTest {
  private final ChunkPool pool = new ChunkPool();
  private final FrameQueue queue = new FrameQueue(pool, 0);

  /** Messages and commands, each with its frames in hexadecimal or, if long, their hash. */
  private final List<String> received = new ArrayList<>();

  /** Gives octets in pieces, none longer than the next number. */
  private static final class Pieces implements ReadableByteChannel {
    private final ByteBuffer octets;
    private final IntSupplier next;

    Pieces(byte[] octets, IntSupplier next) {
      this.octets = ByteBuffer.wrap(octets);
      this.next = next;
    }

    boolean isOver() {
      return !octets.hasRemaining();
    }

    @Override
    public int read(ByteBuffer target) {
      assertThat(target.hasRemaining()).isTrue();
      int n = Math.min(target.remaining(), Math.min(next.getAsInt(), octets.remaining()));
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

  private FrameDecoder decoder(SocketType type) {
    return new FrameDecoder(queue, -1, type);
  }

  private static String shown(byte[] body) {
    return body.length <= 16 ? text(body) : body.length + ":" + Arrays.hashCode(body);
  }

  private void take() {
    while (queue.next()) {
      StringBuilder all = new StringBuilder(queue.isCommand() ? "command " : "message ");
      all.append(shown(queue.toArray()));
      while (!queue.isCommand() && queue.more()) {
        queue.nextFrame();
        all.append(' ').append(shown(queue.toArray()));
      }
      received.add(all.toString());
      queue.finish();
    }
  }

  private void feed(FrameDecoder decoder, byte[]... octets) throws ProtocolException {
    decoder.accept(ByteBuffer.wrap(join(octets)));
    take();
  }

  /** Messages of all sizes, and commands before, in and after them. */
  private static final class Stream {
    private static final int[] SIZES = {
      0, 1, 4, 16, 200, 255, 256, 3000, 20_000, 65_535, 65_536, 65_537, 66_000, 200_000, 700_000
    };

    private final Random random;
    private final boolean toPublisher;
    final ByteArrayOutputStream octets = new ByteArrayOutputStream();
    final List<String> expected = new ArrayList<>();
    final List<String> answers = new ArrayList<>();

    Stream(long seed, SocketType type) {
      random = new Random(seed);
      toPublisher = type == SocketType.XPUB;
      for (int i = 0; i < 60; i++) {
        commands(true);
        message();
      }
    }

    private void message() {
      int kinds = 1 + random.nextInt(SIZES.length);
      int frames = random.nextInt(3) > 0 ? 1 : 1 + random.nextInt(12);
      StringBuilder shown = new StringBuilder("message");
      for (int i = 0; i < frames; i++) {
        byte[] body = random(random.nextInt(), SIZES[random.nextInt(kinds)]);
        shown.append(' ').append(shown(body));
        int reserved = random.nextInt(8) == 0 ? 0xF8 : 0;
        octets.writeBytes(RawPeer.frame(reserved | (i + 1 < frames ? 1 : 0), body));
        if (i + 1 < frames) {
          commands(false);
        }
      }
      expected.add(shown.toString());
    }

    private void commands(boolean between) {
      for (int i = random.nextInt(4) - 1; i > 0; i--) {
        switch (random.nextInt(3)) {
          case 0 -> {
            byte[] context = random(random.nextInt(), random.nextInt(17));
            octets.writeBytes(RawPeer.command("PING", join(new byte[2], context)));
            answers.add(text(join(utf8("\4PONG"), context)));
          }
          case 1 -> {
            byte[] topic = random(random.nextInt(), random.nextInt(400));
            byte[] command = RawPeer.command("SUBSCRIBE", topic);
            octets.writeBytes(command);
            if (toPublisher && between) {
              expected.add("command " + shown(join(utf8("\11SUBSCRIBE"), topic)));
            }
          }
          default ->
              octets.writeBytes(
                  RawPeer.command("OTHER", random(random.nextInt(), random.nextInt(40_000))));
        }
      }
    }
  }

  @Nested
  class AStream {
    private void decodes(SocketType type, long seed, IntSupplier pieces) throws Exception {
      Stream stream = new Stream(seed, type);
      FrameDecoder decoder = decoder(type);
      Pieces channel = new Pieces(stream.octets.toByteArray(), pieces);
      Random takes = new Random(seed);
      List<String> answers = new ArrayList<>();
      received.clear();
      while (!channel.isOver()) {
        assertThat(decoder.read(channel)).isPositive();
        for (byte[] a = decoder.takeReply(); a != null; a = decoder.takeReply()) {
          answers.add(text(a));
        }
        if (takes.nextInt(3) == 0) {
          take();
        }
      }
      take();
      assertThat(received).as("seed " + seed).isEqualTo(stream.expected);
      assertThat(answers).as("seed " + seed).isEqualTo(stream.answers);
      assertThat(decoder.giveUp()).isFalse();
    }

    @ParameterizedTest
    @EnumSource(names = {"PULL", "XPUB"})
    void isDecodedWhereverItIsCut(SocketType type) throws Exception {
      for (long seed = 0; seed < 12; seed++) {
        Random r = new Random(seed);
        int[] scales = {30, 3000, 300_000};
        decodes(type, seed, () -> 1 + r.nextInt(scales[r.nextInt(scales.length)]));
      }
    }

    @ParameterizedTest
    @EnumSource(names = {"PULL", "XPUB"})
    void isDecodedAtOnce(SocketType type) throws Exception {
      for (long seed = 100; seed < 112; seed++) {
        decodes(type, seed, () -> Integer.MAX_VALUE);
      }
    }

    @Test
    void mayBeHandedOverByAHandshake() throws Exception {
      for (long seed = 200; seed < 206; seed++) {
        Stream stream = new Stream(seed, SocketType.PULL);
        ByteBuffer octets = ByteBuffer.wrap(stream.octets.toByteArray());
        FrameDecoder decoder = decoder(SocketType.PULL);
        Random r = new Random(seed);
        received.clear();
        while (octets.hasRemaining()) {
          int n = Math.min(octets.remaining(), 1 + r.nextInt(100_000));
          decoder.accept(octets.slice(octets.position(), n));
          octets.position(octets.position() + n);
          take();
        }
        assertThat(received).as("seed " + seed).isEqualTo(stream.expected);
      }
    }

    @Test
    void goesOnInAnotherConnectionBehindWhatWasCutOff() throws Exception {
      FrameDecoder first = decoder(SocketType.PULL);
      feed(first, hex("00 01 61  01 01 62  00 05 63"));
      assertThat(first.giveUp()).isTrue();
      FrameDecoder second = decoder(SocketType.PULL);
      feed(second, RawPeer.frame(1, new byte[70_000]), hex("00"));
      assertThat(second.giveUp()).isTrue();
      FrameDecoder third = decoder(SocketType.PULL);
      feed(third, hex("00 01 64"));
      assertThat(received).containsExactly("message 61", "message 64");
    }
  }

  @Nested
  class ALargeBody {
    @Test
    void takesItsTurnWithOtherPeers() throws IOException, ProtocolException {
      byte[] body = random(1, 20 << 20);
      Pieces channel = new Pieces(RawPeer.frame(0, body), () -> Integer.MAX_VALUE);
      FrameDecoder decoder = decoder(SocketType.PULL);
      while (!channel.isOver()) {
        assertThat(decoder.read(channel)).isBetween(1, (1 << 20) + ChunkPool.MAX_SIZE);
      }
      take();
      assertThat(received).containsExactly("message " + shown(body));
    }

    @Test
    void thatIsCutOffLeavesNoMemoryBehind() throws ProtocolException {
      FrameDecoder decoder = decoder(SocketType.PULL);
      feed(decoder, hex("00 01 61"));
      long before = pool.outstanding();
      feed(decoder, RawPeer.frame(1, new byte[70_000]));
      feed(decoder, hex("02 00000000 00100000"), new byte[300_000]);
      assertThat(pool.outstanding()).isGreaterThan(before);
      assertThat(decoder.giveUp()).isTrue();
      assertThat(pool.outstanding()).isEqualTo(before);
    }

    /** So that it is read to where it stays, and not copied. */
    @Test
    void isExpectedBehindAnother() throws IOException, ProtocolException {
      byte[] frame = RawPeer.frame(0, random(1, 100_000));
      FrameDecoder decoder = decoder(SocketType.PULL);
      feed(decoder, frame);
      assertThat(decoder.read(new Pieces(frame, () -> Integer.MAX_VALUE))).isLessThan(1000);
    }
  }

  @Nested
  class MessagesOfOneSize {
    private static byte[] frame(int seed, int size) {
      return RawPeer.frame(0, random(seed, size));
    }

    /** So that nothing of the next one has to move to the next chunk. */
    @ParameterizedTest
    @ValueSource(ints = {4096, 5000, 16_384, 40_000, 65_536})
    void areReadAsFarAsTheyHaveRoom(int size) throws IOException, ProtocolException {
      byte[][] frames = new byte[200][];
      for (int i = 0; i < frames.length; i++) {
        frames[i] = frame(i, size);
      }
      Pieces channel = new Pieces(join(frames), () -> Integer.MAX_VALUE);
      FrameDecoder decoder = decoder(SocketType.PULL);
      int reads = 0;
      for (int at = 0; !channel.isOver(); reads++) {
        at += decoder.read(channel);
        take();
        if (received.size() > 8) {
          assertThat(at % frames[0].length).isZero();
        }
      }
      assertThat(received).hasSize(frames.length);
      assertThat(reads).isLessThan(10 + frames.length / 2);
    }

    /** What was learned of sizes costs those of another size no calls. */
    @ParameterizedTest
    @ValueSource(ints = {20_000, 60_000, 100_000})
    void areNoReasonToReadLittleOfOthers(int size) throws IOException, ProtocolException {
      byte[] others = join(frame(1, 16_384), frame(2, 16_384), frame(3, size));
      byte[] parts =
          join(Collections.nCopies(99, RawPeer.frame(1, new byte[10_000])).toArray(byte[][]::new));
      byte[] large = join(parts, frame(4, 10_000));
      byte[] octets =
          join(others, others, others, frame(1, 16_384), frame(2, 16_384), large, large);
      Pieces channel = new Pieces(octets, () -> Integer.MAX_VALUE);
      FrameDecoder decoder = decoder(SocketType.PULL);
      int reads = 0;
      for (; !channel.isOver(); reads++) {
        assertThat(decoder.read(channel)).isPositive();
        take();
      }
      assertThat(received).hasSize(13);
      assertThat(reads).isLessThan(150);
    }

    /** A reader that has taken all looks once more before it waits. */
    @Test
    void leaveLittleMemoryBehindWhenTheyEnd() throws IOException, ProtocolException {
      FrameDecoder decoder = decoder(SocketType.PULL);
      int size = 0;
      for (int i = 0; i < 100 || queue.tailCapacity() - size >= frame(0, 16_384).length; i++) {
        feed(decoder, frame(i, 16_384));
        size = queue.tailEnd();
      }
      assertThat(decoder.read(new Pieces(new byte[0], () -> 0))).isZero();
      decoder.trim();
      assertThat(pool.outstanding()).isZero();
      feed(decoder, frame(1, 16_384));
      assertThat(received.get(received.size() - 1))
          .isEqualTo("message " + shown(random(1, 16_384)));
    }

    /** Then as much is read as there is room for. */
    @Test
    void mayBeSmall() throws IOException, ProtocolException {
      byte[][] frames = new byte[1000][];
      Arrays.fill(frames, frame(1, 1000));
      Pieces channel = new Pieces(join(frames), () -> Integer.MAX_VALUE);
      FrameDecoder decoder = decoder(SocketType.PULL);
      while (!channel.isOver()) {
        decoder.read(channel);
        assertThat(queue.tailView().limit()).isEqualTo(queue.tailCapacity());
        take();
      }
      assertThat(received).hasSize(frames.length);
    }

    @Test
    void mayBeFollowedByOthers() throws IOException, ProtocolException {
      int[] sizes = {10, 4000, 4087, 4096, 16_384, 40_000, 65_536, 65_537, 100_000};
      for (long seed = 0; seed < 20; seed++) {
        Random r = new Random(seed);
        ByteArrayOutputStream octets = new ByteArrayOutputStream();
        List<String> expected = new ArrayList<>();
        for (int run = 0; run < 40; run++) {
          int size = sizes[r.nextInt(sizes.length)];
          for (int i = 1 + r.nextInt(12); i > 0; i--) {
            byte[] body = random(r.nextInt(), size);
            if (r.nextInt(10) == 0) {
              octets.writeBytes(RawPeer.command("NONE", random(i, r.nextInt(500))));
            }
            String first = r.nextInt(10) == 0 ? " 61" : "";
            if (!first.isEmpty()) {
              octets.writeBytes(hex("01 01 61"));
            }
            octets.writeBytes(RawPeer.frame(0, body));
            expected.add("message" + first + " " + shown(body));
          }
        }
        int scale = r.nextBoolean() ? 300_000 : 20_000;
        Pieces channel = new Pieces(octets.toByteArray(), () -> 1 + r.nextInt(scale));
        FrameDecoder decoder = decoder(SocketType.PULL);
        received.clear();
        while (!channel.isOver()) {
          assertThat(decoder.read(channel)).isPositive();
          if (r.nextInt(3) > 0) {
            take();
          }
        }
        take();
        assertThat(received).as("seed " + seed).isEqualTo(expected);
        assertThat(decoder.giveUp()).isFalse();
      }
    }
  }

  @Nested
  class CommandsBetweenFrames {
    private final FrameDecoder decoder = decoder(SocketType.PULL);
    private final byte[] many =
        join(
            Collections.nCopies(1000, RawPeer.command("NONE", random(8, 250)))
                .toArray(byte[][]::new));

    /** 64 MB of them, while a message is incomplete. */
    @Test
    void takeNoMemory() throws IOException, ProtocolException {
      feed(decoder, hex("01 01 61"));
      for (int i = 0; i < 256; i++) {
        Pieces channel = new Pieces(many, () -> Integer.MAX_VALUE);
        while (!channel.isOver()) {
          assertThat(decoder.read(channel)).isPositive();
          assertThat(queue.tailCapacity()).isLessThanOrEqualTo(64 << 10);
        }
      }
      feed(decoder, hex("01 01 62"), many, hex("00 01 63"));
      assertThat(received).containsExactly("message 61 62 63");
      assertThat(pool.outstanding()).isEqualTo(1);
    }

    @Test
    void takeNoMemoryAfterAHandshakeEither() throws ProtocolException {
      feed(decoder, hex("01 01 61"), many, many, many, many, many, many, many, many);
      assertThat(queue.tailCapacity()).isLessThanOrEqualTo(64 << 10);
      feed(decoder, hex("00 01 62"));
      assertThat(received).containsExactly("message 61 62");
    }
  }

  @Nested
  class Sizes {
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 100, 70_000})
    void upToTheMaximumAreTaken(int max) throws ProtocolException {
      FrameDecoder decoder = new FrameDecoder(queue, max, SocketType.PULL);
      feed(decoder, RawPeer.frame(0, new byte[max]));
      assertThat(received).hasSize(1);
      byte[] header = {2, 0, 0, 0, 0, 0, (byte) (max + 1 >> 16), (byte) (max + 1 >> 8), 0};
      header[8] = (byte) (max + 1);
      assertThatThrownBy(() -> feed(decoder, header))
          .isInstanceOf(ProtocolException.class)
          .hasMessageContaining((max + 1) + " octets")
          .hasMessageContaining("allowed: " + max);
    }

    @Test
    void ofCommandsHaveAMaximumOfTheirOwn() throws ProtocolException {
      FrameDecoder decoder = decoder(SocketType.PULL);
      feed(decoder, RawPeer.frame(4, new byte[FrameDecoder.COMMAND_MAX]), hex("00 01 61"));
      assertThat(received).containsExactly("message 61");
      assertThatThrownBy(() -> feed(decoder, hex("06 00000000 00040001")))
          .isInstanceOf(ProtocolException.class)
          .hasMessageContaining("command");
    }
  }

  /** What a REQ takes: {@code [id of 4 octets]? [empty] [body]...}. */
  @Nested
  class Replies {
    private final FrameDecoder decoder = decoder(SocketType.REQ);
    private final byte[] good = hex("01 04 00000001  01 00  01 01 61  00 01 62");
    private final byte[] large = join(hex("01 00"), RawPeer.frame(0, new byte[70_000]));

    @ParameterizedTest
    @ValueSource(strings = {"00 01 61", "01 01 61", "00 00", "01 05 0000000001", "00 04 00000001"})
    void withoutADelimiterAreRefusedWhateverCameBefore(String bad) throws ProtocolException {
      feed(decoder, good, large, good, good, large, large);
      assertThat(received).hasSize(6);
      assertThatThrownBy(() -> feed(decoder, hex(bad))).isInstanceOf(ProtocolException.class);
    }

    @Test
    void haveOneIdAtMost() throws ProtocolException {
      feed(decoder, good);
      assertThatThrownBy(() -> feed(decoder, hex("01 04 00000001  01 04 00000001")))
          .isInstanceOf(ProtocolException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"00 01 61", "00 00"})
    void areLookedAtBehindASmallOne(String bad) throws ProtocolException {
      feed(decoder, good);
      assertThatThrownBy(() -> feed(decoder, hex(bad))).isInstanceOf(ProtocolException.class);
    }
  }
}
