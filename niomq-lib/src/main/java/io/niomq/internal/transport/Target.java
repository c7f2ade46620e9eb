package io.niomq.internal.transport;

import java.net.SocketAddress;

/**
 * Where one attempt to connect goes.
 *
 * @param source the local address to connect from, or null to leave it to the operating system
 */
public record Target(SocketAddress remote, SocketAddress source) {}
