package io.quicmesh.monitor.client;

import java.io.IOException;
import java.nio.file.Path;

/** No daemon answers at the socket in the state directory: exit code 3 of a command. */
public final class DaemonUnreachableException extends IOException {
  private static final long serialVersionUID = 1;

  DaemonUnreachableException(Path socket, IOException cause) {
    super("no daemon answers at " + socket + ": start it, or name its --state-dir", cause);
  }
}
