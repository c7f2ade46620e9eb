package io.niomq.internal.pipe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.LongSummaryStatistics;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Where the JVM puts the words of a {@link FrameQueue}. What one thread writes with each message
 * must not lie in a cache line that the other one needs: that made messages between threads half as
 * fast, and a field more or less in one class decided it.
 */
class LayoutTest {
  private static final int LINE = 64;

  @Test
  void theSidesOfAQueueHaveLinesOfTheirOwn() throws Exception {
    LongSummaryStatistics producer = offsets(QueueProducer.class);
    LongSummaryStatistics consumer = offsets(QueueConsumer.class);
    LongSummaryStatistics both = offsets(FrameQueue.class);
    assertTrue(
        consumer.getMin() - producer.getMax() > LINE, () -> producer + " before " + consumer);
    assertTrue(both.getMin() - consumer.getMax() > LINE, () -> consumer + " before " + both);
  }

  @Test
  void nothingInAChunkItselfChangesWithAMessage() {
    Set<String> variables =
        instanceFields(Chunk.class)
            .filter(f -> !Modifier.isFinal(f.getModifiers()))
            .map(Field::getName)
            .collect(Collectors.toSet());
    assertEquals(Set.of("next"), variables);
  }

  /** Where the fields that the class itself declares are, from the start of an object. */
  private static LongSummaryStatistics offsets(Class<?> type) throws Exception {
    Class<?> unsafeClass = Class.forName("sun.misc.Unsafe");
    Field instance = unsafeClass.getDeclaredField("theUnsafe");
    instance.setAccessible(true);
    Object unsafe = instance.get(null);
    Method objectFieldOffset = unsafeClass.getMethod("objectFieldOffset", Field.class);
    LongSummaryStatistics offsets = new LongSummaryStatistics();
    for (Field field : instanceFields(type).toList()) {
      offsets.accept((long) objectFieldOffset.invoke(unsafe, field));
    }
    return offsets;
  }

  private static Stream<Field> instanceFields(Class<?> type) {
    return Stream.of(type.getDeclaredFields()).filter(f -> !Modifier.isStatic(f.getModifiers()));
  }
}
