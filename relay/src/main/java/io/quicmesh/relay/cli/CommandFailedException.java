package io.quicmesh.relay.cli;

/** A command that cannot do what it was asked: one line for the operator, and an exit code. */
public final class CommandFailedException extends Exception {

  private static final long serialVersionUID = 1L;

  private final int exitCode;

  /** An exception with the line that says what, why and the mend. */
  public CommandFailedException(int exitCode, String oneLine) {
    super(oneLine, null, false, false);
    this.exitCode = exitCode;
  }

  /** What the command ends with. */
  public int exitCode() {
    return exitCode;
  }
}
