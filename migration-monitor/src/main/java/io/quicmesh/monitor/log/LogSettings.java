package io.quicmesh.monitor.log;

import java.util.Map;

/**
 * What an operator can set of a log.
 *
 * @param isJson one JSON object a line instead of plain text
 * @param masksAddresses whether IP and MAC addresses are replaced by names that tell nothing
 * @param level of everything that {@code levels} does not name
 * @param levels by package
 */
public record LogSettings(
    boolean isJson, boolean masksAddresses, LogLevel level, Map<String, LogLevel> levels) {

  /** Plain lines of what an operator would want to see. */
  public static final LogSettings DEFAULT = new LogSettings(false, false, LogLevel.INFO, Map.of());

  public LogSettings {
    levels = Map.copyOf(levels);
  }
}
