package io.niomq.internal.pipe;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The two spellings of a subscription on its way to a publisher.
 *
 * <pre>
 *   ZMTP 3.1, command:   09 "SUBSCRIBE" topic      06 "CANCEL" topic
 *   older, message:      01 topic                  00 topic
 * </pre>
 *
 * RFC 37, RFC 23. A publisher takes both from anybody.
 */
public final class SubscriptionCommand {
  public static final byte SUBSCRIBE = 1;
  public static final byte CANCEL = 0;

  /** Longer topics go as messages, which may have any size. */
  private static final int COMMAND_TOPIC_MAX = 255 << 10;

  private static final byte[] SUBSCRIBE_NAME = "\tSUBSCRIBE".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] CANCEL_NAME = "\6CANCEL".getBytes(StandardCharsets.US_ASCII);

  private SubscriptionCommand() {}

  /**
   * Appends a subscription in the spelling that the peer understands; returns the link's actions.
   */
  public static int append(Pipe pipe, boolean subscribe, byte[] topic) {
    if (pipe.peer.takesSubscribeCommands() && topic.length <= COMMAND_TOPIC_MAX) {
      return pipe.appendCommand(join(subscribe ? SUBSCRIBE_NAME : CANCEL_NAME, topic));
    }
    byte[] message = join(new byte[] {subscribe ? SUBSCRIBE : CANCEL}, topic);
    return pipe.append(new Outgoing().of(message, 0, message.length));
  }

  private static byte[] join(byte[] head, byte[] tail) {
    byte[] joined = Arrays.copyOf(head, head.length + tail.length);
    System.arraycopy(tail, 0, joined, head.length, tail.length);
    return joined;
  }

  /** Whether the frame of a message is a subscription, or the end of one. */
  public static boolean isMessage(byte[] frame) {
    return frame.length > 0 && (frame[0] == SUBSCRIBE || frame[0] == CANCEL);
  }

  /** Whether a command body is a SUBSCRIBE or CANCEL. */
  public static boolean isSubscription(byte[] body) {
    return startsWith(body, SUBSCRIBE_NAME) || startsWith(body, CANCEL_NAME);
  }

  /** Reads the current command of a queue; null when it is another one. */
  public static Subscription read(FrameQueue in) {
    byte[] body = in.toArray();
    if (startsWith(body, SUBSCRIBE_NAME)) {
      return new Subscription(true, Arrays.copyOfRange(body, SUBSCRIBE_NAME.length, body.length));
    }
    if (startsWith(body, CANCEL_NAME)) {
      return new Subscription(false, Arrays.copyOfRange(body, CANCEL_NAME.length, body.length));
    }
    return null;
  }

  private static boolean startsWith(byte[] body, byte[] name) {
    return body.length >= name.length && Arrays.equals(body, 0, name.length, name, 0, name.length);
  }

  /** What a peer wants, or no longer wants. */
  public record Subscription(boolean subscribe, byte[] topic) {}
}
