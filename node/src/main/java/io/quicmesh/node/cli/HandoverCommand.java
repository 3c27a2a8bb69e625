package io.quicmesh.node.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.quicmesh.monitor.api.HandoverRequest;
import io.quicmesh.monitor.client.AdminClient;
import io.quicmesh.node.config.Durations;
import io.quicmesh.relay.cli.CommandFailedException;
import io.quicmesh.relay.cli.ExitCode;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Moves a peer's session to another carrier. */
@Command(
    name = "handover",
    description = "Moves a peer's session to another carrier, and returns when that is done.",
    mixinStandardHelpOptions = true)
final class HandoverCommand extends DaemonCommand {

  @Parameters(index = "0", paramLabel = "PEER", description = "Name of the peer.")
  private String peer = "";

  @Parameters(
      index = "1",
      paramLabel = "direct|relay[:HOST]",
      description = "Where to: the direct connection, any relay, or the relay at HOST.")
  private String target = "";

  @Option(
      names = "--hold",
      paramLabel = "TIME",
      description = "How long to stay there whatever seems better (default: 60s).")
  private @Nullable String hold;

  @Override
  public Integer call() throws IOException, CommandFailedException {
    long holdMillis = 60_000;
    if (hold != null) {
      try {
        holdMillis = Durations.parse(hold).toMillis();
      } catch (IllegalArgumentException e) {
        throw new CommandFailedException(ExitCode.USAGE, "--hold: " + e.getMessage());
      }
    }
    AdminClient client = client(Duration.ofSeconds(15));
    JsonNode answer = client.post("/api/handover", new HandoverRequest(peer, target, holdMillis));
    show(client, answer, Answers::handoverDone);
    return answer.path("result").asText().equals("done") ? ExitCode.DONE : ExitCode.FAILED;
  }
}
