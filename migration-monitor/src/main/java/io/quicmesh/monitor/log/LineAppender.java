package io.quicmesh.monitor.log;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.io.PrintStream;

/** Writes the events that are not too many as lines. Owned by the thread that writes the log. */
final class LineAppender extends AppenderBase<ILoggingEvent> {

  private final FloodLimit limit = new FloodLimit();
  private final PrintStream out;
  private volatile LineFormat format;

  LineAppender(PrintStream out, LineFormat format) {
    this.out = out;
    this.format = format;
  }

  /** From the next line on. Any thread. */
  void setFormat(LineFormat to) {
    format = to;
  }

  @Override
  protected void append(ILoggingEvent event) {
    int leftOut = limit.admit(event.getMessage(), event.getTimeStamp());
    if (leftOut != FloodLimit.REFUSED) {
      out.println(format.line(event, leftOut));
      out.flush();
    }
  }
}
