package io.niomq.cli.tour;

/** What a separate process of a stop does; it tells its story on the standard output. */
@FunctionalInterface
interface Part {
  void play(String... arguments) throws Exception;
}
