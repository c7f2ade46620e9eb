/**
 * Addresses and channels: what tcp and ipc do with an endpoint. Nothing here knows a frame, a loop
 * or a socket type. To add a transport is to add a folder and a line in {@link
 * io.niomq.internal.transport.Transports}.
 */
package io.niomq.internal.transport;
