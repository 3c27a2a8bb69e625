package io.quicmesh.node.membership;

import java.io.IOException;
import java.util.Objects;

/**
 * A command about membership that could not be carried out: one line for the operator that says
 * what, why and the mend, and the exit code of the command.
 */
public final class MembershipException extends Exception {

  private static final long serialVersionUID = 1L;

  /** Which kind of failure, and so which exit code. */
  public enum Kind {
    /** It could not be done. */
    FAILED(1),
    /** What was typed cannot be meant. */
    USAGE(2),
    /** Somebody with the right to say so said no. */
    NOT_AUTHORISED(4),
    /** The other side is not there, or did not answer in time. */
    NOT_THERE(5);

    private final int exitCode;

    Kind(int exitCode) {
      this.exitCode = exitCode;
    }
  }

  private final Kind kind;

  /** An exception with its one line. */
  public MembershipException(Kind kind, String oneLine) {
    super(oneLine, null, false, false);
    this.kind = kind;
  }

  /** A failure of the state directory, whose message is one line already. */
  static MembershipException of(IOException cause) {
    return new MembershipException(
        Kind.FAILED,
        Objects.requireNonNullElse(cause.getMessage(), "the state directory is not usable"));
  }

  /** Which kind of failure. */
  public Kind kind() {
    return kind;
  }

  /** What the command exits with. */
  public int exitCode() {
    return kind.exitCode;
  }

  /** What, why and the mend. */
  public String oneLine() {
    return String.valueOf(getMessage());
  }
}
