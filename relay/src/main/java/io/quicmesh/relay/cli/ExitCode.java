package io.quicmesh.relay.cli;

/** What the commands end with. */
final class ExitCode {

  static final int DONE = 0;
  static final int FAILED = 1;
  static final int USAGE = 2;
  static final int NOT_REACHABLE = 3;
  static final int TIMED_OUT = 5;

  private ExitCode() {}
}
