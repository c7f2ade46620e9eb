package io.niomq.internal.pipe;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ChunkPoolTest {
  private static final int SIZE = FrameQueue.CHUNK_MAX;
  private static final int RESTING = Rest.ENOUGH.octets / SIZE;

  private static final int LONG_RESTING = Rest.LONG.octets / SIZE;

  private final ChunkPool pool = new ChunkPool();

  private Chunk takeRested() {
    return pool.takeRestedChunk(SIZE, Rest.ENOUGH);
  }

  private Chunk takeShortlyRested() {
    return pool.takeRestedChunk(SIZE, Rest.SHORT);
  }

  private Chunk takeLongRested() {
    return pool.takeRestedChunk(SIZE, Rest.LONG);
  }

  private List<Chunk> takeRested(int count) {
    return Stream.generate(this::takeRested).limit(count).toList();
  }

  @Test
  void givesWhatWasUsedLastWhileItMayBeInACache() {
    ByteBuffer first = pool.take(SIZE);
    ByteBuffer second = pool.take(SIZE);
    pool.give(first);
    pool.give(second);
    assertThat(pool.take(SIZE)).isSameAs(second);
    assertThat(pool.take(SIZE)).isSameAs(first);
  }

  /** Elsewhere the system may copy to it, or from it, at an eighth of its speed. */
  @Test
  void memoryBeginsAQuarterIntoAPage() {
    List<ByteBuffer> taken = new ArrayList<>();
    for (int size = 1 << 14; size <= ChunkPool.MAX_SIZE; size <<= 1) {
      taken.add(pool.take(size));
      taken.add(pool.takeRested(size));
      taken.add(pool.takeChunk(size).memory);
      taken.add(pool.takeRestedChunk(size, Rest.LONG).memory);
      assertThat(taken).last().extracting(ByteBuffer::capacity).isEqualTo(size);
    }
    taken.add(pool.take(1));
    assertThat(taken).allSatisfy(b -> assertThat(b.alignmentOffset(0, 4096)).isEqualTo(1024));
  }

  @Test
  void givesWhatHasRestedForLongest() {
    List<Chunk> chunks = takeRested(RESTING + 2);
    chunks.forEach(pool::give);
    assertThat(takeRested()).isSameAs(chunks.get(0));
    assertThat(takeRested()).isSameAs(chunks.get(1));
    assertThat(takeRested()).as("all that lie there rest").isNotIn(chunks);
    assertThat(pool.outstanding()).isEqualTo(3);
  }

  @Test
  void givesWhatHasRestedShortly() {
    List<Chunk> chunks = Stream.generate(this::takeLongRested).limit(LONG_RESTING + 1).toList();
    chunks.forEach(pool::give);
    Chunk shortly = takeShortlyRested();
    assertThat(shortly).isSameAs(chunks.get(LONG_RESTING - RESTING));
    pool.give(shortly);
    assertThat(takeLongRested()).isSameAs(chunks.get(0));
    assertThat(takeLongRested()).as("all that lie there rest").isNotIn(chunks);
  }

  /** One stream, in turn the one and the other, or two. */
  @Test
  void thoseWhoTakeShortlyRestedOnesDoNotLetTheOthersGo() {
    Set<Chunk> all = new HashSet<>();
    for (int i = 0; i < 3 * LONG_RESTING; i++) {
      Chunk longRested = takeLongRested();
      Chunk shortlyRested = takeShortlyRested();
      all.add(longRested);
      all.add(shortlyRested);
      pool.give(longRested);
      pool.give(shortlyRested);
    }
    assertThat(all).hasSizeBetween(LONG_RESTING + 1, LONG_RESTING + 2);
  }

  @Test
  void givesBuffersThatHaveRestedToo() {
    List<ByteBuffer> buffers = new ArrayList<>();
    for (int i = 0; i < RESTING + 1; i++) {
      buffers.add(pool.takeRested(SIZE));
    }
    buffers.forEach(pool::give);
    assertThat(pool.takeRested(SIZE)).isSameAs(buffers.get(0));
    ByteBuffer another = pool.takeRested(SIZE);
    assertThat(buffers).as("all that lie there rest").noneMatch(b -> b == another);
    assertThat(pool.takeRested(SIZE / 2).capacity()).isEqualTo(SIZE / 2);
    assertThat(pool.outstanding()).isEqualTo(3);
  }

  /** A producer and a consumer take turns, as in a stream: chunks go round, and no more come. */
  @Test
  void lettingThemRestDoesNotAllocateForEver() {
    Set<Chunk> round = new HashSet<>();
    for (int i = 0; i < 100; i++) {
      Chunk c = takeRested();
      round.add(c);
      pool.give(c);
    }
    assertThat(round).hasSize(RESTING + 1);
  }

  /** Whatever kind lies there was used long ago, too. */
  @Test
  void makesChunksOfBuffersThatHaveRestedAndTheOtherWayRound() {
    List<ByteBuffer> buffers = Stream.generate(() -> pool.take(SIZE)).limit(2 * RESTING).toList();
    buffers.forEach(pool::give);
    List<Chunk> chunks = takeRested(RESTING);
    for (int i = 0; i < RESTING; i++) {
      assertThat(chunks.get(i).memory).isSameAs(buffers.get(i));
    }
    chunks.forEach(pool::give);
    for (int i = 0; i < RESTING; i++) {
      assertThat(pool.takeRested(SIZE)).isSameAs(chunks.get(i).memory);
    }
    assertThat(pool.outstanding()).isEqualTo(RESTING);
  }

  @Test
  void keepsNoFewerBesideThoseThatRest() {
    int kept = (8 << 20) / SIZE;
    List<Chunk> chunks = takeRested(kept + RESTING);
    chunks.forEach(pool::give);
    assertThat(takeRested(kept)).isEqualTo(chunks.subList(0, kept));
  }

  @Test
  void whoGivesALargePieceBackHasSomethingToTrim() {
    AtomicInteger uses = new AtomicInteger();
    ChunkPool pool = new ChunkPool(uses::incrementAndGet);
    Chunk little = pool.takeChunk(ChunkPool.MIN_SIZE);
    pool.give(little);
    assertThat(uses).hasValue(0);
    Chunk chunk = pool.takeChunk(64 << 10);
    ByteBuffer buffer = pool.take(64 << 10);
    assertThat(uses).hasValue(1);
    pool.trim();
    pool.give(chunk);
    assertThat(uses).hasValue(2);
    pool.trim();
    pool.give(buffer);
    assertThat(uses).hasValue(3);
  }

  /** A stream has become slow: it takes what was given last, and the others go. */
  @Test
  void trimLetsThoseGoThatNobodyTakesRestedAnyMore() {
    List<Chunk> chunks = takeRested(RESTING + 2);
    chunks.forEach(pool::give);
    pool.trim();
    for (int i = 0; i < 3; i++) {
      pool.give(pool.takeChunk(SIZE));
      assertThat(pool.trim()).isTrue();
    }
    assertThat(pool.takeChunk(SIZE)).isSameAs(chunks.get(chunks.size() - 1));
    assertThat(pool.takeChunk(SIZE)).as("only one was left").isNotIn(chunks);
  }

  @Test
  void trimLeavesThoseThatRestWhileTheyAreTakenAndNoLonger() {
    Set<Chunk> round = new HashSet<>();
    for (int i = 0; i < 5; i++) {
      for (int turn = 0; turn < 2 * RESTING; turn++) {
        Chunk c = takeRested();
        round.add(c);
        pool.give(c);
      }
      assertThat(pool.trim()).isTrue();
    }
    assertThat(round).as("none was let go").hasSize(RESTING + 1);
    assertThat(pool.trim()).as("nobody took any since the last call").isFalse();
    assertThat(takeRested()).isNotIn(round);
  }
}
