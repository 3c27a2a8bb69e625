package io.quicmesh.monitor;

import java.io.IOException;

/** The admin server could not start; the message is one line for the operator. */
public final class AdminStartException extends IOException {
  private static final long serialVersionUID = 1;

  AdminStartException(String line) {
    super(line);
  }

  AdminStartException(String line, Throwable cause) {
    super(line, cause);
  }
}
