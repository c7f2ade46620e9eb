package io.niomq.internal.pipe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.LongSummaryStatistics;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Where the JVM puts the words of a {@link FrameQueue}. What one thread writes with each message
 * must not lie in a cache line that the other one needs: that made messages between threads half as
 * fast, and a field more or less in one class decided it.
 */
class LayoutTest {
  private static final int LINE = Layout.LINE;

  @Test
  void theSidesOfAQueueHaveLinesOfTheirOwn() throws Exception {
    LongSummaryStatistics producer = Layout.offsets(QueueProducer.class);
    LongSummaryStatistics consumer = Layout.offsets(QueueConsumer.class);
    LongSummaryStatistics both = Layout.offsets(FrameQueue.class);
    assertTrue(
        consumer.getMin() - producer.getMax() > LINE, () -> producer + " before " + consumer);
    assertTrue(both.getMin() - consumer.getMax() > LINE, () -> consumer + " before " + both);
  }

  @Test
  void noOtherObjectSharesALineWithTheSidesOfAQueue() throws Exception {
    assertTrue(Layout.offsets(QueueProducer.class).getMin() > LINE);
  }

  @Test
  void nothingInAChunkItselfChangesWithAMessage() {
    Set<String> variables =
        Layout.fields(Chunk.class)
            .filter(f -> !Modifier.isFinal(f.getModifiers()))
            .map(Field::getName)
            .collect(Collectors.toSet());
    assertEquals(Set.of("next"), variables);
  }
}
