package io.quicmesh.relay.cli;

import io.quicmesh.monitor.client.AdminClient;
import io.quicmesh.monitor.client.DaemonUnreachableException;
import java.io.EOFException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Empties the running relay, which then stops. */
@Command(
    name = "drain",
    description = "Tells all nodes to move to another relay, and stops the relay when they have.",
    mixinStandardHelpOptions = true)
final class DrainCommand implements Callable<Integer> {

  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final Duration STOPPING = Duration.ofSeconds(10);
  private static final long LOOK_MILLIS = 100;

  @ParentCommand private @Nullable RelayCommand parent;
  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--grace",
      paramLabel = "SECONDS",
      defaultValue = "30",
      description = "The relay stops after this time even if nodes are left (default: 30).")
  private int graceSeconds;

  @Option(names = "--no-wait", description = "Returns at once instead of when the relay stopped.")
  private boolean noWait;

  @Override
  public Integer call() throws IOException, InterruptedException, CommandFailedException {
    if (graceSeconds < 0 || graceSeconds > DrainRequest.GRACE_SECONDS_MAX) {
      throw new CommandFailedException(
          ExitCode.USAGE,
          "--grace must be from 0 to " + DrainRequest.GRACE_SECONDS_MAX + " seconds");
    }
    AdminClient client = new AdminClient(Objects.requireNonNull(parent).stateDirectory(), PATIENCE);
    PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
    var answer = client.post("/api/drain", Map.of("grace_s", graceSeconds));
    out.println("draining: " + answer.path("clients").asInt() + " nodes were told to move");
    out.flush();
    if (!noWait && !hasStopped(client)) {
      throw new CommandFailedException(
          ExitCode.TIMED_OUT, "the relay still runs: look at quicmesh-relay status");
    }
    return ExitCode.DONE;
  }

  private boolean hasStopped(AdminClient client) throws IOException, InterruptedException {
    long end = System.nanoTime() + Duration.ofSeconds(graceSeconds).plus(STOPPING).toNanos();
    while (System.nanoTime() - end < 0) {
      Thread.sleep(LOOK_MILLIS);
      try {
        client.get("/api/status");
      } catch (DaemonUnreachableException e) {
        return true;
      } catch (EOFException | ClosedChannelException e) {
        // It went while it answered: the next look tells.
      }
    }
    return false;
  }
}
