package io.niomq.explain;

/**
 * One of the two queues between a socket and a peer. The figures of different queues are not of one
 * instant; those of one queue may differ by the messages that are on their way at the moment.
 *
 * @param highWaterMark how many messages it may hold; 0 for any number
 * @param messages how many it holds: received and unread, or sent and not yet written to the
 *     connection (over inproc: not yet read by the peer)
 * @param octets how many octets it holds, with the headers of frames
 * @param totalMessages how many have gone into it so far
 * @param totalOctets how many octets have gone into it so far, with headers and commands
 * @param full whether a sender waits for room at the moment
 */
public record QueueReport(
    int highWaterMark,
    long messages,
    long octets,
    long totalMessages,
    long totalOctets,
    boolean full) {

  Json json() {
    return new Json()
        .add("highWaterMark", highWaterMark)
        .add("messages", messages)
        .add("octets", octets)
        .add("totalMessages", totalMessages)
        .add("totalOctets", totalOctets)
        .add("full", full);
  }
}
