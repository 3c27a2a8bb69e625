package io.quicmesh.monitor;

import io.quicmesh.monitor.api.AdminEvent;
import io.quicmesh.monitor.api.CandidateResult;
import io.quicmesh.monitor.api.ConnectionStatus;
import io.quicmesh.monitor.api.Connections;
import io.quicmesh.monitor.api.DirectAttempts;
import io.quicmesh.monitor.api.Facts;
import io.quicmesh.monitor.api.FrameCounts;
import io.quicmesh.monitor.api.HandoverEntry;
import io.quicmesh.monitor.api.HandoverRequest;
import io.quicmesh.monitor.api.HandoverResult;
import io.quicmesh.monitor.api.HandoverStep;
import io.quicmesh.monitor.api.MigrationEntry;
import io.quicmesh.monitor.api.MigrationEvent;
import io.quicmesh.monitor.api.MigrationTotals;
import io.quicmesh.monitor.api.NodeFacts;
import io.quicmesh.monitor.api.NodeStatus;
import io.quicmesh.monitor.api.PathQuality;
import io.quicmesh.monitor.api.PeerCarrier;
import io.quicmesh.monitor.api.PeerIdentity;
import io.quicmesh.monitor.api.PeerStatus;
import io.quicmesh.monitor.api.Peers;
import io.quicmesh.monitor.api.ProbeAnswer;
import io.quicmesh.monitor.api.SimulatedMigration;
import io.quicmesh.monitor.api.SimulatedMigrations;
import io.quicmesh.monitor.api.TapStatus;
import io.quicmesh.monitor.api.UnderlayStatus;
import io.quicmesh.monitor.api.WhyAnswer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A node of a made-up network that carries traffic, migrates and hands over on request. Values
 * follow smooth curves over time, so every moment, past ones too, has its facts.
 */
final class FakeNetwork implements FactsSource, AdminActions {
  private static final Duration AGE = Duration.ofMinutes(95);
  private static final double MEGABIT_BYTES = 125_000;

  private final Instant start;
  private final Map<String, FakePeer> peers = new LinkedHashMap<>();
  private final List<MigrationEntry> migrations = new ArrayList<>();
  private final List<HandoverEntry> handovers = new ArrayList<>();
  private Consumer<AdminEvent> events = event -> {};
  private int nextPort = 50_001;

  FakeNetwork(Instant now) {
    this.start = now.minus(AGE);
    add("bob", "direct", 4.2, 38, "192.0.2.44:51000");
    add("carol", "relay", 21.4, 9, "203.0.113.9:4433");
    add("dave", "none", 0, 0, "");
    add("erin", "direct", 11.8, 17, "[2001:db8::17]:40100");
    add("frank", "relay", 27.9, 4, "203.0.113.9:4433");
    addEarlier(now);
  }

  void tellEventsTo(Consumer<AdminEvent> listener) {
    events = listener;
  }

  private static final class FakePeer {
    final String name;
    final double rttMs;
    final double megabits;
    String carrier;
    String underlay;
    String localAddr = "198.51.100.7:40000";
    String handoverState;
    Instant since;
    final List<MigrationEvent> moves = new ArrayList<>();

    FakePeer(String name, String carrier, double rttMs, double megabits, Instant since) {
      this.name = name;
      this.carrier = carrier;
      this.rttMs = rttMs;
      this.megabits = megabits;
      this.since = since;
      this.underlay = "";
      this.handoverState = carrier.equals("direct") ? "DIRECT" : "RELAY_ONLY";
    }

    String connectionId() {
      return String.format("%016x", name.hashCode() * 0x9E3779B97F4A7C15L);
    }
  }

  @Override
  public CompletionStage<? extends Facts> facts() {
    return CompletableFuture.completedFuture(at(Instant.now()));
  }

  synchronized NodeFacts at(Instant now) {
    return new NodeFacts(
        status(now),
        new Peers(peers.values().stream().map(peer -> status(peer, now)).toList()),
        connections(now),
        migrations,
        handovers);
  }

  @Override
  public synchronized CompletionStage<WhyAnswer> why(String name) {
    FakePeer peer = peer(name);
    String decision =
        switch (peer.carrier) {
          case "direct" ->
              "Direct: it answers in %.1f ms, the relay in 19.6 ms.".formatted(peer.rttMs);
          case "relay" ->
              "On the relay: 3 candidates were tried, none answered over UDP within 5 s.";
          default -> "Offline: the relay has not seen this node since 08:12.";
        };
    return CompletableFuture.completedFuture(
        new WhyAnswer(
            name,
            peer.carrier,
            peer.since,
            decision,
            List.of(
                new CandidateResult("192.0.2.44:51000", "observed", "answered", peer.rttMs),
                new CandidateResult("10.1.7.20:51000", "host", "no answer", null)),
            peer.carrier.equals("relay") ? Instant.now().plusSeconds(42) : null));
  }

  @Override
  public synchronized CompletionStage<ProbeAnswer> test(@Nullable String name) {
    FakePeer peer = peer(name == null ? "bob" : name);
    return CompletableFuture.completedFuture(
        new ProbeAnswer(
            peer.name, peer.carrier, peer.rttMs, connection(peer, "direct", Instant.now())));
  }

  @Override
  public CompletionStage<?> simulateMigration(@Nullable String target) {
    if (target == null) {
      return CompletableFuture.completedFuture(
          new SimulatedMigrations(List.of(migrate("bob"), migrate("erin"))));
    }
    return CompletableFuture.completedFuture(migrate(target));
  }

  /** Moves a peer's connection to a new local port at once. */
  synchronized SimulatedMigration migrate(String name) {
    FakePeer peer = peer(name);
    Instant now = Instant.now();
    String before = peer.localAddr;
    peer.localAddr = "198.51.100.7:" + nextPort++;
    MigrationEvent move = new MigrationEvent(now, before, peer.localAddr, true, "requested", 23.4);
    peer.moves.add(move);
    MigrationEntry entry = new MigrationEntry(peer.connectionId(), move);
    migrations.add(0, entry);
    events.accept(new AdminEvent.MigrationStarted(peer.connectionId(), now, "requested"));
    events.accept(new AdminEvent.MigrationEnded(entry, "done", 31.2));
    return new SimulatedMigration(peer.connectionId(), before, peer.localAddr, 23.4);
  }

  @Override
  public CompletionStage<HandoverResult> handover(HandoverRequest request) {
    FakePeer peer = peer(request.peer());
    String to = request.target();
    List<HandoverStep> steps =
        List.of(
            new HandoverStep("STARTING_LISTENER", 0.8),
            new HandoverStep("CONNECTING", 22.5),
            new HandoverStep("RESUMING", 9.7),
            new HandoverStep("MIGRATING", 7.9),
            new HandoverStep("SWITCHING", 3.1),
            new HandoverStep("CLOSING_RELAY", 1.4));
    Executor soon = CompletableFuture.delayedExecutor(60, TimeUnit.MILLISECONDS);
    CompletableFuture<Void> chain = CompletableFuture.completedFuture(null);
    double elapsed = 0;
    for (HandoverStep step : steps) {
      double at = elapsed;
      chain =
          chain.thenRunAsync(
              () -> {
                enter(peer, step.name());
                events.accept(
                    new AdminEvent.HandoverStepped(peer.name, Instant.now(), to, step.name(), at));
              },
              soon);
      elapsed += step.ms();
    }
    return chain.thenApplyAsync(done -> finish(peer, to, steps), soon);
  }

  private synchronized void enter(FakePeer peer, String state) {
    peer.handoverState = state;
  }

  private synchronized HandoverResult finish(FakePeer peer, String to, List<HandoverStep> steps) {
    String from = peer.carrier.equals("relay") ? "relay:203.0.113.9:4433" : peer.carrier;
    peer.carrier = to.startsWith("relay") ? "relay" : "direct";
    peer.underlay = to.startsWith("relay") ? "203.0.113.9:4433" : "192.0.2.44:51000";
    peer.handoverState = to.startsWith("relay") ? "RELAY_ONLY" : "DIRECT";
    peer.since = Instant.now();
    HandoverEntry entry =
        new HandoverEntry(
            peer.name,
            Instant.now(),
            from,
            to,
            "requested",
            HandoverEntry.DONE,
            null,
            steps,
            4.6,
            17);
    handovers.add(0, entry);
    events.accept(new AdminEvent.HandoverEnded(entry));
    return new HandoverResult(HandoverEntry.DONE, steps, 4.6, 17);
  }

  private FakePeer peer(String name) {
    FakePeer peer = peers.get(name);
    if (peer == null) {
      throw new AdminFailure(
          AdminFailure.Kind.UNKNOWN, "no peer is called " + name + ": see quicmesh peers");
    }
    return peer;
  }

  private void add(String name, String carrier, double rttMs, double megabits, String underlay) {
    FakePeer peer = new FakePeer(name, carrier, rttMs, megabits, start.plusSeconds(70));
    peer.underlay = underlay;
    peers.put(name, peer);
  }

  /** Something to see from the first moment on. */
  private void addEarlier(Instant now) {
    for (int minute : new int[] {11, 6, 2}) {
      FakePeer peer = peer(minute == 6 ? "erin" : "bob");
      MigrationEvent move =
          new MigrationEvent(
              now.minusSeconds(minute * 60L),
              "198.51.100.7:" + (40_000 + minute),
              "203.0.113.77:" + (40_001 + minute),
              minute != 6,
              minute == 6 ? "timeout" : "link_down",
              minute == 6 ? null : 18.0 + minute);
      peer.moves.add(move);
      migrations.add(0, new MigrationEntry(peer.connectionId(), move));
    }
    handovers.add(
        new HandoverEntry(
            "carol",
            now.minusSeconds(340),
            "direct",
            "relay:203.0.113.9:4433",
            "silence",
            HandoverEntry.DONE,
            null,
            List.of(
                new HandoverStep("RESUMING", 20.9),
                new HandoverStep("MIGRATING", 12.0),
                new HandoverStep("SWITCHING", 2.6)),
            281.0,
            64));
    handovers.add(
        new HandoverEntry(
            "frank",
            now.minusSeconds(700),
            "relay:203.0.113.9:4433",
            "direct",
            "retry",
            HandoverEntry.FAILED,
            "no candidate answered within 5 s",
            List.of(
                new HandoverStep("STARTING_LISTENER", 1.0),
                new HandoverStep("CONNECTING", 5_000.0)),
            null,
            0));
    handovers.add(SampleFacts.handover());
  }

  private NodeStatus status(Instant now) {
    double seconds = seconds(now);
    double bytes = peers.values().stream().mapToDouble(peer -> bytes(peer, seconds)).sum();
    return new NodeStatus(
        NodeStatus.KIND,
        "alice",
        "k4x7w2m9qaliceid",
        "q3rj8netfingerprint",
        "0.1.0",
        (long) seconds,
        true,
        "all well: 4 of 5 peers up, 2 direct",
        new TapStatus(
            "qm0",
            "02:00:00:00:00:01",
            1500,
            List.of("csum", "tso4", "tso6", "uso4"),
            (long) (bytes / 1200),
            (long) (bytes / 1500),
            (long) bytes,
            (long) (bytes * 0.62),
            Map.of("session_full", 41L, "tap_ring", 0L)),
        new UnderlayStatus(
            "[::]:40123",
            (long) bytes,
            (long) bytes,
            Map.of("no_answer", 7L),
            Map.of("admitted", (long) (bytes / 1200), "held", 7L, "expired", 7L),
            2,
            65_536,
            1 << 24),
        SampleFacts.status().relays(),
        4,
        5,
        new MigrationTotals(0, 1, migrations.size()),
        Map.of());
  }

  private PeerStatus status(FakePeer peer, Instant now) {
    boolean up = !peer.carrier.equals("none");
    double seconds = seconds(now);
    long bytes = (long) bytes(peer, seconds);
    double wave = Math.sin(seconds / 31 + peer.megabits) + 0.6 * Math.sin(seconds / 3.7);
    PathQuality path =
        up
            ? new PathQuality(
                peer.rttMs * (1 + 0.08 * wave),
                0.4,
                peer.name.equals("frank") && wave > 1.2 ? 0.012 : 0.0,
                peer.megabits * 1e6,
                peer.carrier.equals("direct") ? 0.97 : 0.74)
            : PathQuality.UNKNOWN;
    return new PeerStatus(
        new PeerIdentity(peer.name, peer.name + "id2345", "10.66.0." + (peer.name.charAt(0) - 96)),
        new PeerCarrier(
            up ? PeerCarrier.UP : PeerCarrier.DOWN,
            peer.carrier,
            peer.handoverState,
            up ? peer.underlay : null,
            peer.since,
            switch (peer.carrier) {
              case "direct" -> "fastest: %.1f ms, relay 19.6 ms".formatted(peer.rttMs);
              case "relay" -> "no candidate answered over UDP";
              default -> "offline at the relay";
            }),
        path,
        new DirectAttempts(
            null, 2, 3, peer.carrier.equals("relay") ? Instant.now().plusSeconds(42) : null),
        1,
        new FrameCounts(
            bytes / 1200,
            bytes / 1500,
            bytes,
            (long) (bytes * 0.62),
            12,
            4,
            Map.of("session_full", up ? 3L : 0L, "stale", up ? 0L : 18L)));
  }

  private Connections connections(Instant now) {
    Map<String, ConnectionStatus> all = new LinkedHashMap<>();
    for (FakePeer peer : peers.values()) {
      if (peer.carrier.equals("direct") || !peer.moves.isEmpty()) {
        ConnectionStatus connection = connection(peer, "direct", now);
        all.put(connection.connectionId(), connection);
      }
    }
    FakePeer relay =
        new FakePeer("203.0.113.9:4433", "relay", 9.8, 1, now.minus(Duration.ofMinutes(8)));
    relay.underlay = relay.name;
    all.put(relay.connectionId(), connection(relay, "relay", now));
    return new Connections(all);
  }

  private static ConnectionStatus connection(FakePeer peer, String kind, Instant now) {
    return new ConnectionStatus(
        peer.connectionId(),
        kind,
        "client",
        peer.name,
        peer.localAddr,
        peer.underlay,
        peer.since,
        now,
        8_211,
        peer.moves.size(),
        "STABLE",
        peer.moves);
  }

  private double seconds(Instant now) {
    return Duration.between(start, now).toMillis() / 1e3;
  }

  /** The integral of a rate that swings around the peer's own. */
  private static double bytes(FakePeer peer, double seconds) {
    double mean = peer.megabits * MEGABIT_BYTES;
    double period = 40 + peer.megabits;
    return mean * (seconds - 0.55 * period * Math.cos(seconds / period));
  }
}
