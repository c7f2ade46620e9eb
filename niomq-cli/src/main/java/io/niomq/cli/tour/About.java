package io.niomq.cli.tour;

/**
 * What a traveller reads before a stop.
 *
 * @param name one word, to name the stop on the command line
 * @param title what it shows
 * @param where how its messages travel, for instance "tcp, 2 processes"
 * @param promise what is going to happen, in a few words
 */
record About(String name, String title, String where, String promise) {}
