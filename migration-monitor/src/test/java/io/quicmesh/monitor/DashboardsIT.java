package io.quicmesh.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quicmesh.monitor.api.AdminEvent;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * The dashboard, the alert rules and the metrics, judged by Prometheus' own {@code promtool}, and
 * held against each other: what a query names must exist.
 */
final class DashboardsIT {
  private static final Path DASHBOARDS = Path.of("dashboards");
  private static final Pattern METRIC = Pattern.compile("quicmesh_[a-z_]+");
  private static final int PATIENCE_SECONDS = 60;

  @Test
  void metricsAreWellFormed() throws IOException, InterruptedException {
    for (String metrics : List.of(nodeMetrics(), relayMetrics())) {
      assertThat(promtool(metrics, "check", "metrics")).isEmpty();
    }
  }

  @Test
  void configurationIsValid() throws IOException, InterruptedException {
    assertThat(promtool("", "check", "config", "prometheus.yml")).contains("SUCCESS");
  }

  @Test
  void alertsFireWhenTheyShould() throws IOException, InterruptedException {
    assertThat(promtool("", "test", "rules", "alerts-test.yml")).contains("SUCCESS");
  }

  @Test
  void alertsNameMetricsThatExist() throws IOException {
    assertThat(named(Files.readString(DASHBOARDS.resolve("alerts.yml"))))
        .isNotEmpty()
        .isSubsetOf(existing());
  }

  @Test
  void dashboardAsksForMetricsThatExist() throws IOException, InterruptedException {
    JsonNode dashboard =
        new ObjectMapper().readTree(Files.readString(DASHBOARDS.resolve("grafana.json")));
    List<String> queries = new ArrayList<>();
    for (JsonNode panel : dashboard.path("panels")) {
      for (JsonNode target : panel.path("targets")) {
        queries.add(target.path("expr").asText());
      }
    }

    assertThat(queries).hasSizeGreaterThan(20);
    assertThat(named(String.join("\n", queries))).isSubsetOf(existing());
    Path rules = Files.createTempFile("dashboard", ".yml");
    try {
      Files.writeString(rules, asRules(queries));
      assertThat(promtool("", "check", "rules", rules.toString())).contains("SUCCESS");
    } finally {
      Files.delete(rules);
    }
  }

  /** Recording rules of the dashboard's queries: their syntax is checked as such. */
  private static String asRules(List<String> queries) throws IOException {
    StringBuilder rules = new StringBuilder("groups:\n- name: dashboard\n  rules:\n");
    ObjectMapper json = new ObjectMapper();
    for (int i = 0; i < queries.size(); i++) {
      String query = queries.get(i).replace("$__rate_interval", "1m").replace("$instance", ".*");
      rules.append("  - record: query:").append("q".repeat(i + 1)).append('\n');
      rules.append("    expr: ").append(json.writeValueAsString(query)).append('\n');
    }
    return rules.toString();
  }

  private static Set<String> existing() {
    return named(nodeMetrics() + relayMetrics());
  }

  private static Set<String> named(String text) {
    Set<String> names = new TreeSet<>();
    Matcher matcher = METRIC.matcher(text);
    while (matcher.find()) {
      names.add(matcher.group());
    }
    return names;
  }

  private static String nodeMetrics() {
    AdminMetrics metrics = new AdminMetrics(new AdminCounters(), "0.1.0");
    metrics.on(new AdminEvent.HandoverEnded(SampleFacts.handover()));
    metrics.on(new AdminEvent.MigrationEnded(SampleFacts.migration(), "done", 31.5));
    return metrics.scrape(SampleFacts.node(), 1, 0);
  }

  private static String relayMetrics() {
    return new AdminMetrics(new AdminCounters(), "0.1.0").scrape(SampleFacts.relay(), 0, 0);
  }

  /** Runs promtool in the folder of the dashboards; returns what it printed. */
  private static String promtool(String input, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("promtool"));
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command)
            .directory(DASHBOARDS.toFile())
            .redirectErrorStream(true)
            .start();
    process.getOutputStream().write(input.getBytes(StandardCharsets.UTF_8));
    process.getOutputStream().close();
    String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(printed).isZero();
    return printed;
  }
}
