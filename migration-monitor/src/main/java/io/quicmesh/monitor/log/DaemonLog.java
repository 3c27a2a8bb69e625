package io.quicmesh.monitor.log;

import ch.qos.logback.classic.AsyncAppender;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import io.quicmesh.monitor.api.LogState;
import java.io.PrintStream;
import java.security.SecureRandom;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * The log of a daemon, on standard error. Lines are written by a thread of their own, which the
 * event loop never waits for: when nobody takes them, they are dropped.
 *
 * <p>Its methods may be called from any thread.
 */
public final class DaemonLog implements AutoCloseable {

  private static final int SALT_BYTES = 16;
  private static final int LINES_WAITING_MAX = 4096;
  private static final int FLUSH_MILLIS = 500;

  private final LoggerContext context;
  private final LineAppender lines;
  private final AsyncAppender queue;
  private final AddressMask mask;
  private LogSettings settings;

  private DaemonLog(LoggerContext context, PrintStream out, LogSettings settings) {
    byte[] salt = new byte[SALT_BYTES];
    new SecureRandom().nextBytes(salt);
    this.context = context;
    this.mask = new AddressMask(salt);
    this.settings = settings;
    this.lines = new LineAppender(out, format(settings));
    this.queue = new AsyncAppender();
  }

  /** Takes the process's log over. */
  public static DaemonLog start(LogSettings settings) {
    return start((LoggerContext) LoggerFactory.getILoggerFactory(), System.err, settings);
  }

  static DaemonLog start(LoggerContext context, PrintStream out, LogSettings settings) {
    DaemonLog log = new DaemonLog(context, out, settings);
    log.open();
    return log;
  }

  private void open() {
    context.reset();
    lines.setContext(context);
    lines.setName("lines");
    lines.start();
    queue.setContext(context);
    queue.setName("queue");
    queue.setQueueSize(LINES_WAITING_MAX);
    queue.setDiscardingThreshold(0);
    queue.setNeverBlock(true);
    queue.setMaxFlushTime(FLUSH_MILLIS);
    queue.addAppender(lines);
    queue.start();
    root().addAppender(queue);
    set(settings);
  }

  /** Sets everything anew; levels that were set while it ran are forgotten. */
  public synchronized void set(LogSettings to) {
    settings = to;
    for (Logger logger : context.getLoggerList()) {
      if (!isRoot(logger)) {
        logger.setLevel(null);
      }
    }
    root().setLevel(level(to.level()));
    to.levels().forEach((name, level) -> context.getLogger(name).setLevel(level(level)));
    lines.setFormat(format(to));
  }

  /**
   * Sets the level of a package and all below it.
   *
   * @param name a package or class; null for everything that has no level of its own
   * @param level null to do as the package above does
   */
  public synchronized void setLevel(@Nullable String name, @Nullable LogLevel level) {
    Logger logger = name == null ? root() : context.getLogger(name);
    if (level != null) {
      logger.setLevel(level(level));
    } else {
      logger.setLevel(isRoot(logger) ? level(settings.level()) : null);
    }
  }

  /** How the log is set now. */
  public synchronized LogState state() {
    Map<String, String> levels = new TreeMap<>();
    for (Logger logger : context.getLoggerList()) {
      if (!isRoot(logger) && logger.getLevel() != null) {
        levels.put(logger.getName(), text(logger.getLevel()));
      }
    }
    return new LogState(
        settings.isJson() ? "json" : "plain",
        settings.masksAddresses(),
        text(root().getLevel()),
        levels);
  }

  /** Writes what waits, and ends. */
  @Override
  public void close() {
    queue.stop();
    lines.stop();
  }

  private LineFormat format(LogSettings of) {
    return new LineFormat(of.isJson(), of.masksAddresses() ? mask : null);
  }

  private Logger root() {
    return context.getLogger(Logger.ROOT_LOGGER_NAME);
  }

  private static boolean isRoot(Logger logger) {
    return logger.getName().equals(Logger.ROOT_LOGGER_NAME);
  }

  private static Level level(LogLevel level) {
    return Level.toLevel(level.name());
  }

  private static String text(Level level) {
    return level.toString().toLowerCase(Locale.ROOT);
  }
}
