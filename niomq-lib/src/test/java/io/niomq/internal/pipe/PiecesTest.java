package io.niomq.internal.pipe;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.channels.GatheringByteChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class PiecesTest {
  private static final int SLICE = 128 << 10;

  /** What each call offered. */
  private final List<Long> offered = new ArrayList<>();

  private final GatheringByteChannel takesAll =
      new GatheringByteChannel() {
        @Override
        public long write(ByteBuffer[] sources, int offset, int length) {
          long all = 0;
          for (int i = offset; i < offset + length; i++) {
            all += sources[i].remaining();
            sources[i].position(sources[i].limit());
          }
          offered.add(all);
          return all;
        }

        @Override
        public long write(ByteBuffer[] sources) {
          return write(sources, 0, sources.length);
        }

        @Override
        public int write(ByteBuffer source) {
          return (int) write(new ByteBuffer[] {source}, 0, 1);
        }

        @Override
        public boolean isOpen() {
          return true;
        }

        @Override
        public void close() {}
      };

  /** The JDK copies all that remains of an array, at each call. */
  @Test
  void arraysGoInSlicesWithCallsOfTheirOwn() throws Exception {
    Pieces pieces = new Pieces(ByteBuffer.allocate(9), ByteBuffer.allocate(2 * SLICE + 5));
    assertThat(pieces.isBegun()).isFalse();
    while (!pieces.isWritten()) {
      pieces.write(takesAll);
      assertThat(pieces.tookAll()).isTrue();
      assertThat(pieces.isBegun()).isTrue();
    }
    assertThat(offered).containsExactly(9L, (long) SLICE, (long) SLICE, 5L);
  }

  @Test
  void directMemoryGoesWithItsHeader() throws Exception {
    Pieces pieces = new Pieces(ByteBuffer.allocate(9), ByteBuffer.allocateDirect(2 * SLICE));
    assertThat(pieces.write(takesAll)).isEqualTo(9 + 2 * SLICE);
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
