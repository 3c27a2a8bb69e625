package io.quicmesh.monitor;

/** A request that was not done, and the one line that its sender gets to read. */
public final class AdminFailure extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** What kind of failure, as an HTTP status and as an exit code of the command line. */
  public enum Kind {
    USAGE(400, 2),
    NOT_AUTHORISED(403, 4),
    UNKNOWN(404, 1),
    FAILED(409, 1),
    OVERLOADED(503, 1),
    INTERNAL(500, 1),
    OTHER_SIDE_NOT_THERE(504, 5);

    private final int httpStatus;
    private final int exitCode;

    Kind(int httpStatus, int exitCode) {
      this.httpStatus = httpStatus;
      this.exitCode = exitCode;
    }

    public int httpStatus() {
      return httpStatus;
    }

    public int exitCode() {
      return exitCode;
    }
  }

  private final Kind kind;

  /** The message is one line: what, why, the mend. */
  public AdminFailure(Kind kind, String message) {
    super(message, null, false, false);
    this.kind = kind;
  }

  public Kind kind() {
    return kind;
  }

  /** The message, never {@code null}. */
  public String line() {
    String message = getMessage();
    return message == null ? kind.name() : message;
  }
}
