package io.niomq.internal.zmtp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The memory for frames that are translated grows up to the largest array, and not beyond. */
class TranslatingReaderTest {
  @Test
  void memoryGrowsToTheLargestArray() {
    int size = 0;
    for (int i = 0; i < 40; i++) {
      int grown = TranslatingReader.grown(size);
      assertThat(grown).isGreaterThanOrEqualTo(size).isPositive();
      size = grown;
    }
    assertThat(size).isEqualTo(Integer.MAX_VALUE - 8);
  }
}
