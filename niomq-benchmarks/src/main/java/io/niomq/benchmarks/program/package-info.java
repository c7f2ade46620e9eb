/**
 * The programs that {@code ./niomq bench} starts, one process a side: {@link
 * io.niomq.benchmarks.program.Program}. Each workload is written once, against {@link
 * io.niomq.benchmarks.program.Library} and {@link io.niomq.benchmarks.program.Port}; what libzmq
 * runs is written again in C, in {@code src/main/c/zmq_bench.c}, with the same roles, arguments and
 * result lines.
 *
 * <p>A role that binds prints {@code endpoint X} for each endpoint. The role that measures prints
 * {@code result KEY VALUE} for each figure (rates a second, times in microseconds) and then {@code
 * end}. All others work until their standard input is closed. Whatever goes wrong goes to standard
 * error, with exit code 1.
 */
package io.niomq.benchmarks.program;
