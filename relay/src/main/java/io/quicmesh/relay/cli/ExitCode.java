package io.quicmesh.relay.cli;

/** What commands end with; node and relay have the same. */
public final class ExitCode {

  /** Done. */
  public static final int DONE = 0;

  /** It could not be done. */
  public static final int FAILED = 1;

  /** What was typed cannot be meant. */
  public static final int USAGE = 2;

  /** No daemon runs with this state directory. */
  public static final int NOT_REACHABLE = 3;

  /** Somebody with the right to say so said no. */
  public static final int NOT_AUTHORISED = 4;

  /** Timed out, or the other side is not there. */
  public static final int TIMED_OUT = 5;

  private ExitCode() {}
}
