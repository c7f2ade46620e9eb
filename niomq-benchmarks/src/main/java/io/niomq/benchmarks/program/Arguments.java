package io.niomq.benchmarks.program;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The {@code key=value} arguments of a role. */
final class Arguments {
  private final Map<String, String> values = new HashMap<>();

  Arguments(List<String> arguments) {
    for (String argument : arguments) {
      int equals = argument.indexOf('=');
      if (equals < 1) {
        throw new IllegalArgumentException("'" + argument + "' is not KEY=VALUE");
      }
      values.put(argument.substring(0, equals), argument.substring(equals + 1));
    }
  }

  String text(String key) {
    String value = values.get(key);
    if (value == null) {
      throw new IllegalArgumentException("the argument " + key + "=... is missing");
    }
    return value;
  }

  boolean has(String key) {
    return values.containsKey(key);
  }

  int number(String key) {
    return Integer.parseInt(text(key));
  }

  int number(String key, int initial) {
    return has(key) ? number(key) : initial;
  }

  /** A time given in seconds. */
  long nanos(String key) {
    return (long) (Double.parseDouble(text(key)) * 1e9);
  }

  /** The endpoints to connect to. */
  List<String> connect() {
    return List.of(text("connect").split(","));
  }
}
