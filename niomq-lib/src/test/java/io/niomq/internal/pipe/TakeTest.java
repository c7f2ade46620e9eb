package io.niomq.internal.pipe;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The short way of a message of one frame into and out of a queue. */
class TakeTest {
  private final ChunkPool pool = new ChunkPool();
  private final FrameQueue queue = new FrameQueue(pool, 4);
  private final ByteBuffer target = ByteBuffer.allocate(FrameQueue.INLINE_MAX);

  private static byte[] body(int size) {
    byte[] body = new byte[size];
    for (int i = 0; i < size; i++) {
      body[i] = (byte) (31 * i + size);
    }
    return body;
  }

  private void append(byte[] body) {
    queue.append(body, 0, body.length);
  }

  /** The next message may be in another chunk; to get there is not for the short way. */
  private void reach() {
    assertThat(queue.next()).isTrue();
  }

  private byte[] taken() {
    return Arrays.copyOf(target.array(), target.position());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 6, 7, 64, 255, 256, 257, 5000, FrameQueue.INLINE_MAX})
  void takesWhatWasAppended(int size) {
    append(body(size));
    append(body(size));
    reach();
    assertThat(queue.take(target.clear())).isEqualTo(size);
    assertThat(taken()).isEqualTo(body(size));
    reach();
    assertThat(queue.take()).isEqualTo(body(size));
    assertThat(queue.taken()).isEqualTo(2);
    assertThat(queue.isEmpty()).isTrue();
    assertThat(queue.takenOctets()).isEqualTo(queue.appendedOctets());
  }

  @Test
  void takesAPartOfAnArray() {
    byte[] body = body(100);
    queue.append(body, 10, 50);
    reach();
    assertThat(queue.take()).isEqualTo(Arrays.copyOfRange(body, 10, 60));
  }

  @Test
  void takesNothingFromAnEmptyQueue() {
    assertThat(queue.take(target)).isEqualTo(-1);
    assertThat(queue.take()).isNull();
    append(body(9));
    assertThat(queue.take()).as("in the next chunk").isNull();
    reach();
    assertThat(queue.take()).isNotNull();
    assertThat(queue.take()).isNull();
    append(body(8));
    assertThat(queue.take()).as("in the head").isNotNull();
    assertThat(target.position()).isZero();
  }

  @Test
  void copiesNoMoreThanThereIsRoomForAndTellsTheWholeSize() {
    append(body(300));
    append(body(5));
    reach();
    target.clear().position(7).limit(17);
    assertThat(queue.take(target)).isEqualTo(300);
    assertThat(target.position()).isEqualTo(17);
    assertThat(Arrays.copyOfRange(target.array(), 7, 17)).isEqualTo(Arrays.copyOf(body(300), 10));
    reach();
    assertThat(queue.take()).as("the next one").isEqualTo(body(5));
  }

  @Test
  void leavesWhatIsNotOfOneFrame() {
    Outgoing two = new Outgoing().reset();
    two.add(body(3));
    two.add(body(300));
    queue.append(two);
    reach();
    leavesIt();
    assertThat(queue.more()).isTrue();
    queue.finish();
    append(body(4));
    assertThat(queue.take()).isEqualTo(body(4));
  }

  @Test
  void leavesCommands() {
    queue.appendCommand(body(20));
    reach();
    leavesIt();
    assertThat(queue.isCommand()).isTrue();
    queue.finish();
    queue.appendCommand(body(400));
    leavesIt();
    assertThat(queue.isCommand()).isTrue();
    assertThat(queue.taken()).isZero();
  }

  @Test
  void leavesWhatIsHeldByReference() {
    append(body(FrameQueue.INLINE_MAX + 1));
    reach();
    leavesIt();
    queue.finish();
    append(body(4));
    assertThat(queue.take()).as("in the next link").isNull();
    reach();
    assertThat(queue.take()).isEqualTo(body(4));
  }

  /** It is for {@link FrameQueue#next}. */
  private void leavesIt() {
    assertThat(queue.take()).isNull();
    assertThat(queue.take(target.clear())).isEqualTo(-1);
    assertThat(target.position()).isZero();
    assertThat(queue.next()).isTrue();
  }

  @Test
  void returnsCreditForHalfOfTheMark() {
    for (int i = 0; i < 4; i++) {
      append(body(i));
    }
    assertThat(queue.hasRoom()).isFalse();
    reach();
    assertThat(queue.take()).isNotNull();
    assertThat(queue.takeCreditNews()).isFalse();
    assertThat(queue.hasRoom()).isFalse();
    assertThat(queue.take(target.clear())).isEqualTo(1);
    assertThat(queue.takeCreditNews()).isTrue();
    assertThat(queue.hasRoom()).isTrue();
    assertThat(queue.room(9)).isEqualTo(2);
  }

  @Test
  void aNewMarkCountsAtOnce() {
    append(body(1));
    append(body(1));
    assertThat(queue.hasRoom()).isTrue();
    queue.highWaterMark(2);
    assertThat(queue.hasRoom()).isFalse();
    assertThat(queue.room(9)).isZero();
    queue.highWaterMark(0);
    assertThat(queue.hasRoom()).isTrue();
    assertThat(queue.room(9)).isEqualTo(9);
    queue.highWaterMark(1);
    assertThat(queue.hasRoom()).as("more than that are queued").isFalse();
    assertThat(queue.room(9)).isZero();
    queue.highWaterMark(3);
    assertThat(queue.room(9)).isEqualTo(1);
  }
}
