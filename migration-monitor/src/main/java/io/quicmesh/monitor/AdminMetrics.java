package io.quicmesh.monitor;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.quicmesh.monitor.api.AdminEvent;
import io.quicmesh.monitor.api.Facts;
import io.quicmesh.monitor.api.HandoverEntry;
import io.quicmesh.monitor.api.NodeFacts;
import io.quicmesh.monitor.api.RelayFacts;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The metrics for Prometheus. Totals and levels are copied from the snapshot when they are asked
 * for; handovers and migrations are counted as they end; nothing is done for a frame. Owned by the
 * admin thread.
 */
final class AdminMetrics {
  private static final Duration[] BUCKETS = {
    Duration.ofMillis(5),
    Duration.ofMillis(10),
    Duration.ofMillis(20),
    Duration.ofMillis(50),
    Duration.ofMillis(100),
    Duration.ofMillis(200),
    Duration.ofMillis(500),
    Duration.ofSeconds(1),
    Duration.ofSeconds(2),
    Duration.ofSeconds(5),
    Duration.ofSeconds(30)
  };

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final MeterTable table = new MeterTable(registry);
  private final AdminCounters counters;
  private final String version;

  AdminMetrics(AdminCounters counters, String version) {
    this.counters = counters;
    this.version = version;
  }

  /** Counts what ended. */
  void on(AdminEvent event) {
    if (event instanceof AdminEvent.HandoverEnded ended) {
      onHandover(ended.entry());
    } else if (event instanceof AdminEvent.MigrationEnded ended) {
      onMigration(ended);
    }
  }

  /**
   * All metrics in Prometheus' text format.
   *
   * @param streams how many event streams are open
   * @param overflowed events that were published faster than they could be told
   */
  String scrape(Facts facts, int streams, long overflowed) {
    table.begin();
    table.gauge(
        "quicmesh.build.info",
        "Always 1; the build is in the labels",
        Tags.of("version", version, "kind", facts instanceof RelayFacts ? "relay" : "node"),
        1);
    admin(streams, overflowed);
    if (facts instanceof NodeFacts node) {
      new NodeMetrics(table).set(node);
    } else if (facts instanceof RelayFacts relay) {
      new RelayMetrics(table).set(relay);
    }
    table.end();
    return registry.scrape();
  }

  private void admin(int streams, long overflowed) {
    table.gauge("quicmesh.admin.event.streams", "Open event streams", Tags.empty(), streams);
    for (Map.Entry<String, Long> count : counters.all().entrySet()) {
      table.counter(
          "quicmesh.admin.refused",
          "What the admin server refused, closed or coalesced",
          Tags.of("reason", count.getKey()),
          count.getValue());
    }
    table.counter(
        "quicmesh.admin.refused",
        "What the admin server refused, closed or coalesced",
        Tags.of("reason", "event_overflow"),
        overflowed);
  }

  private void onHandover(HandoverEntry handover) {
    Tags result = Tags.of("result", handover.result());
    count(
        "quicmesh.handovers",
        "Handovers that ended",
        result.and(
            "from", kind(handover.from()), "to", kind(handover.to()), "cause", handover.cause()));
    record("quicmesh.handover.duration", "Whole handovers", result, handover.totalMs());
    record("quicmesh.handover.gap", "Gaps in delivery at handovers", result, handover.gapMs());
  }

  private void onMigration(AdminEvent.MigrationEnded ended) {
    Tags result = Tags.of("result", ended.result());
    count(
        "quicmesh.migrations",
        "Migrations that ended",
        result.and("cause", ended.entry().event().cause()));
    record("quicmesh.migration.duration", "Whole migrations", result, ended.durationMs());
    record(
        "quicmesh.migration.gap",
        "Gaps in hearing at migrations",
        result,
        ended.entry().event().gapMs());
  }

  private void count(String name, String help, Tags tags) {
    Counter.builder(name).description(help).tags(tags).register(registry).increment();
  }

  private void record(String name, String help, Tags tags, @Nullable Double millis) {
    if (millis != null) {
      Timer.builder(name)
          .description(help)
          .tags(tags)
          .serviceLevelObjectives(BUCKETS)
          .register(registry)
          .record(Duration.ofNanos(Math.round(millis * 1e6)));
    }
  }

  /** {@code relay:HOST} without its host, so that the number of series stays small. */
  private static String kind(String carrier) {
    int colon = carrier.indexOf(':');
    return colon < 0 ? carrier : carrier.substring(0, colon);
  }
}
