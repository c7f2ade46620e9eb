package io.niomq.internal.socket;

import java.util.concurrent.ThreadFactory;

/**
 * How a context is made. Immutable.
 *
 * @param spinNanos how long a thread that waits may look again and again before it sleeps
 * @param factory makes the threads; null for daemon threads
 * @param ipv6 whether new sockets begin with {@code ZMQ_IPV6}
 * @param blocky whether new sockets linger ({@code ZMQ_BLOCKY})
 * @param management whether other processes may look at it through JMX
 */
public record ContextSettings(
    int ioThreads,
    int maxSockets,
    long spinNanos,
    String threadNamePrefix,
    ThreadFactory factory,
    boolean ipv6,
    boolean blocky,
    boolean management) {}
