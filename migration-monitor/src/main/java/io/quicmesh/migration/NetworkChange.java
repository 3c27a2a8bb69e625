package io.quicmesh.migration;

import org.jspecify.annotations.Nullable;

/**
 * What a change of the host's network means to us.
 *
 * @param severity how much has to be done
 * @param cause why connections may move, null unless major
 * @param reason for the log, for example {@code wlan0 lost its carrier}
 */
public record NetworkChange(Severity severity, @Nullable MigrationCause cause, String reason) {

  /** How much a change matters, least first. */
  public enum Severity {
    /** Do nothing. */
    NOTHING,
    /** Tell the peers our new candidates and try direct connections again. */
    MINOR,
    /** Beside that, send on every connection at once. */
    MAJOR
  }

  /** Nothing has changed. */
  public static final NetworkChange NOTHING = new NetworkChange(Severity.NOTHING, null, "");

  static NetworkChange minor(String reason) {
    return new NetworkChange(Severity.MINOR, null, reason);
  }

  static NetworkChange major(MigrationCause cause, String reason) {
    return new NetworkChange(Severity.MAJOR, cause, reason);
  }
}
