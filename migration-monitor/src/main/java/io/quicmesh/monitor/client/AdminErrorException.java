package io.quicmesh.monitor.client;

import java.io.IOException;

/** The daemon answered that it did not do what it was asked; the message is its one line. */
public final class AdminErrorException extends IOException {
  private static final long serialVersionUID = 1;

  private final int httpStatus;
  private final int exitCode;

  AdminErrorException(int httpStatus, int exitCode, String line) {
    super(line);
    this.httpStatus = httpStatus;
    this.exitCode = exitCode;
  }

  /** The HTTP status of the answer; 0 when the command was not let to the socket. */
  public int httpStatus() {
    return httpStatus;
  }

  /** What a command ends with because of it. */
  public int exitCode() {
    return exitCode;
  }
}
