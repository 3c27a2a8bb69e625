package io.quicmesh.monitor.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import ch.qos.logback.core.spi.ContextAwareBase;

/**
 * What a process logs until {@link DaemonLog} takes over, and what a command logs: errors, as lines
 * on standard error.
 *
 * <p>Logback finds it as a service and then reads no XML, whose parser is a part of every start and
 * of a daemon's memory. A file that somebody asks for by name goes first, as does that of tests.
 */
public final class StartLog extends ContextAwareBase implements Configurator {

  @Override
  public ExecutionStatus configure(LoggerContext context) {
    if (System.getProperty("logback.configurationFile") != null
        || StartLog.class.getResource("/logback-test.xml") != null) {
      return ExecutionStatus.NEUTRAL;
    }
    Messages messages = new Messages();
    messages.setContext(context);
    messages.start();
    Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
    root.setLevel(Level.ERROR);
    root.addAppender(messages);
    return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
  }

  private static final class Messages extends AppenderBase<ILoggingEvent> {
    @Override
    protected void append(ILoggingEvent event) {
      System.err.println(event.getFormattedMessage());
    }
  }
}
