package io.niomq.testing;

import java.lang.annotation.ElementType;
import java.lang.annotation.Repeatable;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks the test that shows the documented effect of an option, by libzmq's name: {@code
 * ZMQ_SNDHWM}. The table of options in the documents links to it.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@Repeatable(ShowsOption.Several.class)
public @interface ShowsOption {
  /** libzmq's name of the option. */
  String value();

  /** For a test that shows several options. */
  @Target(ElementType.METHOD)
  @Retention(RetentionPolicy.RUNTIME)
  @interface Several {
    /** The options. */
    ShowsOption[] value();
  }
}
