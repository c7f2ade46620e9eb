package io.niomq.cli.tour;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Visits the stops one after the other and sums up how they went. */
public final class Tour {
  private static final List<Stop> STOPS =
      List.of(
          new HelloWorld(),
          new WeatherUpdates(),
          new Pipeline(),
          new Forwarder(),
          new Broker(),
          new MultithreadedServer(),
          new PairRelay(),
          new NodeCoordination(),
          new Envelopes(),
          new HighWaterMark(),
          new EndOfContext());

  /** What the separate processes do. */
  private static final Map<String, Part> PARTS =
      Map.of(
          "hello-server", HelloWorld::server,
          "weather-client", WeatherUpdates::client,
          "pipeline-worker", Pipeline::worker,
          "broker-worker", Broker::worker,
          "coordinated-subscriber", NodeCoordination::subscriber);

  private record Visit(About about, long messages, double seconds, boolean asPromised) {}

  private final List<Stop> stops;

  /** A tour to any stops. */
  Tour(List<Stop> stops) {
    this.stops = stops;
  }

  /**
   * A tour to the stops of the given names; without any, to all.
   *
   * @throws IllegalArgumentException when there is no stop of that name
   */
  public static Tour of(List<String> names) {
    List<String> known = STOPS.stream().map(stop -> stop.about().name()).toList();
    for (String name : names) {
      if (!known.contains(name)) {
        throw new IllegalArgumentException(
            "There is no stop '" + name + "'; there are: " + String.join(", ", known));
      }
    }
    return new Tour(
        STOPS.stream()
            .filter(stop -> names.isEmpty() || names.contains(stop.about().name()))
            .toList());
  }

  /** Plays one part of a stop in this process. */
  public static void play(String part, List<String> arguments) throws Exception {
    Part known = PARTS.get(part);
    if (known == null) {
      throw new IllegalArgumentException("there is no part " + part);
    }
    known.play(arguments.toArray(String[]::new));
  }

  /** Prints what there is to see. */
  public void list(PrintWriter out) {
    for (Stop stop : stops) {
      About about = stop.about();
      out.println(String.format("%-12s %s (%s)", about.name(), about.title(), about.where()));
    }
    out.flush();
  }

  /** Visits all stops; returns whether everything came out as promised. */
  public boolean visit(PrintWriter out) {
    Narrator narrator = new Narrator(out);
    List<Visit> visits = new ArrayList<>();
    for (Stop stop : stops) {
      About about = stop.about();
      String number = (visits.size() + 1) + " of " + stops.size() + ": ";
      narrator.heading(number + about.title(), about.where());
      narrator.line("   " + about.promise());
      visits.add(visit(stop, narrator));
      narrator.line("");
    }
    return sumUp(visits, narrator);
  }

  /** Runs a stop in a thread of its own, so that even one that hangs ends. */
  private static Visit visit(Stop stop, Narrator narrator) {
    long start = System.nanoTime();
    try (Stage stage = new Stage(narrator)) {
      Thread program = stage.start(stop.about().name(), () -> stop.run(stage));
      try {
        program.join(Patience.STOP_LIMIT.toMillis());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      if (program.isAlive()) {
        stage.fail("it did not end within " + Patience.STOP_LIMIT.toSeconds() + " s");
      }
      double seconds = (System.nanoTime() - start) / 1e9;
      return new Visit(stop.about(), stage.delivered(), seconds, stage.asPromised());
    }
  }

  private static boolean sumUp(List<Visit> visits, Narrator narrator) {
    narrator.heading("Summary", "");
    String row = "   %-44s %-24s %9s %7s  %s";
    narrator.line(String.format(row, "Stop", "Where", "Messages", "Time", ""));
    long messages = 0;
    double seconds = 0;
    long broken = 0;
    for (Visit visit : visits) {
      narrator.line(
          format(
              row,
              visit.about().title(),
              visit.about().where(),
              visit.messages(),
              visit.seconds(),
              visit.asPromised() ? "ok" : "NOT OK"));
      messages += visit.messages();
      seconds += visit.seconds();
      broken += visit.asPromised() ? 0 : 1;
    }
    String result = broken == 0 ? "ok" : "NOT OK";
    narrator.line(format(row, visits.size() + " stops", "", messages, seconds, result));
    narrator.line(
        broken == 0
            ? "   Everything came out as promised."
            : "   NOT everything came out as promised: look for NOT AS PROMISED above.");
    return broken == 0;
  }

  private static String format(
      String row, String title, String where, long messages, double seconds, String result) {
    return String.format(
        Locale.ROOT,
        row,
        title,
        where,
        String.format(Locale.ROOT, "%,d", messages),
        String.format(Locale.ROOT, "%.2f s", seconds),
        result);
  }
}
