package io.niomq.testing;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads JSON strictly: maps, lists, strings, numbers as {@link Double}, booleans, null. */
public final class JsonText {
  private final String text;
  private int at;

  private JsonText(String text) {
    this.text = text;
  }

  /** The value that {@code text} holds; fails when it is not JSON. */
  public static Object parse(String text) {
    JsonText json = new JsonText(text);
    Object value = json.value();
    if (json.at != text.length()) {
      throw json.fault("nothing more");
    }
    return value;
  }

  private Object value() {
    char c = peek();
    if (c == '{') {
      return object();
    } else if (c == '[') {
      return array();
    } else if (c == '"') {
      return string();
    } else if (text.startsWith("true", at) || text.startsWith("null", at)) {
      at += 4;
      return c == 't' ? true : null;
    } else if (text.startsWith("false", at)) {
      at += 5;
      return false;
    }
    int from = at;
    while (at < text.length() && "+-0123456789.eE".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
    if (from == at) {
      throw fault("a value");
    }
    return Double.valueOf(text.substring(from, at));
  }

  private Map<String, Object> object() {
    Map<String, Object> members = new LinkedHashMap<>();
    expect('{');
    while (peek() != '}') {
      if (!members.isEmpty()) {
        expect(',');
      }
      String name = string();
      expect(':');
      if (members.containsKey(name)) {
        throw fault("another name than " + name);
      }
      members.put(name, value());
    }
    expect('}');
    return members;
  }

  private List<Object> array() {
    List<Object> elements = new ArrayList<>();
    expect('[');
    while (peek() != ']') {
      if (!elements.isEmpty()) {
        expect(',');
      }
      elements.add(value());
    }
    expect(']');
    return elements;
  }

  private String string() {
    StringBuilder result = new StringBuilder();
    expect('"');
    while (peek() != '"') {
      char c = text.charAt(at++);
      if (c < ' ') {
        throw fault("no control character");
      }
      result.append(c == '\\' ? escaped() : c);
    }
    expect('"');
    return result.toString();
  }

  private char escaped() {
    char c = text.charAt(at++);
    if (c == 'u') {
      at += 4;
      return (char) Integer.parseInt(text.substring(at - 4, at), 16);
    }
    int i = "\"\\/bfnrt".indexOf(c);
    if (i < 0) {
      throw fault("an escape");
    }
    return "\"\\/\b\f\n\r\t".charAt(i);
  }

  private char peek() {
    if (at == text.length()) {
      throw fault("more");
    }
    return text.charAt(at);
  }

  private void expect(char c) {
    if (peek() != c) {
      throw fault("" + c);
    }
    at++;
  }

  private AssertionError fault(String expected) {
    return new AssertionError("expected " + expected + " at " + at + " of " + text);
  }
}
