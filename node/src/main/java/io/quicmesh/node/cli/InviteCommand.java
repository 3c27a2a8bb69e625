package io.quicmesh.node.cli;

import io.quicmesh.node.config.Durations;
import io.quicmesh.node.membership.InviteToken;
import io.quicmesh.node.membership.Membership;
import io.quicmesh.node.membership.MembershipException;
import io.quicmesh.node.membership.StateDirectory;
import io.quicmesh.node.registrar.Registrar;
import io.quicmesh.relay.cli.CommandFailedException;
import io.quicmesh.relay.cli.ExitCode;
import io.quicmesh.transport.wire.OverlayAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Invites a host to the network of which this host is the registrar. */
@Command(
    name = "invite",
    description = "Prints a token with which one host can join, once, and nothing else.",
    mixinStandardHelpOptions = true)
final class InviteCommand implements Callable<Integer> {

  @ParentCommand private @Nullable QuicmeshCommand parent;
  @Spec private @Nullable CommandSpec spec;

  @Parameters(paramLabel = "NODE", description = "What the host will be called.")
  private String node = "";

  @Option(
      names = "--address",
      paramLabel = "A/LEN",
      description = "Its overlay address (default: the next that is free).")
  private @Nullable String address;

  @Option(
      names = "--ttl",
      paramLabel = "TIME",
      defaultValue = "24h",
      description = "How long the token holds (default: 24h).")
  private String ttl = "";

  @Override
  public Integer call() throws MembershipException, CommandFailedException {
    Duration time;
    OverlayAddress wanted;
    try {
      time = Durations.parse(ttl);
      wanted = address == null ? null : OverlayAddress.parse(address);
    } catch (IllegalArgumentException e) {
      throw new CommandFailedException(ExitCode.USAGE, String.valueOf(e.getMessage()));
    }
    StateDirectory directory = new StateDirectory(Objects.requireNonNull(parent).stateDirectory());
    InviteToken token =
        new Membership(directory, InstantSource.system())
            .invite(new Registrar.Wish(node, wanted, time));
    var out = Objects.requireNonNull(spec).commandLine().getOut();
    out.println(token.text());
    out.flush();
    return ExitCode.DONE;
  }
}
