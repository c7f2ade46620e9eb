package io.niomq.internal.socket;

import static io.niomq.testing.Octets.utf8;
import static org.assertj.core.api.Assertions.assertThat;

import io.niomq.internal.pipe.Body;
import io.niomq.internal.pipe.ChunkPool;
import io.niomq.internal.pipe.FrameQueue;
import io.niomq.internal.pipe.Incoming;
import io.niomq.internal.pipe.Outgoing;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Messages between two queues. */
class BatchTest {
  private final ChunkPool pool = new ChunkPool();
  private final FrameQueue from = new FrameQueue(pool, 0);
  private final FrameQueue to = new FrameQueue(pool, 0);
  private final Batch batch = new Batch();
  private int released;

  private static byte[] octets(int size) {
    byte[] octets = new byte[size];
    for (int i = 0; i < size; i++) {
      octets[i] = (byte) (i + size);
    }
    return octets;
  }

  /** A message of frames of these sizes. */
  private void arrive(int... sizes) {
    Outgoing message = new Outgoing().reset();
    for (int size : sizes) {
      message.add(octets(size));
    }
    from.append(message);
  }

  private void take(byte[] prefix) {
    Incoming incoming = new Incoming();
    assertThat(from.next()).isTrue();
    incoming.set(from, null, prefix);
    batch.add(incoming);
    from.finish();
  }

  /** What each message of the batch becomes in a queue: the sizes of its frames. */
  private List<List<Integer>> passOn() {
    List<List<Integer>> messages = new ArrayList<>();
    Outgoing outgoing = new Outgoing();
    for (; batch.left() > 0; batch.next()) {
      batch.writer().accept(outgoing.reset());
      to.append(outgoing);
      assertThat(to.next()).isTrue();
      List<Integer> sizes = new ArrayList<>();
      while (true) {
        assertThat(to.toArray()).isEqualTo(octets(to.size()));
        sizes.add(to.size());
        if (!to.more()) {
          break;
        }
        to.nextFrame();
      }
      to.finish();
      messages.add(sizes);
    }
    return messages;
  }

  @Test
  void carriesMessagesOfAllSizesInOrder() {
    int[][] sizes = {
      {64}, {0}, {255, 256, 0}, {9000}, {5, 9000, 5}, {100_000}, {3, 8192}, {70_000, 0, 70_000}, {1}
    };
    List<List<Integer>> expected = new ArrayList<>();
    long octets = 0;
    for (int[] message : sizes) {
      arrive(message);
      expected.add(Arrays.stream(message).boxed().toList());
      octets += Arrays.stream(message).sum();
    }
    for (int i = 0; i < sizes.length; i++) {
      take(null);
    }
    assertThat(batch.left()).isEqualTo(sizes.length);
    assertThat(batch.passed()).isZero();
    assertThat(passOn()).isEqualTo(expected);
    assertThat(batch.passed()).isEqualTo(sizes.length);
    assertThat(batch.passedOctets()).isEqualTo(octets);
    batch.first();
    assertThat(batch.passed()).isZero();
    assertThat(passOn()).isEqualTo(expected); // as often as one likes
    batch.clear();
    assertThat(batch.isEmpty()).isTrue();
    assertThat(batch.passedOctets()).isZero();
  }

  @Test
  void putsARoutingIdFirst() {
    for (int id : new int[] {5, 255, 9000}) {
      arrive(64);
      arrive(0, 100_000);
      take(octets(id));
      take(octets(id));
      assertThat(passOn()).containsExactly(List.of(id, 64), List.of(id, 0, 100_000));
      assertThat(batch.passedOctets()).isEqualTo(2 * id + 64 + 100_000);
      batch.clear();
    }
  }

  /** A REP has taken the envelope off before: the cursor is at the first frame to deliver. */
  @Test
  void beginsWhereTheCursorIs() {
    for (int size : new int[] {64, 9000, 100_000}) {
      arrive(5, 0, 300, size, 7);
      assertThat(from.next()).isTrue();
      from.nextFrame();
      from.nextFrame();
      Incoming incoming = new Incoming();
      incoming.set(from, null, null);
      batch.add(incoming);
      from.finish();
      assertThat(passOn()).containsExactly(List.of(300, size, 7));
      assertThat(batch.passedOctets()).isEqualTo(300 + size + 7);
      batch.clear();
    }
  }

  @Test
  void isFullOfMessagesOrOfOctets() {
    for (int i = 0; i < Batch.MOST; i++) {
      assertThat(batch.isFull()).isFalse();
      arrive(1);
      take(null);
    }
    assertThat(batch.isFull()).isTrue();
    batch.clear();
    assertThat(batch.isFull()).isFalse();
    arrive(100_000);
    take(null);
    assertThat(batch.isFull()).isTrue();
    batch.clear();
    for (int i = 0; i < 4; i++) {
      assertThat(batch.isFull()).isFalse();
      arrive(8190, 2); // the fourth does not fit into the memory any more
      take(null);
    }
    assertThat(batch.isFull()).isTrue();
    assertThat(passOn()).hasSize(4).containsOnly(List.of(8190, 2));
  }

  @Test
  void holdsLargeBodiesUntilItIsCleared() {
    Outgoing message = new Outgoing().reset();
    Body body = Body.over(ByteBuffer.wrap(octets(70_000)), () -> released++);
    message.add(body);
    from.append(message);
    body.release();
    take(null);
    assertThat(released).isZero();
    assertThat(passOn()).containsExactly(List.of(70_000));
    assertThat(released).isZero();
    batch.clear();
    assertThat(released).isOne();
    batch.clear();
    assertThat(released).isOne();
  }

  @Test
  void takesTheFramesThatAThreadHasLeftUnread() {
    batch.add(
        sink -> {
          sink.add(utf8(""));
          sink.add(octets(300));
        });
    assertThat(batch.left()).isOne();
    assertThat(passOn()).containsExactly(List.of(0, 300));
    assertThat(batch.passedOctets()).isEqualTo(300);
  }
}
