package io.niomq.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a message costs one PULL that has so many peers, in nanoseconds of processor time. */
record PeerCost(String library, int peers, double nanos) {
  private static final String NUMBER = "([0-9 ]+)";
  private static final Pattern ROW =
      Pattern.compile("\\| (\\w+), " + NUMBER + " peers? \\| " + NUMBER + " \\|.*");

  /** Those in what the program of the costs has printed. */
  static List<PeerCost> in(String costs) {
    List<PeerCost> found = new ArrayList<>();
    for (String line : costs.lines().toList()) {
      Matcher row = ROW.matcher(line);
      if (row.matches() && Libraries.ALL.contains(row.group(1))) {
        int peers = Integer.parseInt(row.group(2).replace(" ", ""));
        double nanos = Double.parseDouble(row.group(3).replace(" ", ""));
        found.add(new PeerCost(row.group(1), peers, nanos));
      }
    }
    return found;
  }
}
