package io.niomq.internal.pattern;

import io.niomq.DropReason;
import io.niomq.Errno;
import io.niomq.SocketOptions;
import io.niomq.internal.option.OptionValues;
import io.niomq.internal.pipe.Pipe;

/** What a behaviour may ask of its socket. Everything here is called under the socket's lock. */
public interface PatternHost {
  OptionValues options();

  /** Has the pipe's link act after the unlock. */
  void act(Pipe pipe, int actions);

  /**
   * The pipe was found empty: its link will tell of the next message.
   *
   * @return true when something came meanwhile: look again
   */
  boolean foundEmpty(Pipe pipe);

  /** Messages were taken from the pipe, or found to be at their end: passes credit on. */
  void credited(Pipe pipe);

  /** The pipe has ended and was read empty. */
  void finished(Pipe pipe);

  /** Counts messages that will not go on. */
  void drop(Pipe pipe, DropReason reason, long messages);

  /** Counts a call that the pattern refuses. */
  void refused(Errno errno);

  /** Ends the connection of this pipe, and the pipe with it, for the given reason. */
  void refuse(Pipe pipe, String reason);

  /**
   * A peer has gained or lost a subscription.
   *
   * @param holders how many peers hold that prefix now
   */
  void subscriptionChanged(Pipe pipe, boolean subscribed, byte[] prefix, int holders);

  /**
   * For patterns that drop what a queue has no room for: how many messages may follow each other
   * under one lock. What a full half of a queue asks for is done after the unlock, and the other
   * half is to have room for them meanwhile.
   */
  default int roomBetweenUnlocks(int most) {
    int mark = options().intValue(SocketOptions.SNDHWM);
    return mark == 0 ? most : Math.max(1, Math.min(most, mark / 2));
  }

  /**
   * From now on the pattern appends each message as it is to {@code only}, as long as that has
   * room; null: it has to be asked. So the socket may do it by itself.
   */
  default void route(Pipe only) {}

  /**
   * From now on the pattern hands over each message of {@code only} as it is (but of one that
   * conflates the last one only), and none of another pipe; null: it has to be asked.
   */
  default void source(Pipe only) {}

  /** Something that a waiting thread may be waiting for has become possible. */
  void changed();
}
