package io.niomq.docs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Which tests show an option: those marked with {@code @ShowsOption}, of all modules. */
final class Shown {
  private static final Pattern MARK = Pattern.compile("@ShowsOption\\(\"(\\w+)\"\\)");
  private static final Pattern METHOD = Pattern.compile("\\bvoid (\\w+)\\(");

  /** One test: the file from the project's directory on, its class and method. */
  record Example(String file, String type, String method) {
    boolean isOfContext() {
      return type.startsWith("Context");
    }
  }

  private final Map<String, List<Example>> byOption = new TreeMap<>();

  Shown(Path project) {
    try (Stream<Path> modules = Files.list(project)) {
      for (Path module : modules.sorted().toList()) {
        Path tests = module.resolve("src/test/java");
        if (Files.isDirectory(tests)) {
          readAll(project, tests);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void readAll(Path project, Path tests) throws IOException {
    try (Stream<Path> files = Files.walk(tests)) {
      for (Path file : files.filter(f -> f.toString().endsWith("Test.java")).sorted().toList()) {
        read(project, file);
      }
    }
  }

  private void read(Path project, Path file) throws IOException {
    String text = Files.readString(file);
    String type = file.getFileName().toString().replace(".java", "");
    String path = project.relativize(file).toString().replace('\\', '/');
    Matcher mark = MARK.matcher(text);
    Matcher method = METHOD.matcher(text);
    while (mark.find()) {
      if (!method.find(mark.end())) {
        throw new AssertionError(path + ": no method follows " + mark.group());
      }
      byOption
          .computeIfAbsent(mark.group(1), o -> new ArrayList<>())
          .add(new Example(path, type, method.group(1)));
    }
  }

  /** The tests that show an option of sockets, or of contexts. */
  List<Example> of(String option, boolean ofContext) {
    return byOption.getOrDefault(option, List.of()).stream()
        .filter(e -> e.isOfContext() == ofContext)
        .toList();
  }

  /** All options that a test says it shows. */
  Iterable<String> options() {
    return byOption.keySet();
  }
}
