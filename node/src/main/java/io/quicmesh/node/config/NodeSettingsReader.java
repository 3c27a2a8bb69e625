package io.quicmesh.node.config;

import io.quicmesh.migration.ChoiceSettings;
import io.quicmesh.migration.HandoverSettings;
import io.quicmesh.migration.MigrationMonitor;
import io.quicmesh.migration.PathHealthSettings;
import io.quicmesh.migration.RetrySettings;
import io.quicmesh.node.KeySettings;
import io.quicmesh.node.NodeSettings;
import io.quicmesh.node.config.NodeConfig.Time;
import io.quicmesh.node.switching.SwitchLimits;
import io.quicmesh.relay.cli.RunCommand;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Turns a config file into the settings of a node, and checks every value. */
public final class NodeSettingsReader {

  private NodeSettingsReader() {}

  /**
   * The settings that a config means.
   *
   * @throws ConfigException with one line that names the key and the mend
   */
  public static NodeSettings read(String file, NodeConfig config) throws ConfigException {
    try {
      checkOthers(config);
      return new NodeSettings(
          config.session().dataLanes(),
          config.session().stagedBytesMax(),
          config.session().flightBytesMax(),
          config.direct().isEnabled(),
          addresses(config.direct().addresses()),
          config.isMobile(),
          config.uplinks().preference(),
          nanos(config.health().migrationTimeout(), MigrationMonitor.TIMEOUT_NANOS),
          health(config.health()),
          ChoiceSettings.DEFAULT,
          retry(config.direct()),
          HandoverSettings.DEFAULT,
          keys(config.session()),
          switching(config.switching()));
    } catch (IllegalArgumentException e) {
      throw new ConfigException(file + ": " + e.getMessage());
    }
  }

  /** The values that are used elsewhere: reading them finds those that are out of range. */
  private static void checkOthers(NodeConfig config) {
    var unused =
        Arrays.asList(
            config.log().settings(),
            config.tap().mtuBytes(),
            config.tap().queue(),
            config.quic().transport(),
            config.quic().keyLogFile());
  }

  private static List<InetSocketAddress> addresses(List<String> texts) {
    List<InetSocketAddress> addresses = new ArrayList<>();
    for (String text : texts) {
      addresses.add(new RunCommand.AddressConverter().convert(text));
    }
    return addresses;
  }

  private static PathHealthSettings health(NodeConfig.Health health) {
    PathHealthSettings d = PathHealthSettings.DEFAULT;
    return new PathHealthSettings(
        nanos(health.healthInterval(), d.idleIntervalNanos()),
        nanos(health.busyInterval(), d.busyIntervalNanos()),
        nanos(health.silence(), d.silenceMinNanos()),
        d.stuckMinNanos());
  }

  private static RetrySettings retry(NodeConfig.Direct direct) {
    RetrySettings d = RetrySettings.DEFAULT;
    return new RetrySettings(
        nanos(direct.retryFirst(), d.firstNanos()),
        nanos(direct.retryInterval(), d.intervalNanos()),
        nanos(direct.retryMax(), d.maxNanos()),
        nanos(direct.connectTimeout(), d.connectTimeoutNanos()),
        d.candidatesMax(),
        d.inFlightMax());
  }

  private static KeySettings keys(NodeConfig.Lanes session) {
    KeySettings d = KeySettings.DEFAULT;
    return new KeySettings(
        nanos(session.rotationInterval(), d.rotationNanos()),
        nanos(session.renewalInterval(), d.renewalNanos()));
  }

  private static SwitchLimits switching(NodeConfig.Switching switching) {
    SwitchLimits d = SwitchLimits.defaults();
    return new SwitchLimits(
        NodeConfig.within("switching.macs", switching.macs(), d.macsMax(), 16, 1 << 20),
        NodeConfig.within(
            "switching.macs-per-peer", switching.macsPerPeer(), d.macsPerPeerMax(), 1, 1 << 20),
        nanos(switching.ageing(), d.ageingNanos()),
        d.movesMax(),
        d.moveWindowNanos(),
        NodeConfig.within(
            "switching.broadcasts-per-second",
            switching.broadcastsPerSecond(),
            d.broadcastsPerSecond(),
            1,
            1_000_000),
        NodeConfig.within(
            "switching.broadcast-burst",
            switching.broadcastBurst(),
            d.broadcastBurst(),
            1,
            1_000_000));
  }

  private static long nanos(@Nullable Time time, long byDefault) {
    return time == null ? byDefault : time.nanos();
  }
}
