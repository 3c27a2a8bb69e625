package io.quicmesh.relay.cli;

import io.quicmesh.relay.RelayConfig;
import io.quicmesh.transport.identity.TransportIdentity;
import io.quicmesh.transport.wire.Fingerprint;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** Runs the relay in the foreground until SIGTERM, SIGINT or a drain. */
@Command(
    name = "run",
    description = "Runs the relay in the foreground. Prints \"quicmesh-relay: ready\" when bound.",
    mixinStandardHelpOptions = true)
public final class RunCommand implements Callable<Integer> {

  static final String DEFAULT_ADMIN = "127.0.0.1:7879";

  @ParentCommand private @Nullable RelayCommand parent;
  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--listen",
      paramLabel = "ADDR:PORT",
      arity = "1..*",
      required = true,
      converter = AddressConverter.class,
      description = "UDP address to bind; [::]:4433 is every address. Several are possible.")
  private List<InetSocketAddress> listen = List.of();

  @Option(
      names = "--allow-network",
      paramLabel = "ID",
      converter = FingerprintConverter.class,
      description = "Id of a network whose nodes may use the relay. Several are possible.")
  private List<Fingerprint> networks = List.of();

  @Option(names = "--allow-any", description = "Nodes of every network may use the relay.")
  private boolean any;

  @Option(
      names = "--admin",
      paramLabel = "ADDR:PORT",
      converter = AddressConverter.class,
      description =
          "Loopback address of the admin interface (default: "
              + DEFAULT_ADMIN
              + ", or the next free port).")
  private @Nullable InetSocketAddress admin;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "Limits in YAML (default: relay.yaml in the state directory, if it is there).")
  private @Nullable Path config;

  /** Lets the launcher see which classes a relay loads until it is ready. */
  @Option(names = "--exit-when-ready", hidden = true)
  private boolean exitWhenReady;

  @Override
  public Integer call() throws Exception {
    CommandSpec command = Objects.requireNonNull(spec);
    PrintWriter out = command.commandLine().getOut();
    if (any && !networks.isEmpty()) {
      throw new ParameterException(
          command.commandLine(), "--allow-any and --allow-network exclude each other");
    }
    RelayState state = new RelayState(Objects.requireNonNull(parent).stateDirectory());
    boolean fresh = !state.isInitialised();
    TransportIdentity identity = fresh ? state.initialise() : state.read();
    if (fresh) {
      out.println(
          RelayCommand.NAME
              + ": initialised "
              + state.directory()
              + ", fingerprint "
              + identity.fingerprint());
    }
    if (!any && networks.isEmpty()) {
      out.println(
          RelayCommand.NAME + ": no network is allowed: add --allow-network ID or --allow-any");
    }
    RelayFile file =
        config == null ? RelayFile.inDirectory(state.directory()) : RelayFile.read(config);
    return new RelayDaemon(state.directory(), settings(file), file.log(), identity, out)
        .run(admin, exitWhenReady);
  }

  private RelayConfig settings(RelayFile file) {
    RelayConfig plain =
        RelayConfig.of(listen, any ? null : Set.copyOf(networks))
            .withSoftware(RelayCommand.NAME + "/" + RelayVersion.text());
    return plain
        .with(file.limits())
        .with(new RelayConfig.Quic(plain.quic().transport(), file.handshakes()));
  }

  /** Addresses with a port; the host part may be empty, a name, or an IPv6 address in brackets. */
  public static final class AddressConverter implements ITypeConverter<InetSocketAddress> {
    private static final int PORT_MAX = 65_535;

    @Override
    public InetSocketAddress convert(String text) {
      int colon = text.lastIndexOf(':');
      String host = colon < 0 ? "" : text.substring(0, colon);
      boolean bracketed = host.startsWith("[") && host.endsWith("]");
      if (colon < 0 || (host.contains(":") && !bracketed)) {
        throw new TypeConversionException(
            "'" + text + "' is not ADDR:PORT, such as 0.0.0.0:4433 or [::]:4433");
      }
      String bare = bracketed ? host.substring(1, host.length() - 1) : host;
      InetSocketAddress address =
          new InetSocketAddress(bare.isEmpty() ? "::" : bare, port(text.substring(colon + 1)));
      if (address.isUnresolved()) {
        throw new TypeConversionException("'" + bare + "' is not an address of this host");
      }
      return address;
    }

    private static int port(String text) {
      try {
        int port = Integer.parseInt(text);
        if (port >= 0 && port <= PORT_MAX) {
          return port;
        }
      } catch (NumberFormatException e) {
        // Told below, as for a number that is no port.
      }
      throw new TypeConversionException("'" + text + "' is not a port from 0 to " + PORT_MAX);
    }
  }

  /** Fingerprints in base32. */
  static final class FingerprintConverter implements ITypeConverter<Fingerprint> {
    @Override
    public Fingerprint convert(String text) {
      try {
        return Fingerprint.parse(text);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException("'" + text + "' is no id: " + e.getMessage());
      }
    }
  }
}
