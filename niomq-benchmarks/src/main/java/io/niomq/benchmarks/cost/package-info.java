/**
 * What NioMQ costs: processor time and memory when idle, what a message takes of the heap, and how
 * all that grows. To run it, after the module was built as {@code io.niomq.benchmarks.jmh} says:
 *
 * <pre>
 *   java -cp 'niomq-benchmarks/target/classes:niomq-benchmarks/target/lib/*' \
 *     io.niomq.benchmarks.cost.Costs [PART]...
 * </pre>
 *
 * <p>Parts: idle, allocation, connections, bursts, subscriptions, peers, fanout, topics,
 * io-threads. Everything stays on this machine and is bounded in count and in time.
 */
package io.niomq.benchmarks.cost;
