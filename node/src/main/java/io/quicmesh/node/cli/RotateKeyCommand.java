package io.quicmesh.node.cli;

import io.quicmesh.monitor.client.DaemonUnreachableException;
import io.quicmesh.node.membership.JoinClient;
import io.quicmesh.node.membership.MemberState;
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
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Replaces this host's key. */
@Command(
    name = "rotate-key",
    description = {
      "Replaces this host's key by a new one; the old one is revoked.",
      "Name and overlay address stay. A running daemon begins anew with the new key, which takes"
          + " its sessions about a second. Interrupted, it is finished by running it again."
    },
    mixinStandardHelpOptions = true)
final class RotateKeyCommand implements Callable<Integer> {

  private static final Duration PATIENCE = Duration.ofSeconds(5);

  @ParentCommand private @Nullable QuicmeshCommand parent;
  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() throws MembershipException, IOException {
    QuicmeshCommand command = Objects.requireNonNull(parent);
    StateDirectory directory = new StateDirectory(command.stateDirectory());
    MemberState rotated =
        new Membership(directory, InstantSource.system()).rotateKey(new JoinClient());
    var out = Objects.requireNonNull(spec).commandLine().getOut();
    out.println(rotated.name() + " has a new key, node id " + rotated.id());
    out.flush();
    try {
      command.client(PATIENCE).post("/api/membership-changed", null);
    } catch (DaemonUnreachableException e) {
      out.println("no daemon runs here: the next one uses it");
    }
    return ExitCode.DONE;
  }
}
