package io.niomq.benchmarks;

/** Who takes part, under a name of its own: a library, or another build of NioMQ. */
record Contestant(String name, String library, Launcher launcher) {}
