package io.quicmesh.node.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.quicmesh.monitor.client.AdminClient;
import io.quicmesh.monitor.client.DaemonUnreachableException;
import io.quicmesh.relay.cli.CommandFailedException;
import io.quicmesh.relay.cli.ExitCode;
import java.io.EOFException;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import picocli.CommandLine.Command;

/** Stops the running daemon. */
@Command(
    name = "down",
    description = "Stops the running daemon; its TAP device goes with it.",
    mixinStandardHelpOptions = true)
final class DownCommand extends DaemonCommand {

  private static final int LOOKS = 100;
  private static final long LOOK_MILLIS = 100;

  @Override
  public Integer call() throws IOException, InterruptedException, CommandFailedException {
    AdminClient client = client();
    JsonNode answer = client.post("/api/down", null);
    for (int look = 0; look < LOOKS; look++) {
      Thread.sleep(LOOK_MILLIS);
      try {
        client.get("/api/status");
      } catch (DaemonUnreachableException e) {
        return show(client, answer, (terminal, stopped) -> {});
      } catch (EOFException | ClosedChannelException e) {
        // It went while it answered: the next look tells.
      }
    }
    throw new CommandFailedException(
        ExitCode.TIMED_OUT, "the daemon still runs after 10 s: look at quicmesh status");
  }
}
