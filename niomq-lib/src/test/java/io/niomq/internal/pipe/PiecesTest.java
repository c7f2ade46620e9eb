package io.niomq.internal.pipe;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class PiecesTest {
  private static final int SLICE = 128 << 10;

  private final TakingChannel channel = new TakingChannel();

  /** The JDK copies all that remains of an array, at each call. */
  @Test
  void arraysGoInSlicesWithCallsOfTheirOwn() throws Exception {
    Pieces pieces = new Pieces(ByteBuffer.allocate(9), ByteBuffer.allocate(2 * SLICE + 5));
    assertThat(pieces.isBegun()).isFalse();
    List<Long> written = new ArrayList<>();
    while (!pieces.isWritten()) {
      written.add(pieces.write(channel));
      assertThat(pieces.tookAll()).isTrue();
      assertThat(pieces.isBegun()).isTrue();
    }
    assertThat(written).containsExactly(9L, (long) SLICE, (long) SLICE, 5L);
  }

  @Test
  void directMemoryGoesWithItsHeader() throws Exception {
    Pieces pieces = new Pieces(ByteBuffer.allocate(9), ByteBuffer.allocateDirect(2 * SLICE));
    assertThat(pieces.write(channel)).isEqualTo(9 + 2 * SLICE);
    assertThat(pieces.isWritten()).isTrue();
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
