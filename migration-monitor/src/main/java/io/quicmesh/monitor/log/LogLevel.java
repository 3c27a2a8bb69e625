package io.quicmesh.monitor.log;

import java.util.Locale;

/** From which weight on lines are written. */
public enum LogLevel {
  OFF,
  ERROR,
  WARN,
  INFO,
  DEBUG,
  TRACE;

  /**
   * Reads a level as people write it.
   *
   * @throws IllegalArgumentException with one line
   */
  public static LogLevel parse(String text) {
    try {
      return valueOf(text.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "'" + text + "' is not a level: write off, error, warn, info, debug or trace", e);
    }
  }
}
