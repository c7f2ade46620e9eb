package io.niomq.explain;

import java.util.List;

/**
 * The subscriptions of a SUB or XSUB, or those that a PUB or XPUB holds for its peers.
 *
 * @param count how many distinct prefixes there are
 * @param first the first few of them, as text where they are printable, else in hexadecimal, each
 *     up to 64 octets of it
 */
public record Subscriptions(int count, List<String> first) {
  /** For the library's own use. */
  public Subscriptions {
    first = List.copyOf(first);
  }

  Json json() {
    return new Json().add("count", count).add("first", first);
  }

  /** The first few in quotation marks. */
  @Override
  public String toString() {
    if (count == 0) {
      return "none";
    }
    StringBuilder text = new StringBuilder();
    for (String s : first) {
      text.append(text.isEmpty() ? "" : ", ").append('"').append(s).append('"');
    }
    if (count > first.size()) {
      text.append(" and ").append(count - first.size()).append(" more");
    }
    return text.toString();
  }
}
