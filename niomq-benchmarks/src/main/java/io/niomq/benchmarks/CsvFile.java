package io.niomq.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The figures of all runs, a row each. No value has a comma or a quote in it. */
record CsvFile(Path path) {
  private static final String HEADER = "pair,work,library,metric,value";

  /** Begins a new file; the one that was there keeps its rows under another name. */
  void begin() throws IOException {
    Files.createDirectories(path.toAbsolutePath().getParent());
    if (Files.exists(path)) {
      Files.move(
          path,
          path.resolveSibling("before-" + path.getFileName()),
          StandardCopyOption.REPLACE_EXISTING);
    }
    Files.writeString(path, HEADER + "\n");
  }

  /** Adds rows at once, so that what was measured is there when a later run is broken off. */
  void append(List<Row> rows) throws IOException {
    StringBuilder text = new StringBuilder();
    for (Row row : rows) {
      text.append(row.pair()).append(',').append(row.work()).append(',').append(row.library());
      text.append(',').append(row.metric());
      text.append(String.format(Locale.ROOT, ",%.3f\n", row.value()));
    }
    Files.writeString(path, text, StandardOpenOption.APPEND);
  }

  List<Row> read() throws IOException {
    List<String> lines = Files.readAllLines(path);
    if (lines.isEmpty() || !lines.get(0).equals(HEADER)) {
      throw new IOException(path + " does not begin with " + HEADER);
    }
    List<Row> rows = new ArrayList<>();
    for (String line : lines.subList(1, lines.size())) {
      String[] values = line.split(",", -1);
      if (values.length != 5) {
        throw new IOException(path + " has a line that is no row: " + line);
      }
      rows.add(
          new Row(
              Integer.parseInt(values[0]),
              values[1],
              values[2],
              values[3],
              Double.parseDouble(values[4])));
    }
    return rows;
  }
}
