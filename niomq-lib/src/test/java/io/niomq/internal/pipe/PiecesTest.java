package io.niomq.internal.pipe;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class PiecesTest {
  private static final int SLICE = 128 << 10;

  /** So much goes with one call. */
  private static final int MOST = 512 << 10;

  private final TakingChannel channel = new TakingChannel();

  private List<Long> writtenByCall(Pieces pieces) throws Exception {
    assertThat(pieces.isBegun()).isFalse();
    List<Long> written = new ArrayList<>();
    while (!pieces.isWritten()) {
      written.add(pieces.write(channel));
      assertThat(pieces.tookAll()).isTrue();
      assertThat(pieces.isBegun()).isTrue();
    }
    return written;
  }

  /** The JDK copies all that remains of an array, at each call. */
  @Test
  void arraysGoInSlices() throws Exception {
    Pieces pieces = new Pieces(ByteBuffer.allocate(9), ByteBuffer.allocate(SLICE + 5));
    assertThat(writtenByCall(pieces)).containsExactly(9L + SLICE, 5L);
  }

  @Test
  void directMemoryGoesAtOnce() throws Exception {
    Pieces pieces = new Pieces(ByteBuffer.allocate(9), ByteBuffer.allocateDirect(MOST - 9));
    assertThat(writtenByCall(pieces)).containsExactly((long) MOST);
  }

  @Test
  void aLargerMessageGoesAfterItsFirstPage() throws Exception {
    Pieces pieces = new Pieces(ByteBuffer.allocate(9), ByteBuffer.allocateDirect(MOST - 8));
    assertThat(writtenByCall(pieces)).containsExactly(4096L, MOST + 1L - 4096);
  }

  @Test
  void noCallIsForAsMuchAsAMegabyte() throws Exception {
    Pieces pieces = new Pieces(ByteBuffer.allocate(9), ByteBuffer.allocateDirect(2 << 20));
    assertThat(writtenByCall(pieces))
        .containsExactly(4096L, 15L << 16, 15L << 16, (2L << 20) + 9 - 4096 - (30 << 16));
  }

  /** A system takes no more than so many pieces at a time. */
  @Test
  void manyPiecesGoInSeveralCalls() throws Exception {
    ByteBuffer[] many = new ByteBuffer[100];
    Arrays.setAll(many, i -> ByteBuffer.allocate(1));
    assertThat(writtenByCall(new Pieces(many))).containsExactly(64L, 36L);
  }

  /** What was copied for nothing would be copied again. */
  @Test
  void aLargeArrayBehindMuchElseHasACallOfItsOwn() throws Exception {
    Pieces pieces =
        new Pieces(
            ByteBuffer.allocateDirect(SLICE),
            ByteBuffer.allocate(9),
            ByteBuffer.allocate(SLICE + 1));
    assertThat(writtenByCall(pieces)).containsExactly(SLICE + 9L, (long) SLICE, 1L);
  }

  @Test
  void joinsOthersUnlessItIsLongOrHeldInLargeArrays() {
    assertThat(new Pieces(ByteBuffer.allocateDirect(SLICE)).mayBeJoined()).isTrue();
    assertThat(new Pieces(ByteBuffer.allocate(SLICE)).mayBeJoined()).isFalse();
    ByteBuffer[] many = new ByteBuffer[17];
    Arrays.setAll(many, i -> ByteBuffer.allocate(1));
    assertThat(new Pieces(many).mayBeJoined()).isFalse();
  }

  @Test
  void addsOnlyWhatIsNotFinished() {
    ByteBuffer header = ByteBuffer.allocate(9);
    ByteBuffer body = ByteBuffer.allocate(1);
    Pieces pieces = new Pieces(header, body);
    header.position(9);
    assertThat(pieces.isWritten()).isFalse();
    List<ByteBuffer> rest = new ArrayList<>();
    pieces.addTo(rest);
    assertThat(rest).containsExactly(body);
  }
}
