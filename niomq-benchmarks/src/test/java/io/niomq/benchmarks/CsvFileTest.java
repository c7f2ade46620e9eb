package io.niomq.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CsvFileTest {
  private static final List<Row> ROWS =
      List.of(
          new Row(1, "lat-tcp-64", "NioMQ", "p99.9", 12.625),
          new Row(1, "lat-tcp-64", "libzmq", Row.FAILED, 1));

  @TempDir private Path directory;
  private CsvFile csv;

  @BeforeEach
  void begin() throws IOException {
    csv = new CsvFile(directory.resolve("results.csv"));
    csv.begin();
  }

  @Test
  void readsWhatItWrote() throws IOException {
    csv.append(ROWS);
    csv.append(ROWS);
    assertThat(csv.read()).hasSize(4).startsWith(ROWS.get(0), ROWS.get(1));
  }

  @Test
  void keepsWhatWasThereBefore() throws IOException {
    csv.append(ROWS);
    csv.begin();
    assertThat(csv.read()).isEmpty();
    assertThat(new CsvFile(directory.resolve("before-results.csv")).read()).isEqualTo(ROWS);
  }

  @Test
  void refusesAnotherFile() throws IOException {
    Files.writeString(csv.path(), "something else\n");
    assertThatThrownBy(csv::read).isInstanceOf(IOException.class).hasMessageContaining("pair,work");
  }
}
