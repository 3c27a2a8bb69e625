package io.quicmesh.lab;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The live page of a real node, in a real browser, while frames flow: before, during and after a
 * handover and a change of the uplink. Leaves its pictures in {@code target/screenshots}.
 */
final class LivePageIT {

  private static final Path TARGET = Path.of("target").toAbsolutePath();
  private static final String CARRIER = "#peers [data-key='host2'] .tag";

  /** The kernel says hello on a new interface, whoever is there to hear it. */
  private static final String BEFORE_THE_PEER = "no_peer";

  private PageLab lab;
  private LivePage page;

  @BeforeEach
  void start() throws IOException {
    Files.createDirectories(TARGET.resolve("labs"));
    lab = PageLab.start(TARGET.resolve("labs/page-lab.log"));
    page = new LivePage(TARGET.resolve("screenshots"));
    page.open(lab.page(), lab.token());
  }

  @AfterEach
  void stop() {
    if (page != null) {
      page.close();
    }
    if (lab != null) {
      lab.close();
    }
  }

  @Test
  void showsWhatApiAndProberSayBeforeDuringAndAfterAHandoverAndASwitch() throws Exception {
    page.awaitText(CARRIER, "direct");
    page.screenshot("lab-1-before");

    handOver("relay");
    page.screenshot("lab-2-on-the-relay");
    handOver("direct");
    page.screenshot("lab-3-direct-again");

    page.choose("#migrate-target", "relay:");
    page.click("#migrate");
    page.awaitText("#migrate-result", "the gap was");
    page.screenshot("lab-4-relay-connection-moved");

    lab.command("switch");
    page.screenshot("lab-5-during-the-switch");
    page.await("a migration", () -> !page.findAll("#timeline .mark").isEmpty());
    lab.command("settle");
    page.awaitText(CARRIER, "direct");
    page.screenshot("lab-6-after-the-switch");

    Path report = TARGET.resolve("labs/page-prober.json");
    lab.command("report " + report);
    JsonNode probed = new ObjectMapper().readTree(report.toFile());
    assertMigrationsAreThoseOfTheApi();
    assertFramesAreThoseOfApiAndProber(probed);
    assertThat(page.complaints()).isEmpty();
  }

  /** By the buttons of the page; its result is that of the API. */
  private void handOver(String target) throws IOException, InterruptedException {
    page.choose("#handover-peer", "host2");
    page.choose("#handover-target", target);
    page.click("#handover");
    page.awaitText("#handover-result", "host2: done in");
    page.awaitText(CARRIER, target);
    page.await("the API to tell what the page tells", () -> tellsOf(target));
    JsonNode shown = handoverTold(target);
    page.awaitText("#handovers", "gap " + gap(shown) + ", " + resent(shown));
  }

  private boolean tellsOf(String target) {
    try {
      return !handoverTold(target).isMissingNode();
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** What the API says of the handover whose result the page shows; others may have come since. */
  private JsonNode handoverTold(String target) throws IOException, InterruptedException {
    String told = page.text("#handover-result");
    for (JsonNode each : lab.api("/api/handovers")) {
      if (each.path("result").asText().equals("done")
          && each.path("to").asText().startsWith(target)
          && told.contains("gap " + gap(each))
          && told.contains(resent(each))) {
        return each;
      }
    }
    return MissingNode.getInstance();
  }

  private String gap(JsonNode handover) {
    return page.formatted("milliseconds", handover.path("gap_ms").asDouble());
  }

  private static String resent(JsonNode handover) {
    return handover.path("frames_resent").asLong() + " frame";
  }

  private void assertMigrationsAreThoseOfTheApi() throws IOException, InterruptedException {
    JsonNode migrations = lab.api("/api/migrations");
    assertThat(migrations).isNotEmpty();
    page.await("all migrations", () -> page.findAll("#migrations tr").size() == migrations.size());
    for (JsonNode each : migrations) {
      page.awaitText("#migrations", each.path("old_addr").asText());
      page.awaitText("#migrations", each.path("new_addr").asText());
      page.awaitText("#migrations", page.formatted("milliseconds", each.path("gap_ms").asDouble()));
    }
  }

  /** The prober has ended, so the counters stand still but for a neighbour's question. */
  private void assertFramesAreThoseOfApiAndProber(JsonNode probed)
      throws IOException, InterruptedException {
    JsonNode total = probed.path("total");
    assertThat(total.path("sent").asLong()).isPositive();
    assertThat(total.path("lost").asLong()).isZero();
    assertThat(total.path("doubled").asLong()).isZero();
    JsonNode frames = lab.api("/api/peers").path("peers").path(0).path("frames");
    long moved = frames.path("sent").asLong() + frames.path("received").asLong();
    assertThat(moved).isBetween(total.path("sent").asLong(), total.path("sent").asLong() + 500);
    JsonNode dropped = lab.api("/api/status").path("tap").path("dropped");
    for (Map.Entry<String, JsonNode> reason : dropped.properties()) {
      long count = reason.getValue().asLong();
      if (reason.getKey().equals(BEFORE_THE_PEER) && count > 0) {
        page.awaitText("#drops", page.formatted("count", count));
      } else {
        assertThat(count).as(reason.getKey()).isZero();
      }
    }
    page.awaitText(
        "#peers [data-key='host2']", page.formatted("count", frames.path("sent").asLong()));
    page.awaitText(
        "#peers [data-key='host2']", page.formatted("count", frames.path("received").asLong()));
  }
}
