package dev.vfo.cli;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;

/** Writes instants for people. */
final class Times {
  private Times() {}

  /** Date and time of day where the user is, such as "2026-03-01 09:30:00". */
  static String local(Instant time) {
    String text =
        time.truncatedTo(ChronoUnit.SECONDS)
            .atZone(ZoneId.systemDefault())
            .toLocalDateTime()
            .toString();
    String full = text.length() == "2026-03-01T09:30".length() ? text + ":00" : text;
    return full.replace('T', ' ');
  }

  /** How long ago it is, roughly, such as "3 minutes ago". */
  static String ago(Instant time, Instant now) {
    long seconds = Math.max(0, Duration.between(time, now).toSeconds());
    if (seconds < 120) {
      return seconds + (seconds == 1 ? " second ago" : " seconds ago");
    }
    if (seconds < 2 * 3600) {
      return seconds / 60 + " minutes ago";
    }
    return seconds < 2 * 86400 ? seconds / 3600 + " hours ago" : seconds / 86400 + " days ago";
  }
}
