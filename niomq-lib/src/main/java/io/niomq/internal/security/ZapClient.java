package io.niomq.internal.security;

import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/** The way to the ZAP handler of a context: the socket bound to {@link #ENDPOINT}. Thread-safe. */
public interface ZapClient {
  String ENDPOINT = "inproc://zeromq.zap.01";

  /** A request that is under way. */
  interface Exchange {
    /** Nobody waits for the reply any more. Called by the executor's thread. */
    void cancel();
  }

  /** Whether there is a handler at this moment. */
  boolean hasHandler();

  /**
   * Asks, without waiting.
   *
   * @param request all frames, the delimiter first
   * @param executor runs {@code answer}, on one thread, never within this call
   * @param answer is given all frames of the reply, once; null when there will be none, because the
   *     handler has gone
   */
  Exchange ask(List<byte[]> request, Executor executor, Consumer<List<byte[]>> answer);
}
