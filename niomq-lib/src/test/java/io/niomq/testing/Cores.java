package io.niomq.testing;

import io.niomq.Context;
import io.niomq.internal.socket.ContextCore;
import java.lang.reflect.Field;

/** What is behind the public classes. */
public final class Cores {
  private Cores() {}

  public static ContextCore of(Context context) {
    try {
      Field core = Context.class.getDeclaredField("core");
      core.setAccessible(true);
      return (ContextCore) core.get(context);
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(e);
    }
  }
}
