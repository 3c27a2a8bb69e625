package io.quicmesh.node.cli;

import io.quicmesh.monitor.client.DaemonUnreachableException;
import io.quicmesh.node.membership.Membership;
import io.quicmesh.node.membership.MembershipException;
import io.quicmesh.node.membership.StateDirectory;
import io.quicmesh.relay.cli.ExitCode;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Takes a member out of the network, for good. */
@Command(
    name = "revoke",
    description = "Takes a member out of the network: its key is refused and its sessions end.",
    mixinStandardHelpOptions = true)
final class RevokeCommand implements Callable<Integer> {

  private static final Duration PATIENCE = Duration.ofSeconds(5);

  @ParentCommand private @Nullable QuicmeshCommand parent;
  @Spec private @Nullable CommandSpec spec;

  @Parameters(paramLabel = "NODE", description = "Its name, or its node id.")
  private String node = "";

  @Override
  public Integer call() throws MembershipException, IOException {
    QuicmeshCommand command = Objects.requireNonNull(parent);
    StateDirectory directory = new StateDirectory(command.stateDirectory());
    String name = new Membership(directory, InstantSource.system()).revoke(node);
    var out = Objects.requireNonNull(spec).commandLine().getOut();
    try {
      command.client(PATIENCE).post("/api/membership-changed", null);
      out.println("revoked " + name);
    } catch (DaemonUnreachableException e) {
      out.println("revoked " + name + "; the others hear of it when this host's daemon runs");
    }
    out.flush();
    return ExitCode.DONE;
  }
}
