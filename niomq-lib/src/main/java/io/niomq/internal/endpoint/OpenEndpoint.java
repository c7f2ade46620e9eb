package io.niomq.internal.endpoint;

import io.niomq.explain.EndpointReport;
import io.niomq.internal.pipe.Pipe;
import java.util.List;

/** One thing that a socket is bound or connected to. Any thread, and under no lock. */
public interface OpenEndpoint {
  /** Takes it down, after {@link #lastingPipe} was detached; what is queued is sent meanwhile. */
  void close(long lingerNanos);

  /** The pipe that is there as long as it is; null where pipes come and go with the peers. */
  default Pipe lastingPipe() {
    return null;
  }

  /** The pipes that may have something to send when it is closed, as far as can be seen. */
  default List<Pipe> pipes() {
    return List.of();
  }

  /** Gives up what is still unsent after the close. */
  default void abandon() {}

  /** What has become of it so far. */
  EndpointReport report();
}
