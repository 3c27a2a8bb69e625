package io.quicmesh.node;

import io.quicmesh.migration.ChoiceSettings;
import io.quicmesh.migration.HandoverSettings;
import io.quicmesh.migration.MigrationMonitor;
import io.quicmesh.migration.PathHealthSettings;
import io.quicmesh.migration.RetrySettings;
import io.quicmesh.migration.UplinkPreference;
import io.quicmesh.node.switching.SwitchLimits;
import java.net.InetSocketAddress;
import java.util.List;

/**
 * What the operator can set of a running node, with everything already checked.
 *
 * @param dataLanes data lanes a direction and session
 * @param stagedBytesMax bytes that may wait in one session
 * @param flightBytesMax unacknowledged bytes of all sessions together
 * @param direct whether direct connections are made and accepted
 * @param directPeers addresses at which members may be found without a relay's help
 * @param isMobile whether this host is likely to change its underlay address
 * @param uplinks which interfaces are preferred towards the underlay
 * @param migrationTimeoutNanos a connection's migration that lasts longer has failed
 */
public record NodeSettings(
    int dataLanes,
    long stagedBytesMax,
    long flightBytesMax,
    boolean direct,
    List<InetSocketAddress> directPeers,
    boolean isMobile,
    UplinkPreference uplinks,
    long migrationTimeoutNanos,
    PathHealthSettings health,
    ChoiceSettings choice,
    RetrySettings retry,
    HandoverSettings handover,
    KeySettings keys,
    SwitchLimits switching) {

  public NodeSettings {
    directPeers = List.copyOf(directPeers);
  }

  /** The defaults. */
  public static NodeSettings defaults() {
    return new NodeSettings(
        4,
        4 << 20,
        16 << 20,
        true,
        List.of(),
        false,
        UplinkPreference.NONE,
        MigrationMonitor.TIMEOUT_NANOS,
        PathHealthSettings.DEFAULT,
        ChoiceSettings.DEFAULT,
        RetrySettings.DEFAULT,
        HandoverSettings.DEFAULT,
        KeySettings.DEFAULT,
        SwitchLimits.defaults());
  }
}
