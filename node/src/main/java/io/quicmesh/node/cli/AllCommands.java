package io.quicmesh.node.cli;

import io.quicmesh.relay.cli.CompletionCommand;
import picocli.CommandLine.Command;

/** The command {@code quicmesh} with all that it has. */
@Command(
    subcommands = {
      UpCommand.class,
      DownCommand.class,
      StatusCommand.class,
      PeersCommand.class,
      ConnectionsCommand.class,
      MigrationsCommand.class,
      HandoversCommand.class,
      WhyCommand.class,
      PingCommand.class,
      HandoverCommand.class,
      SimulateMigrationCommand.class,
      MonitorCommand.class,
      NetcheckCommand.class,
      LogCommand.class,
      ReloadCommand.class,
      ConfigCommand.class,
      NetworkCommand.class,
      InviteCommand.class,
      JoinCommand.class,
      RevokeCommand.class,
      RotateKeyCommand.class,
      CompletionCommand.class
    })
final class AllCommands extends QuicmeshCommand {}
