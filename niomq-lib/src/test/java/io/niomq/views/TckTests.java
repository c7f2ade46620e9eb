package io.niomq.views;

import java.lang.annotation.Annotation;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Comparator;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.testng.SkipException;
import org.testng.annotations.AfterClass;
import org.testng.annotations.BeforeClass;
import org.testng.annotations.BeforeMethod;
import org.testng.annotations.Test;

/** The tests of the Reactive Streams TCK, which are written for TestNG, as JUnit's. */
final class TckTests {
  private TckTests() {}

  /** Each test of the class that {@code verification} makes an instance of. */
  static Stream<DynamicTest> of(Class<?> type, Supplier<?> verification) {
    return Stream.of(type.getMethods())
        .filter(m -> m.isAnnotationPresent(Test.class))
        .sorted(Comparator.comparing(Method::getName))
        .map(m -> DynamicTest.dynamicTest(m.getName(), () -> run(m, verification.get())));
  }

  private static void run(Method test, Object verification) throws Throwable {
    invokeAll(BeforeClass.class, verification);
    invokeAll(BeforeMethod.class, verification);
    try {
      invoke(test, verification);
    } catch (SkipException e) {
      if (test.getName().startsWith("required_")) {
        throw new AssertionError("what is required must be tested", e);
      }
      Assumptions.abort(e.getMessage());
    } finally {
      invokeAll(AfterClass.class, verification);
    }
  }

  private static void invokeAll(Class<? extends Annotation> kind, Object verification)
      throws Throwable {
    for (Method m : verification.getClass().getMethods()) {
      if (m.isAnnotationPresent(kind)) {
        invoke(m, verification);
      }
    }
  }

  private static void invoke(Method method, Object target) throws Throwable {
    try {
      method.setAccessible(true); // the class may be private to a test
      method.invoke(target);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }
}
