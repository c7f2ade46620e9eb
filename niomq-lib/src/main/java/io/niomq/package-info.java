/**
 * The public API of NioMQ: a {@link io.niomq.Context} makes {@link io.niomq.Socket}s, which
 * exchange whole {@link io.niomq.Message}s in the ZeroMQ patterns over {@code tcp}, {@code ipc} and
 * {@code inproc}.
 */
package io.niomq;
