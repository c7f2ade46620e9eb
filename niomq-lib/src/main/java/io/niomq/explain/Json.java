package io.niomq.explain;

import java.time.Duration;
import java.util.Collection;
import java.util.Map;

/** Writes one JSON object, member by member. RFC 8259. */
final class Json {
  private final StringBuilder text = new StringBuilder("{");

  Json add(String name, Object value) {
    if (text.length() > 1) {
      text.append(',');
    }
    quote(text, name);
    text.append(':');
    append(text, value);
    return this;
  }

  private static void append(StringBuilder to, Object value) {
    if (value == null || value instanceof Boolean || value instanceof Number) {
      to.append(value);
    } else if (value instanceof Json j) {
      to.append(j);
    } else if (value instanceof Duration d) {
      to.append(d.toMillis());
    } else if (value instanceof Collection<?> c) {
      to.append('[');
      String separator = "";
      for (Object element : c) {
        to.append(separator);
        append(to, element);
        separator = ",";
      }
      to.append(']');
    } else if (value instanceof Map<?, ?> m) {
      Json object = new Json();
      m.forEach((key, v) -> object.add(String.valueOf(key), v));
      to.append(object);
    } else {
      quote(to, value.toString());
    }
  }

  private static void quote(StringBuilder to, String s) {
    to.append('"');
    for (int i = 0; i < s.length(); i++) {
      char c = s.charAt(i);
      switch (c) {
        case '"' -> to.append("\\\"");
        case '\\' -> to.append("\\\\");
        case '\n' -> to.append("\\n");
        case '\r' -> to.append("\\r");
        case '\t' -> to.append("\\t");
        default -> {
          if (c < 0x20 || c == 0x7F || Character.isSurrogate(c)) {
            to.append(String.format("\\u%04x", (int) c));
          } else {
            to.append(c);
          }
        }
      }
    }
    to.append('"');
  }

  @Override
  public String toString() {
    return text + "}";
  }
}
