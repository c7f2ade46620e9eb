package io.niomq.internal.pipe;

import static io.niomq.testing.Octets.utf8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A message in its wire form is the same message as one of frames. */
class OutgoingTest {
  private static final String LONG = "long ".repeat(60); // its header has 9 octets

  private final FrameQueue queue = new FrameQueue(new ChunkPool(), 0);
  private final Outgoing outgoing = new Outgoing();

  /** A message that is not at the beginning of its memory. */
  private static Outgoing wire(Outgoing target, String... frames) {
    ByteBuffer memory = ByteBuffer.allocate(4096);
    int from = 13;
    int at = from;
    for (int i = 0; i < frames.length; i++) {
      byte[] body = utf8(frames[i]);
      at += Wire.putHeader(memory, at, i + 1 < frames.length ? Wire.FLAG_MORE : 0, body.length);
      memory.put(at, body);
      at += body.length;
    }
    target.reset().addWire(memory, from, at, frames.length);
    return target;
  }

  private List<String> appended(Outgoing message) {
    queue.append(message);
    assertThat(queue.next()).isTrue();
    List<String> frames = new ArrayList<>();
    frames.add(utf8(queue.toArray()));
    while (queue.more()) {
      queue.nextFrame();
      frames.add(utf8(queue.toArray()));
    }
    queue.finish();
    assertThat(queue.next()).isFalse();
    return frames;
  }

  @Test
  void isAppendedAsItIs() {
    assertThat(appended(wire(outgoing, "one"))).containsExactly("one");
    assertThat(appended(wire(outgoing, "", LONG, "three"))).containsExactly("", LONG, "three");
    assertThat(queue.appended()).isEqualTo(2);
  }

  @Test
  void isAppendedWithoutItsFirstFrame() {
    Outgoing message = wire(outgoing, "id", LONG);
    message.skipFirst();
    assertThat(appended(message)).containsExactly(LONG);
    message.clearEnvelope();
    assertThat(appended(message)).containsExactly("id", LONG);
    message = wire(outgoing, LONG, "", "body");
    message.skipFirst();
    assertThat(message.wireSize()).isEqualTo(2 + 2 + 4);
    assertThat(appended(message)).containsExactly("", "body");
  }

  @Test
  void isAppendedWithAnEnvelope() {
    Outgoing message = wire(outgoing, "first", LONG);
    message.addPrefix(utf8("id"));
    assertThat(message.wireSize()).isEqualTo(2 + 2 + 2 + 5 + 9 + LONG.length());
    assertThat(appended(message)).containsExactly("id", "first", LONG);
    message = wire(outgoing, "first", LONG);
    message.skipFirst();
    message.addPrefix(utf8("id"));
    message.addPrefix(utf8(""));
    assertThat(appended(message)).containsExactly("id", "", LONG);
  }

  @Test
  void tellsOfItsFrames() {
    for (String first : new String[] {"first", LONG}) {
      Outgoing message = wire(outgoing, first, "", "third");
      assertThat(message.bodyFrames()).isEqualTo(3);
      assertThat(message.firstSize()).isEqualTo(first.length());
      assertThat(message.firstOctet(2)).isEqualTo((byte) first.charAt(2));
      assertThat(message.size(2)).isEqualTo(5);
      assertThat(message.firstOctet(3)).isEqualTo((byte) first.charAt(3));
      assertThat(message.size(0)).isEqualTo(first.length());
      assertThat(utf8(message.frameCopy(0))).isEqualTo(first);
      assertThat(utf8(message.frameCopy(2))).isEqualTo("third");
      assertThat(appended(message)).containsExactly(first, "", "third");
    }
    assertThat(utf8(wire(outgoing, "first", "second").frameCopy(1))).isEqualTo("second");
  }

  @Test
  void hasAsManyFramesAsItLikes() {
    String[] frames = new String[40];
    for (int i = 0; i < frames.length; i++) {
      frames[i] = "frame " + i;
    }
    Outgoing message = wire(outgoing, frames);
    assertThat(message.size(39)).isEqualTo(8);
    assertThat(appended(message)).containsExactly(frames);
  }

  @Test
  void maySpreadToSeveralQueues() {
    Outgoing message = wire(outgoing, "first", LONG);
    message.beginSharing(queue.pool());
    assertThat(appended(message)).containsExactly("first", LONG);
    assertThat(appended(message)).containsExactly("first", LONG);
    message.endSharing();
  }

  @Test
  void isDetachedForACallThatWaits() {
    Outgoing detached = wire(outgoing, "first", LONG).detach();
    outgoing.of(utf8("another"), 0, 7);
    assertThat(appended(detached)).containsExactly("first", LONG);
  }

  @Test
  void mayHaveFramesBeforeAndAfterIt() {
    ByteBuffer memory = ByteBuffer.allocate(16);
    memory.put(0, new byte[] {Wire.FLAG_MORE, 1, 'a', 0, 2, 'b', 'c'});
    outgoing.reset().add(utf8("before"));
    outgoing.addWire(memory, 0, 7, 2);
    assertThat(appended(outgoing)).containsExactly("before", "a", "bc");
    outgoing.reset().addWire(memory, 0, 7, 2);
    outgoing.add(utf8("after"));
    assertThat(outgoing.bodyFrames()).isEqualTo(3);
    assertThat(appended(outgoing)).containsExactly("a", "bc", "after");
  }

  @Test
  void isForgottenByTheNext() {
    wire(outgoing, "first", "second", "third").reset();
    outgoing.add(utf8("alone"));
    assertThat(outgoing.bodyFrames()).isEqualTo(1);
    assertThat(appended(outgoing)).containsExactly("alone");
    wire(outgoing, "first", "second").of(utf8("plain"), 0, 5);
    assertThat(outgoing.firstSize()).isEqualTo(5);
    assertThat(appended(outgoing)).containsExactly("plain");
  }
}
