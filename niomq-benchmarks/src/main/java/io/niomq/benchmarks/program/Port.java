package io.niomq.benchmarks.program;

import java.io.IOException;

/**
 * A socket of one library, with the buffer that all messages are received into. For one thread. No
 * wait has a limit; {@link Lifetime} ends the process.
 */
interface Port {
  /** Returns the endpoint that a peer can connect to. */
  String bind(String endpoint) throws IOException;

  void connect(String endpoint) throws IOException;

  /** Sends a message of one frame; the caller may change {@code body} at once afterwards. */
  void send(byte[] body) throws IOException;

  /** Receives a message of one frame into the buffer, and returns its size. */
  int recv() throws IOException;

  /** Waits in a poller until there is a message. */
  void await() throws IOException;

  /** Eight octets of the message received last, as {@link Body#set} wrote them. */
  long longAt(int index);

  /**
   * Receives a message of two frames, such as a ROUTER passes on, sends it back whole, and returns
   * the size of the second frame.
   */
  int echo() throws IOException;
}
