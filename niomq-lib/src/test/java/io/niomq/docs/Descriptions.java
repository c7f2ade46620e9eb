package io.niomq.docs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The first sentences of the Javadoc of a class's constants, by libzmq's name of the option. */
final class Descriptions {
  private static final Pattern CONSTANT =
      Pattern.compile(
          "/\\*\\*((?:(?!\\*/).)*)\\*/\\s*public static final (?:Socket|Context)Option<[^;]*?\"(ZMQ_\\w+)\"",
          Pattern.DOTALL);

  private final Map<String, String> sentences = new HashMap<>();

  Descriptions(Path source) {
    try {
      Matcher m = CONSTANT.matcher(Files.readString(source));
      while (m.find()) {
        sentences.put(m.group(2), firstSentence(m.group(1)));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String of(String option) {
    String sentence = sentences.get(option);
    if (sentence == null) {
      throw new AssertionError("no Javadoc was found for " + option);
    }
    return sentence;
  }

  private static String firstSentence(String javadoc) {
    String text = javadoc.replaceAll("(?m)^\\s*\\* ?", " ").replaceAll("\\s+", " ").strip();
    text = text.replaceAll("\\{@code ([^}]*)}", "`$1`");
    text = text.replaceAll("\\{@link #(\\w+)[^}]*}", "`$1`");
    text = text.replaceAll("\\{@link (?:\\w+\\.)*(\\w+)#(\\w+)[^}]*}", "`$1.$2`");
    text = text.replaceAll("\\{@link ([\\w.]+)[^}]*}", "`$1`");
    Matcher end = Pattern.compile("\\.( |$)").matcher(text);
    return end.find() ? text.substring(0, end.start() + 1) : text;
  }
}
