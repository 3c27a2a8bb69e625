package io.quicmesh.node.membership;

import io.quicmesh.transport.identity.StateFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node's log of joins, renewals, refusals and revocations: one line each, in a file of its own.
 * At the registrar it says what the registrar decided, elsewhere what this host did and whom it
 * refused. Lines that strangers can cause are limited to {@link #REFUSALS_PER_MINUTE}; how many
 * were left out is said in the next one. Blocking; any thread.
 */
public final class AuditLog {

  /** Refusals that are written in a minute. */
  public static final int REFUSALS_PER_MINUTE = 30;

  private static final Logger LOG = LoggerFactory.getLogger(AuditLog.class);
  private static final long FILE_BYTES_MAX = 8 << 20;
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final StateFiles files;
  private final Path path;
  private Instant windowStart = Instant.MIN;
  private int refusalsInWindow;
  private long leftOut;

  AuditLog(StateFiles files, Path path) {
    this.files = files;
    this.path = path;
  }

  /** Something that an operator or a member did. */
  public synchronized void record(Instant now, String event, String details) {
    append(now, event + " " + details);
  }

  /** Something that was refused. */
  public synchronized void refused(Instant now, String details) {
    if (windowStart.isAfter(now) || !windowStart.plus(MINUTE).isAfter(now)) {
      windowStart = now;
      refusalsInWindow = 0;
    }
    if (++refusalsInWindow > REFUSALS_PER_MINUTE) {
      leftOut++;
      return;
    }
    append(now, "refused " + details + (leftOut == 0 ? "" : " left-out=" + leftOut));
    leftOut = 0;
  }

  /** A line that cannot be written must not stop what is already durable; it goes to the log. */
  private void append(Instant now, String text) {
    String line = now.truncatedTo(ChronoUnit.MILLIS) + " " + text;
    try {
      rotate();
      files.append(path, (line + "\n").getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      LOG.warn("audit line not written to its file: {}: {}", e.getMessage(), line);
    }
  }

  private void rotate() throws IOException {
    if (Files.exists(path) && Files.size(path) > FILE_BYTES_MAX) {
      Files.move(
          path,
          path.resolveSibling(path.getFileName() + ".1"),
          StandardCopyOption.ATOMIC_MOVE,
          StandardCopyOption.REPLACE_EXISTING);
    }
  }
}
