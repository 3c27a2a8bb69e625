package io.quicmesh.node.cli;

import io.quicmesh.node.config.Durations;
import io.quicmesh.node.membership.MemberState;
import io.quicmesh.node.membership.Membership;
import io.quicmesh.node.membership.MembershipException;
import io.quicmesh.node.membership.RelayAddress;
import io.quicmesh.node.membership.StateDirectory;
import io.quicmesh.relay.cli.CommandFailedException;
import io.quicmesh.relay.cli.ExitCode;
import io.quicmesh.transport.wire.MemberName;
import io.quicmesh.transport.wire.OverlayAddress;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Commands about a network as a whole. */
@Command(
    name = "network",
    description = "Makes a network.",
    mixinStandardHelpOptions = true,
    subcommands = NetworkCommand.Create.class)
final class NetworkCommand implements Runnable {

  @ParentCommand private @Nullable QuicmeshCommand parent;
  @Spec private @Nullable CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(
        Objects.requireNonNull(spec).commandLine(), "network needs create");
  }

  QuicmeshCommand parent() {
    return Objects.requireNonNull(parent);
  }

  /** Makes a network with this host as its registrar. */
  @Command(
      name = "create",
      description = "Makes a network's CA; this host is its registrar and first member.",
      mixinStandardHelpOptions = true)
  static final class Create implements Callable<Integer> {

    @ParentCommand private @Nullable NetworkCommand network;
    @Spec private @Nullable CommandSpec spec;

    @Parameters(paramLabel = "NAME", description = "What people call the network.")
    private String name = "";

    @Option(
        names = "--subnet",
        paramLabel = "A/LEN",
        defaultValue = "10.66.0.0/24",
        description = "Where overlay addresses come from (default: 10.66.0.0/24).")
    private String subnet = "";

    @Option(
        names = "--relay",
        paramLabel = "HOST:PORT#FINGERPRINT",
        description = "A relay of the network; several are possible.")
    private List<String> relays = List.of();

    @Option(
        names = "--node",
        paramLabel = "NAME",
        description = "What this host is called in it (default: its host name).")
    private @Nullable String node;

    @Option(
        names = "--validity",
        paramLabel = "TIME",
        defaultValue = "30d",
        description =
            "How long certificates are valid; they are renewed after two thirds (default: 30d).")
    private String validity = "";

    @Override
    public Integer call() throws IOException, MembershipException, CommandFailedException {
      StateDirectory directory =
          new StateDirectory(Objects.requireNonNull(network).parent().stateDirectory());
      String nodeName = node == null ? OwnNetwork.hostName() : node;
      if (!MemberName.isValid(nodeName)) {
        throw new CommandFailedException(
            ExitCode.USAGE,
            "'" + nodeName + "' cannot be a node's name: use a-z, 0-9 and inside also . _ and -");
      }
      MemberState state =
          new Membership(directory, InstantSource.system())
              .create(
                  new Membership.Plan(
                      name, parseSubnet(), parseRelays(), nodeName, parseValidity()));
      var out = Objects.requireNonNull(spec).commandLine().getOut();
      out.println("network   " + state.network().name() + "  " + state.network().id());
      out.println("node      " + state.name() + "  " + state.address());
      out.flush();
      return ExitCode.DONE;
    }

    private OverlayAddress parseSubnet() throws CommandFailedException {
      try {
        return OverlayAddress.parse(subnet).subnet();
      } catch (IllegalArgumentException e) {
        throw new CommandFailedException(ExitCode.USAGE, "--subnet: " + e.getMessage());
      }
    }

    private Duration parseValidity() throws CommandFailedException {
      try {
        return Durations.parse(validity);
      } catch (IllegalArgumentException e) {
        throw new CommandFailedException(ExitCode.USAGE, "--validity: " + e.getMessage());
      }
    }

    private List<RelayAddress> parseRelays() throws CommandFailedException {
      List<RelayAddress> parsed = new ArrayList<>();
      for (String relay : relays) {
        try {
          parsed.add(RelayAddress.parse(relay));
        } catch (IllegalArgumentException e) {
          throw new CommandFailedException(ExitCode.USAGE, "--relay: " + e.getMessage());
        }
      }
      return parsed;
    }
  }
}
