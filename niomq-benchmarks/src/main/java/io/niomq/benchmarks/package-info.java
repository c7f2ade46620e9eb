/**
 * The driver behind {@code ./niomq bench}: it runs every workload ({@link
 * io.niomq.benchmarks.Works}) with every library in turn, pair after pair, and makes a CSV file, a
 * table and {@code docs/PERFORMANCE.md} of what the programs report.
 */
package io.niomq.benchmarks;
