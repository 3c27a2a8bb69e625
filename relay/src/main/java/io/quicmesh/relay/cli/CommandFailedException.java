package io.quicmesh.relay.cli;

/** A command that cannot do what it was asked: one line for the operator, and an exit code. */
final class CommandFailedException extends Exception {

  private static final long serialVersionUID = 1L;

  private final int exitCode;

  CommandFailedException(int exitCode, String oneLine) {
    super(oneLine, null, false, false);
    this.exitCode = exitCode;
  }

  int exitCode() {
    return exitCode;
  }
}
