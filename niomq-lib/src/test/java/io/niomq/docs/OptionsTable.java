package io.niomq.docs;

import io.niomq.ContextOption;
import io.niomq.ContextOptions;
import io.niomq.SocketOption;
import io.niomq.SocketOptions;
import io.niomq.SocketType;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The text of {@code docs/options.md}, from the options themselves and the tests that show them.
 */
final class OptionsTable {
  /** What libzmq has as an option and NioMQ as a method: name, number, types, method, effect. */
  record Method(String name, int number, String types, String method, String description) {}

  static final List<Method> METHODS =
      List.of(
          new Method(
              "ZMQ_SUBSCRIBE",
              6,
              "SUB, XPUB (with XPUB_MANUAL)",
              "Socket.subscribe",
              "Receives messages that begin with a prefix from now on."),
          new Method(
              "ZMQ_UNSUBSCRIBE",
              7,
              "SUB, XPUB (with XPUB_MANUAL)",
              "Socket.unsubscribe",
              "Takes back one subscription."));

  /** libzmq's options of sockets from this number on are drafts. */
  private static final int FIRST_DRAFT = 93;

  private static final Path SOURCES = Path.of("src", "main", "java", "io", "niomq");

  private final Shown shown;
  private final Descriptions ofSockets = new Descriptions(SOURCES.resolve("SocketOptions.java"));
  private final Descriptions ofContexts = new Descriptions(SOURCES.resolve("ContextOptions.java"));
  private final StringBuilder text = new StringBuilder();

  OptionsTable(Shown shown) {
    this.shown = shown;
  }

  String text() {
    text.append(
        """
        # Options

        All stable options of libzmq 4.3 and most drafts, by number, and what NioMQ makes of them. This page is generated from
        `ContextOptions`, `SocketOptions` and the tests marked with `@ShowsOption`; a test fails when it differs. To write it anew:

            mvn -pl niomq-lib test -Dtest=OptionsTableTest -Dniomq.writeOptions=true

        No option is accepted and ignored. One that is not supported fails, when set and when read, with `ZmqUnsupportedException`
        and the reason given here; a value out of range fails with `ZmqArgumentException` (EINVAL) and the old one stays.
        Drafts of libzmq are marked.

        ## Of a context

        Set when the context is built (`Context.Builder.set`, or the builder's method of that name), read with `Context.get`.

        | Option | No. | Type | Unit | Default | Range | What it does | Shown by |
        |---|---|---|---|---|---|---|---|
        """);
    ContextOptions.all().stream()
        .sorted(Comparator.comparingInt(ContextOption::number))
        .forEach(this::row);
    text.append(
        """

        ## Of a socket

        Set with `Socket.set`, read with `Socket.get`. *Takes effect*: **now**, also on live connections; **next endpoint**, for
        endpoints bound or connected from then on; **first endpoint**, only before anything is bound or connected, later it fails.
        A time is a `Duration`; -1 stands for `SocketOptions.FOREVER`.

        | Option | No. | Type | Unit | Default | Range | Takes effect | Sockets | What it does | Shown by |
        |---|---|---|---|---|---|---|---|---|---|
        """);
    Map<Integer, Runnable> rows = new LinkedHashMap<>();
    SocketOptions.all().forEach(o -> rows.put(o.number(), () -> row(o)));
    METHODS.forEach(m -> rows.put(m.number(), () -> row(m)));
    new TreeSet<>(rows.keySet()).forEach(number -> rows.get(number).run());
    notSupported();
    return text.toString();
  }

  private void row(ContextOption<?> o) {
    if (o.supported()) {
      line(
          bare(o.name()),
          Integer.toString(o.number()),
          o.type().getSimpleName(),
          o.unit(),
          value(o.defaultValue()),
          o.writable() ? o.range() : "read only",
          ofContexts.of(o.name()),
          examples(shown.of(o.name(), true)));
    }
  }

  private <T> void row(SocketOption<T> o) {
    if (o.supported()) {
      line(
          name(o),
          Integer.toString(o.number()),
          o.type().getSimpleName(),
          o.unit(),
          defaults(o),
          o.writable() ? o.range() + (o.readable() ? "" : "; write only") : "read only",
          effect(o.effect()),
          types(o.socketTypes()),
          ofSockets.of(o.name()),
          examples(shown.of(o.name(), false)));
    }
  }

  private void row(Method m) {
    line(
        bare(m.name()),
        Integer.toString(m.number()),
        "byte[]",
        "octets",
        "none",
        "`" + m.method() + "`",
        "now",
        m.types(),
        m.description(),
        examples(shown.of(m.name(), false)));
  }

  private void notSupported() {
    text.append(
        """

        ## Not supported

        | Option | No. | Of a | What it does in libzmq | Why not |
        |---|---|---|---|---|
        """);
    for (ContextOption<?> o : ContextOptions.all()) {
      if (!o.supported()) {
        line(
            bare(o.name()),
            Integer.toString(o.number()),
            "context",
            ofContexts.of(o.name()),
            o.unsupportedBecause());
      }
    }
    SocketOptions.all().stream()
        .filter(o -> !o.supported())
        .sorted(Comparator.comparingInt(SocketOption::number))
        .forEach(
            o ->
                line(
                    name(o),
                    Integer.toString(o.number()),
                    "socket",
                    ofSockets.of(o.name()),
                    o.unsupportedBecause()));
  }

  private void line(String... cells) {
    for (String cell : cells) {
      text.append("| ").append(cell.replace("|", "\\|")).append(cell.isEmpty() ? "" : " ");
    }
    text.append("|\n");
  }

  private static String bare(String name) {
    return name.substring("ZMQ_".length());
  }

  private static String name(SocketOption<?> o) {
    return bare(o.name()) + (o.number() >= FIRST_DRAFT ? " (draft)" : "");
  }

  private static String effect(SocketOption.Effect effect) {
    return switch (effect) {
      case NOW -> "now";
      case NEXT_ENDPOINT -> "next endpoint";
      case BEFORE_ENDPOINTS -> "first endpoint";
      case READ_ONLY -> "";
    };
  }

  private static String types(Set<SocketType> types) {
    return types.equals(EnumSet.allOf(SocketType.class))
        ? "all"
        : types.stream().map(Enum::name).collect(Collectors.joining(", "));
  }

  /** The default; where types differ, the commonest first and then the exceptions. */
  private static <T> String defaults(SocketOption<T> option) {
    if (option.number() == SocketOptions.TYPE.number()) {
      return "the type's";
    }
    Map<String, Set<SocketType>> byValue = new LinkedHashMap<>();
    for (SocketType type : option.socketTypes()) {
      byValue
          .computeIfAbsent(value(option.defaultValue(type)), v -> EnumSet.noneOf(SocketType.class))
          .add(type);
    }
    List<Map.Entry<String, Set<SocketType>>> sorted =
        byValue.entrySet().stream()
            .sorted(Comparator.comparingInt(e -> -e.getValue().size()))
            .toList();
    return sorted.get(0).getKey()
        + sorted.stream()
            .skip(1)
            .map(e -> "; " + types(e.getValue()) + ": " + e.getKey())
            .collect(Collectors.joining());
  }

  private static String value(Object value) {
    if (value == null) {
      return "";
    }
    if (value instanceof Duration d) {
      return d.isNegative() ? "-1" : Long.toString(d.toMillis());
    }
    if (value instanceof byte[] b) {
      return b.length == 0 ? "none" : b.length + " octets";
    }
    return value.equals("") ? "none" : value.toString();
  }

  private static String examples(List<Shown.Example> tests) {
    return tests.stream()
        .limit(2)
        .map(e -> "[" + e.type() + "." + e.method() + "](../" + e.file() + ")")
        .collect(Collectors.joining(", "));
  }
}
