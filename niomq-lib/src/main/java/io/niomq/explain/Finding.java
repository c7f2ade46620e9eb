package io.niomq.explain;

import java.util.Objects;

/**
 * Something that may be the reason why a message did not arrive.
 *
 * @param cause what it is about
 * @param sentence what was found, and what to do
 */
public record Finding(Cause cause, String sentence) {
  /** For the library's own use. */
  public Finding {
    Objects.requireNonNull(cause);
    Objects.requireNonNull(sentence);
  }

  Json json() {
    return new Json().add("cause", cause).add("sentence", sentence);
  }

  @Override
  public String toString() {
    return sentence;
  }
}
