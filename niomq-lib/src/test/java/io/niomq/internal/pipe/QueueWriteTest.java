package io.niomq.internal.pipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A queue on its way into a channel that takes as much as it likes. */
class QueueWriteTest {
  private static final byte USED = 0x55;

  private final ChunkPool pool = new ChunkPool();
  private final FrameQueue queue = new FrameQueue(pool, 0);
  private final Outgoing outgoing = new Outgoing();
  private final ByteArrayOutputStream expected = new ByteArrayOutputStream();
  private final TakingChannel channel = new TakingChannel();

  private void append(Random random, int size) {
    byte[] body = new byte[size];
    random.nextBytes(body);
    queue.append(outgoing.of(body, 0, size));
    ByteBuffer header = ByteBuffer.allocate(Wire.LONG_HEADER);
    expected.write(header.array(), 0, Wire.putHeader(header, 0, 0, size));
    expected.writeBytes(body);
  }

  @Test
  void passesManyChunksWithOneCall() throws IOException {
    Random random = new Random(1);
    for (int i = 0; i < 500; i++) {
      append(random, 1000);
    }
    assertThat(queue.writeTo(channel)).isTrue();
    assertThat(channel.calls).isOne();
    assertThat(channel.taken.toByteArray()).isEqualTo(expected.toByteArray());
    assertThat(queue.isCredited()).isTrue();
    assertThat(queue.writeTo(channel)).isTrue();
    append(random, 1000);
    assertThat(queue.writeTo(channel)).isTrue();
    assertThat(channel.taken.toByteArray()).isEqualTo(expected.toByteArray());
    assertThat(pool.outstanding()).isOne();
  }

  /** Their producer writes to the lines after them before it has anything to say there. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 16, 60, 62, 64, 200, 254, 255, 256, 300})
  void littleMessagesStayWhatTheyAreUpToTheEndOfAChunk(int size) throws IOException {
    queue.growWithRate();
    Random random = new Random(size);
    for (int i = 0; i < 4000; i++) {
      append(random, size);
      if (random.nextInt(50) == 0) {
        append(random, 2000 + random.nextInt(2000));
      }
      if (random.nextInt(500) == 0) {
        queue.writeTo(channel);
      }
    }
    assertThat(queue.writeTo(channel)).isTrue();
    assertThat(channel.taken.toByteArray()).isEqualTo(expected.toByteArray());
  }

  /** Their lines are fetched by writing zeros to them. */
  @Test
  void fetchesTheLinesAfterALittleMessageInEachChunk() {
    queue.staySmallWhenSlow();
    byte[] body = new byte[62];
    for (int chunk = 0; chunk < 8; chunk++) {
      leaveUsedMemory();
      Chunk before = queue.tail;
      while (queue.tail == before) {
        queue.append(outgoing.of(body, 0, body.length));
      }
      ByteBuffer memory = queue.tailMemory();
      assertThat(memory.get(memory.capacity() - 1)).as("was used before").isEqualTo(USED);
      for (int at = queue.tailEnd(); at < Math.min(memory.capacity(), 1024); at += 64) {
        assertThat(memory.get(at)).as("chunk %d, octet %d", chunk, at).isZero();
      }
    }
  }

  /** In the pool, of all sizes that small chunks have. */
  private void leaveUsedMemory() {
    for (int size = ChunkPool.MIN_SIZE; size <= FrameQueue.CHUNK_SMALL; size *= 2) {
      ByteBuffer memory = pool.take(size);
      for (int at = 0; at < memory.capacity(); at++) {
        memory.put(at, USED);
      }
      pool.give(memory);
    }
  }

  @Test
  void returnsTheCreditOfWholeChunksOnly() throws IOException {
    Random random = new Random(2);
    for (int i = 0; i < 300; i++) {
      append(random, 1000);
    }
    channel.takes = 250_000; // ends in the middle of a chunk
    assertThat(queue.writeTo(channel)).isFalse();
    assertThat(queue.credited()).isBetween(150L, 247L);
    assertThat(queue.written()).isEqualTo(250_000);
    channel.takes = Integer.MAX_VALUE;
    assertThat(queue.writeTo(channel)).isTrue();
    assertThat(queue.credited()).isEqualTo(300);
    assertThat(channel.taken.toByteArray()).isEqualTo(expected.toByteArray());
  }

  /** That of a part of a chunk was returned; then the chunk is filled, and another follows. */
  @Test
  void takesNoCreditBack() throws IOException {
    Random random = new Random(3);
    for (int i = 0; i < 40; i++) {
      append(random, 100);
    }
    assertThat(queue.writeTo(channel)).isTrue();
    assertThat(queue.credited()).isEqualTo(40);
    for (int i = 0; i < 300; i++) {
      append(random, 100);
    }
    channel.takes = 1;
    assertThat(queue.writeTo(channel)).isFalse();
    assertThat(queue.credited()).isEqualTo(40);
    channel.takes = Integer.MAX_VALUE;
    assertThat(queue.writeTo(channel)).isTrue();
    assertThat(queue.credited()).isEqualTo(340);
    assertThat(channel.taken.toByteArray()).isEqualTo(expected.toByteArray());
  }

  @Test
  void passesSeveralLargeMessagesWithOneCall() throws IOException {
    Random random = new Random(4);
    for (int i = 0; i < 5; i++) {
      append(random, 100_000);
    }
    assertThat(queue.writeTo(channel)).isTrue();
    assertThat(channel.calls).isOne();
    assertThat(channel.taken.toByteArray()).isEqualTo(expected.toByteArray());
    assertThat(queue.isCredited()).isTrue();
    append(random, 100);
    append(random, 100_000);
    append(random, 2_000_000); // by itself
    append(random, 100_000);
    assertThat(queue.writeTo(channel)).isTrue();
    assertThat(channel.taken.toByteArray()).isEqualTo(expected.toByteArray());
    assertThat(queue.isCredited()).isTrue();
  }

  /** A system takes no more than so many pieces at a time. */
  @Test
  void passesLargeMessagesOfManyFramesInSeveralCalls() throws IOException {
    Body body = Body.over(ByteBuffer.allocateDirect(9000), null);
    for (int i = 0; i < 40; i++) {
      outgoing.reset().add(body);
      outgoing.add(body);
      queue.append(outgoing);
    }
    assertThat(queue.writeTo(channel)).isTrue();
    assertThat(channel.taken.size()).isEqualTo(80 * (Wire.LONG_HEADER + 9000));
    assertThat(channel.mostPieces).isEqualTo(64);
    assertThat(channel.calls).isEqualTo(3); // of 160 pieces
    assertThat(queue.isCredited()).isTrue();
  }

  /** Also when the channel ends between two of them. */
  @ParameterizedTest
  @CsvSource({
    "0, 0, false",
    "1, 0, true",
    "100_009, 1, false",
    "100_010, 1, true",
    "300_027, 3, false"
  })
  void knowsWhichLargeMessageIsWrittenInPart(String takes, long credited, boolean partly)
      throws IOException {
    Random random = new Random(5);
    for (int i = 0; i < 5; i++) {
      append(random, 100_000);
    }
    channel.takes = Integer.parseInt(takes.replace("_", ""));
    assertThat(queue.writeTo(channel)).isFalse();
    assertThat(queue.credited()).isEqualTo(credited);
    assertThat(queue.skipPartlyWritten()).isEqualTo(partly);
    assertThat(queue.discardAll()).isEqualTo(5 - credited - (partly ? 1 : 0));
    assertThat(queue.isCredited()).isTrue();
    queue.close();
    assertThat(pool.outstanding()).isZero();
  }

  /**
   * After the loss of a connection, that of what was written in a chunk, wholly or in part, too.
   */
  @ParameterizedTest
  @CsvSource({"0, 0, false", "1, 1, true", "1009, 1, false", "1010, 2, true", "4036, 4, false"})
  void returnsTheCreditOfAllThatIsNotWrittenAgain(int takes, long credited, boolean partly)
      throws IOException {
    Random random = new Random(8);
    for (int i = 0; i < 5; i++) {
      append(random, 1000);
    }
    channel.takes = takes;
    assertThat(queue.writeTo(channel)).isFalse();
    assertThat(queue.skipPartlyWritten()).isEqualTo(partly);
    assertThat(queue.credited()).isEqualTo(credited);
    assertThat(queue.takeCreditNews()).isEqualTo(credited > 0);
    expected.reset();
    append(random, 1000);
    TakingChannel another = new TakingChannel();
    assertThat(queue.writeTo(another)).isTrue();
    assertThat(another.taken.size()).isEqualTo((6 - credited) * 1009);
    assertThat(another.taken.toByteArray()).endsWith(expected.toByteArray());
    assertThat(queue.isCredited()).isTrue();
    assertThat(queue.close()).isZero();
    assertThat(pool.outstanding()).isZero();
  }

  /** Commands concerned the connection that was lost. */
  @ParameterizedTest
  @ValueSource(ints = {1000, 100_000})
  void isDrainedWhenOnlyCommandsAreLeft(int size) throws IOException {
    Random random = new Random(9);
    assertThat(queue.isDrained()).isTrue();
    append(random, size);
    queue.appendCommand(new byte[] {1, 'C'});
    assertThat(queue.isDrained()).isFalse();
    channel.takes = 500;
    assertThat(queue.writeTo(channel)).isFalse();
    assertThat(queue.skipPartlyWritten()).isTrue();
    assertThat(queue.isDrained()).isTrue();
    append(random, size);
    assertThat(queue.isDrained()).isFalse();
    channel.takes = Integer.MAX_VALUE;
    assertThat(queue.writeTo(channel)).isTrue();
    assertThat(queue.isDrained()).isTrue();
    assertThat(queue.close()).isZero();
    assertThat(pool.outstanding()).isZero();
  }

  /** {@code ZMQ_CONFLATE}: what was begun goes on, unless the connection is lost. */
  @ParameterizedTest
  @ValueSource(ints = {1000, 100_000})
  void forgetsWithTheConnectionWhatConflationHasLeftOfAMessage(int size) throws IOException {
    Random random = new Random(6);
    append(random, size);
    append(random, size);
    channel.takes = 500;
    assertThat(queue.writeTo(channel)).isFalse();
    assertThat(queue.discardUnwritten()).isOne();
    channel.fails = true;
    assertThatThrownBy(() -> queue.writeTo(channel)).isInstanceOf(IOException.class);
    assertThat(queue.skipPartlyWritten()).isTrue();
    assertThat(queue.discardUnwritten()).isZero();
    expected.reset();
    append(random, 10);
    TakingChannel another = new TakingChannel();
    assertThat(queue.writeTo(another)).isTrue();
    assertThat(another.taken.toByteArray()).isEqualTo(expected.toByteArray());
    assertThat(queue.close()).isZero();
    assertThat(pool.outstanding()).isZero();
  }

  /** A channel that takes nothing at all has not begun with a message. */
  @Test
  void discardsALargeMessageThatIsNotBegun() throws IOException {
    append(new Random(7), 100_000);
    channel.takes = 0;
    assertThat(queue.writeTo(channel)).isFalse();
    assertThat(queue.discardUnwritten()).isOne();
    channel.takes = Integer.MAX_VALUE;
    assertThat(queue.writeTo(channel)).isTrue();
    assertThat(channel.taken.size()).isZero();
    assertThat(queue.close()).isZero();
    assertThat(pool.outstanding()).isZero();
  }

  /** Large messages, which are links of their own, come in between. */
  @Test
  void losesNoOctetWhateverTheChannelTakes() throws IOException {
    long seed = Long.getLong("niomq.seed", ThreadLocalRandom.current().nextLong());
    System.out.println("losesNoOctetWhateverTheChannelTakes: -Dniomq.seed=" + seed);
    Random random = new Random(seed);
    for (int round = 0; round < 200; round++) {
      boolean mostlyLarge = random.nextInt(4) == 0;
      for (int i = random.nextInt(mostlyLarge ? 8 : 60); i > 0; i--) {
        boolean large = random.nextInt(20) == 0 ^ mostlyLarge;
        append(random, random.nextInt(large ? 200_000 : 5000));
      }
      channel.takes = random.nextInt(500_000);
      long credited = queue.credited();
      boolean all = queue.writeTo(channel);
      assertThat(queue.credited()).isGreaterThanOrEqualTo(credited);
      assertThat(queue.written()).isEqualTo(channel.taken.size());
      assertThat(all).isEqualTo(channel.taken.size() == expected.size());
      assertThat(queue.isCredited()).isEqualTo(all);
    }
    channel.takes = Integer.MAX_VALUE;
    assertThat(queue.writeTo(channel)).isTrue();
    assertThat(channel.taken.toByteArray()).isEqualTo(expected.toByteArray());
    assertThat(queue.isCredited()).isTrue();
    assertThat(queue.close()).isZero();
    assertThat(pool.outstanding()).isZero();
  }

  /** How much memory the queue appends to, once it has been filled slowly for some milliseconds. */
  private int capacityWhenFilledSlowly() {
    byte[] body = new byte[1000];
    for (int i = 0; i < 200; i++) {
      queue.append(outgoing.of(body, 0, body.length));
      for (long end = System.nanoTime() + 40 * body.length; System.nanoTime() - end < 0; ) {
        Thread.onSpinWait();
      }
    }
    return queue.tailCapacity();
  }

  @Test
  void slowQueueToChannelHasSmallChunks() {
    queue.staySmallWhenSlow();

    assertThat(capacityWhenFilledSlowly()).isEqualTo(FrameQueue.CHUNK_SLOW);
  }

  @Test
  void slowQueueFromChannelHasOrdinaryChunks() {
    assertThat(capacityWhenFilledSlowly()).isEqualTo(FrameQueue.CHUNK_SMALL);
  }
}
