package io.quicmesh.node.config;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import io.quicmesh.migration.UplinkPreference;
import io.quicmesh.monitor.log.LogLevel;
import io.quicmesh.monitor.log.LogSettings;
import io.quicmesh.transport.quic.TransportConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The config file of a node, with the keys' names in kebab case; what is missing has its default.
 *
 * @param listen UDP address and port; null for every address and a port that is chosen once
 * @param admin loopback address of the admin interface
 */
public record NodeConfig(
    Tap tap,
    @Nullable String listen,
    @Nullable String admin,
    @Nullable Boolean mobile,
    Uplinks uplinks,
    Direct direct,
    Health health,
    Lanes session,
    Switching switching,
    Quic quic,
    Log log) {

  /** What an empty file means. */
  public static final NodeConfig DEFAULTS =
      new NodeConfig(null, null, null, null, null, null, null, null, null, null, null);

  /** Fills what is missing. */
  public NodeConfig(
      @Nullable Tap tap,
      @Nullable String listen,
      @Nullable String admin,
      @Nullable Boolean mobile,
      @Nullable Uplinks uplinks,
      @Nullable Direct direct,
      @Nullable Health health,
      @Nullable Lanes session,
      @Nullable Switching switching,
      @Nullable Quic quic,
      @Nullable Log log) {
    this.tap = tap == null ? new Tap(null, null, null, null) : tap;
    this.listen = listen;
    this.admin = admin;
    this.mobile = mobile;
    this.uplinks = uplinks == null ? new Uplinks(null, null) : uplinks;
    this.direct = direct == null ? new Direct(null, null, null, null, null, null) : direct;
    this.health = health == null ? new Health(null, null, null, null) : health;
    this.session = session == null ? new Lanes(null, null, null, null, null) : session;
    this.switching = switching == null ? new Switching(null, null, null, null, null) : switching;
    this.quic = quic == null ? new Quic(null, null, null) : quic;
    this.log = log == null ? new Log(null, null, null, null) : log;
  }

  /** This config, with what a running node can take over from another; see ConfigChange. */
  public NodeConfig withLive(NodeConfig from) {
    Direct ours = direct;
    Switching theirs = from.switching;
    return new NodeConfig(
        tap,
        listen,
        admin,
        mobile,
        uplinks,
        new Direct(
            ours.enabled,
            from.direct.peers,
            ours.retryFirst,
            ours.retryInterval,
            ours.retryMax,
            ours.connectTimeout),
        health,
        session,
        new Switching(
            switching.macs,
            theirs.macsPerPeer,
            theirs.ageing,
            theirs.broadcastsPerSecond,
            theirs.broadcastBurst),
        quic,
        from.log);
  }

  /** Whether this host moves between networks. */
  public boolean isMobile() {
    return mobile != null && mobile;
  }

  /** A time in the file. */
  public record Time(Duration value) {
    @JsonCreator
    static Time of(String text) {
      return new Time(Durations.parse(text));
    }

    @JsonValue
    long nanos() {
      return value.toNanos();
    }
  }

  /** The TAP device. */
  public record Tap(
      @Nullable String name,
      @Nullable Integer mtu,
      @Nullable Boolean offloads,
      @Nullable Integer queueFrames) {

    /** MTU in bytes. */
    public int mtuBytes() {
      return within("tap.mtu", mtu, 1500, 576, 65_000);
    }

    /** Whether to ask the kernel for offloads. */
    public boolean wantsOffloads() {
      return offloads == null || offloads;
    }

    /** Frames that the kernel holds while nobody reads. */
    public int queue() {
      return within("tap.queue-frames", queueFrames, 10_000, 1, 1_000_000);
    }
  }

  /** Direct connections. */
  public record Direct(
      @Nullable Boolean enabled,
      @Nullable List<String> peers,
      @Nullable Time retryFirst,
      @Nullable Time retryInterval,
      @Nullable Time retryMax,
      @Nullable Time connectTimeout) {

    /** Whether direct connections are made and accepted. */
    public boolean isEnabled() {
      return enabled == null || enabled;
    }

    /** Addresses at which members are, HOST:PORT. */
    public List<String> addresses() {
      return peers == null ? List.of() : peers;
    }
  }

  /** Heartbeats, and how long migrations may take. */
  public record Health(
      @Nullable Time healthInterval,
      @Nullable Time busyInterval,
      @Nullable Time silence,
      @Nullable Time migrationTimeout) {}

  /** Sessions: lanes, their bounds, and keys. */
  public record Lanes(
      @Nullable Integer lanes,
      @Nullable Long stagedBytes,
      @Nullable Long flightBytes,
      @Nullable Time rotationInterval,
      @Nullable Time renewalInterval) {

    /** Data lanes a direction. */
    public int dataLanes() {
      return within("session.lanes", lanes, 4, 1, 16);
    }

    /** Bytes that may wait in one session. */
    public long stagedBytesMax() {
      return within("session.staged-bytes", stagedBytes, 4L << 20, 256L << 10, 1L << 30);
    }

    /** Unacknowledged bytes of all sessions. */
    public long flightBytesMax() {
      return within("session.flight-bytes", flightBytes, 16L << 20, 1L << 20, 1L << 30);
    }
  }

  /** The switch's bounds. */
  public record Switching(
      @Nullable Integer macs,
      @Nullable Integer macsPerPeer,
      @Nullable Time ageing,
      @Nullable Integer broadcastsPerSecond,
      @Nullable Integer broadcastBurst) {}

  /** Which interfaces are preferred towards the underlay. */
  public record Uplinks(@Nullable List<String> order, @Nullable List<String> metered) {

    /** As the choice of the uplink wants it. */
    public UplinkPreference preference() {
      return new UplinkPreference(
          order == null ? List.of() : order, metered == null ? Set.of() : Set.copyOf(metered));
    }
  }

  /** The QUIC connections. */
  public record Quic(
      @Nullable Integer payloadMax, @Nullable String congestion, @Nullable String keyLog) {

    private static final Map<String, TransportConfig.Congestion> CONGESTION =
        Map.of("cubic", TransportConfig.Congestion.CUBIC, "bbr", TransportConfig.Congestion.BBR);

    /** What every connection of the node is. */
    public TransportConfig transport() {
      return TransportConfig.defaults()
          .withPayloadBytesMax(payloadBytesMax())
          .withCongestion(congestionControl());
    }

    private TransportConfig.Congestion congestionControl() {
      TransportConfig.Congestion named = CONGESTION.get(congestion == null ? "cubic" : congestion);
      if (named == null) {
        throw new IllegalArgumentException(
            "quic.congestion is " + congestion + ": it must be cubic or bbr");
      }
      return named;
    }

    /** The largest UDP payload that is probed for. */
    public int payloadBytesMax() {
      return within("quic.payload-max", payloadMax, 1452, 1200, 16_383);
    }

    /** The file for TLS secrets, null for none. */
    public @Nullable Path keyLogFile() {
      if (keyLog != null && keyLog.isBlank()) {
        throw new IllegalArgumentException("quic.key-log is empty: it must be a file's name");
      }
      return keyLog == null ? null : Path.of(keyLog);
    }
  }

  /** The log. */
  public record Log(
      @Nullable String level,
      @Nullable Map<String, String> levels,
      @Nullable String format,
      @Nullable Boolean maskAddresses) {

    /**
     * The settings that this means.
     *
     * @throws IllegalArgumentException with one line that names the key
     */
    public LogSettings settings() {
      Map<String, LogLevel> byPackage = new LinkedHashMap<>();
      if (levels != null) {
        levels.forEach((name, text) -> byPackage.put(name, parsed("log.levels." + name, text)));
      }
      return new LogSettings(
          isJson(),
          maskAddresses != null && maskAddresses,
          level == null ? LogSettings.DEFAULT.level() : parsed("log.level", level),
          byPackage);
    }

    private boolean isJson() {
      if (format != null && !format.equals("plain") && !format.equals("json")) {
        throw new IllegalArgumentException(
            "log.format is '" + format + "': it must be plain or json");
      }
      return "json".equals(format);
    }

    private static LogLevel parsed(String key, @Nullable String text) {
      try {
        return LogLevel.parse(text == null ? "" : text);
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(key + ": " + e.getMessage(), e);
      }
    }
  }

  static int within(String key, @Nullable Integer value, int byDefault, int least, int most) {
    return (int) within(key, value == null ? null : (long) value, byDefault, least, most);
  }

  static long within(String key, @Nullable Long value, long byDefault, long least, long most) {
    if (value == null) {
      return byDefault;
    }
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          key + " is " + value + ": it must be from " + least + " to " + most);
    }
    return value;
  }
}
