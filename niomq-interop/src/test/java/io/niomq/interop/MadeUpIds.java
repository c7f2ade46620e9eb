package io.niomq.interop;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** Gives routing ids that a library has made up names that do not depend on the library. */
final class MadeUpIds {
  private final List<String> ids = new ArrayList<>();

  /**
   * Of frames in hexadecimal: made-up ids (00 and four octets, of requests four octets) become
   * names.
   */
  String named(String frames) {
    return Arrays.stream(frames.split(",")).map(this::name).collect(Collectors.joining(","));
  }

  private String name(String frame) {
    if (frame.length() != 8 && (frame.length() != 10 || !frame.startsWith("00"))) {
      return frame;
    }
    if (!ids.contains(frame)) {
      ids.add(frame);
    }
    return "@" + ids.indexOf(frame);
  }

  /** The opposite; a name that was never given stands for an id that nobody has. */
  String octets(String frames) {
    return Arrays.stream(frames.split(",")).map(this::id).collect(Collectors.joining(","));
  }

  private String id(String frame) {
    if (!frame.startsWith("@")) {
      return frame;
    }
    int index = Integer.parseInt(frame.substring(1));
    return index < ids.size() ? ids.get(index) : "7f";
  }
}
