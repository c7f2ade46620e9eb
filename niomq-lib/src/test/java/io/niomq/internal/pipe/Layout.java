package io.niomq.internal.pipe;

import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.LongSummaryStatistics;
import java.util.stream.Stream;

/** Where the JVM puts the fields of objects. */
public final class Layout {
  /** Octets of a cache line. */
  public static final int LINE = 64;

  private Layout() {}

  /** Where the fields that the class itself declares begin, from the start of an object. */
  public static LongSummaryStatistics offsets(Class<?> type) throws Exception {
    Class<?> unsafeClass = Class.forName("sun.misc.Unsafe");
    Field instance = unsafeClass.getDeclaredField("theUnsafe");
    instance.setAccessible(true);
    Object unsafe = instance.get(null);
    Method objectFieldOffset = unsafeClass.getMethod("objectFieldOffset", Field.class);
    LongSummaryStatistics offsets = new LongSummaryStatistics();
    for (Field field : fields(type).toList()) {
      offsets.accept((long) objectFieldOffset.invoke(unsafe, field));
    }
    return offsets;
  }

  static Stream<Field> fields(Class<?> type) {
    return Stream.of(type.getDeclaredFields()).filter(f -> !Modifier.isStatic(f.getModifiers()));
  }
}
