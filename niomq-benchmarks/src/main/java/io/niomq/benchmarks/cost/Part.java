package io.niomq.benchmarks.cost;

/** One group of figures, with a table of its own. */
interface Part {
  /** The table, empty yet. */
  Table table();

  /**
   * Measures and fills the table row by row, so that what was measured before a failure is shown.
   *
   * @throws Exception when it cannot be measured, or a message did not arrive
   */
  void measure(Table table) throws Exception;
}
