package io.niomq.internal.socket;

import io.niomq.internal.pipe.Body;

/** Receives the frames of a message one by one: {@code byte[]} or a held {@link Body}. */
@FunctionalInterface
public interface FrameSink {
  void add(Object frame);
}
