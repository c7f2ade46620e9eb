/**
 * What a socket or a context is doing, and why a message may not have arrived: immutable pictures,
 * made by {@link io.niomq.Socket#explain} and {@link io.niomq.Context#explain}, that print as a
 * page and as JSON.
 */
package io.niomq.explain;
