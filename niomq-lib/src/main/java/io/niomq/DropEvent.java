package io.niomq;

import java.util.Objects;

/**
 * Messages that a socket has dropped: see {@link Socket#onDrop}.
 *
 * @param reason why
 * @param messages how many, since the last event of this reason
 * @param total how many for this reason since the socket was opened
 */
public record DropEvent(DropReason reason, long messages, long total) {
  /** For the library's own use. */
  public DropEvent {
    Objects.requireNonNull(reason);
  }
}
