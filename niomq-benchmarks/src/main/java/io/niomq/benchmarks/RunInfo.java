package io.niomq.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Stream;

/** Where, when and with what the figures in the CSV file beside it came about. */
record RunInfo(Map<String, String> facts) {
  private static final List<String> NAMES =
      List.of("machine", "system", "JDK", "NioMQ", "libzmq", "JeroMQ", "date", "command", "timing");

  static RunInfo here(Launcher launcher, Path root, String command, Timing timing)
      throws IOException {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("machine", machine());
    facts.put("system", System.getProperty("os.name") + " " + System.getProperty("os.version"));
    facts.put("JDK", launcher.javaVersion());
    facts.put("NioMQ", niomq(root));
    facts.put("libzmq", launcher.libzmqVersion());
    facts.put("JeroMQ", jeromq(launcher.classPath()));
    facts.put("date", LocalDate.now(ZoneOffset.UTC).toString());
    facts.put("command", command);
    facts.put("timing", timing.toString());
    return new RunInfo(facts);
  }

  private static String machine() throws IOException {
    int processors = Runtime.getRuntime().availableProcessors();
    Path file = Path.of("/proc/cpuinfo");
    String model = "unknown processor";
    if (Files.exists(file)) {
      try (Stream<String> lines = Files.lines(file)) {
        model =
            lines
                .filter(line -> line.startsWith("model name"))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElse(model);
      }
    }
    return model + ", " + processors + (processors == 1 ? " processor" : " processors");
  }

  /** The commit, and whether more has changed since. */
  private static String niomq(Path root) {
    try {
      String commit = Launcher.output(root, "git", "rev-parse", "--short", "HEAD");
      if (commit.isEmpty()) {
        return "of no known commit";
      }
      String changes = Launcher.output(root, "git", "status", "--porcelain", "-uno");
      return "commit " + commit + (changes.isEmpty() ? "" : " with changes");
    } catch (IOException e) {
      return "of no known commit"; // no git here
    }
  }

  /** From the name of its archive, such as jeromq-0.6.0.jar. */
  private static String jeromq(String classPath) {
    for (String path : classPath.split(System.getProperty("path.separator"))) {
      String name = Path.of(path).getFileName().toString();
      if (name.startsWith("jeromq-") && name.endsWith(".jar")) {
        return name.substring("jeromq-".length(), name.length() - ".jar".length());
      }
    }
    return "unknown";
  }

  void write(Path file) throws IOException {
    Properties properties = new Properties();
    properties.putAll(facts);
    try (Writer writer = Files.newBufferedWriter(file, StandardCharsets.UTF_8)) {
      properties.store(writer, null);
    }
  }

  static RunInfo read(Path file) throws IOException {
    Properties properties = new Properties();
    try (BufferedReader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      properties.load(reader);
    }
    Map<String, String> facts = new LinkedHashMap<>();
    for (String name : NAMES) {
      facts.put(name, properties.getProperty(name, "unknown"));
    }
    return new RunInfo(facts);
  }

  String markdown() {
    StringBuilder text = new StringBuilder("| | |\n|---|---|\n");
    facts.forEach(
        (name, value) -> {
          String shown = name.equals("command") ? "`" + value + "`" : value;
          text.append("| ").append(name).append(" | ").append(shown).append(" |\n");
        });
    return text.toString();
  }
}
