package io.quicmesh.node.cli;

import io.quicmesh.node.config.ConfigException;
import io.quicmesh.node.config.ConfigFile;
import io.quicmesh.node.config.NodeConfig;
import io.quicmesh.node.config.NodeSettingsReader;
import io.quicmesh.relay.cli.CommandFailedException;
import io.quicmesh.relay.cli.ExitCode;
import io.quicmesh.relay.cli.RunCommand;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Runs the node in the foreground. */
@Command(
    name = "up",
    description = {
      "Runs the node in the foreground until SIGTERM. Prints \"quicmesh: ready\".",
      "On a host that has joined nothing it makes a network and a relay on UDP 4433, and prints"
          + " the line that a second host must run."
    },
    mixinStandardHelpOptions = true)
final class UpCommand implements Callable<Integer> {

  @ParentCommand private @Nullable QuicmeshCommand parent;
  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--tap",
      paramLabel = "NAME",
      description = "Name of the TAP device (default: qm0, or the next that is free).")
  private @Nullable String tap;

  @Option(
      names = "--listen",
      paramLabel = "ADDR:PORT",
      converter = RunCommand.AddressConverter.class,
      description = "UDP address and port (default: every address, a port chosen once and kept).")
  private @Nullable InetSocketAddress listen;

  @Option(
      names = "--admin",
      paramLabel = "ADDR:PORT",
      converter = RunCommand.AddressConverter.class,
      description = "Loopback address of the admin interface (default: 127.0.0.1:7878).")
  private @Nullable InetSocketAddress admin;

  @Option(names = "--config", paramLabel = "FILE", description = "YAML file; see config sample.")
  private @Nullable Path config;

  /** Lets the launcher see which classes a node loads until it is ready. */
  @Option(names = "--exit-when-ready", hidden = true)
  private boolean exitWhenReady;

  @Override
  public Integer call() throws Exception {
    PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
    try {
      String name = config == null ? "defaults" : config.toString();
      NodeConfig file = config == null ? NodeConfig.DEFAULTS : ConfigFile.read(config);
      NodeDaemon.Options options =
          new NodeDaemon.Options(
              Objects.requireNonNull(parent).stateDirectory(),
              tap == null ? file.tap().name() : tap,
              listen == null ? address("listen", file.listen()) : listen,
              admin == null ? address("admin", file.admin()) : admin,
              config,
              file,
              NodeSettingsReader.read(name, file));
      return new NodeDaemon(options, out).run(exitWhenReady);
    } catch (ConfigException e) {
      throw new CommandFailedException(ExitCode.USAGE, String.valueOf(e.getMessage()));
    }
  }

  private static @Nullable InetSocketAddress address(String key, @Nullable String text)
      throws ConfigException {
    try {
      return text == null ? null : new RunCommand.AddressConverter().convert(text);
    } catch (RuntimeException e) {
      throw new ConfigException("config key '" + key + "': " + e.getMessage());
    }
  }
}
