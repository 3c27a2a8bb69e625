package io.quicmesh.monitor;

import java.util.concurrent.TimeUnit;

/**
 * The bounds of the admin server.
 *
 * @param requestDeadlineNanos a whole request must arrive within it, and an unused connection is
 *     closed after it
 * @param writeDeadlineNanos a client must take what is written to it within it
 * @param answerDeadlineNanos a handler must answer within it
 */
record AdminLimits(long requestDeadlineNanos, long writeDeadlineNanos, long answerDeadlineNanos) {
  static final int REQUEST_LINE_BYTES_MAX = 4096;
  static final int HEADER_BYTES_MAX = 16 * 1024;
  static final int BODY_BYTES_MAX = 64 * 1024;
  static final int QUERY_PARAMETERS_MAX = 32;
  static final int TCP_CONNECTIONS_MAX = 160;
  static final int SOCKET_CONNECTIONS_MAX = 64;
  static final int EVENT_STREAMS_MAX = 128;

  static final AdminLimits DEFAULT =
      new AdminLimits(
          TimeUnit.SECONDS.toNanos(15), TimeUnit.SECONDS.toNanos(10), TimeUnit.SECONDS.toNanos(90));
}
