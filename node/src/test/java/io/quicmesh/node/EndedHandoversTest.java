package io.quicmesh.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.quicmesh.migration.CarrierId;
import io.quicmesh.migration.CarrierKind;
import io.quicmesh.migration.HandoverCause;
import io.quicmesh.migration.HandoverReport;
import io.quicmesh.migration.HandoverResult;
import io.quicmesh.migration.HandoverState;
import io.quicmesh.migration.HandoverStep;
import io.quicmesh.monitor.api.HandoverEntry;
import io.quicmesh.transport.wire.Fingerprint;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

final class EndedHandoversTest {

  private static final Fingerprint ALICE = fingerprint(1);
  private static final Fingerprint BOB = fingerprint(2);
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private final EndedHandovers handovers = new EndedHandovers();
  private int seconds;

  @Test
  void showsAHandoverAsThoseWhoWatchReadIt() {
    HandoverEntry entry = add(ALICE, "alice", HandoverResult.DONE);

    assertThat(entry.peer()).isEqualTo("alice");
    assertThat(entry.from()).isEqualTo("none");
    assertThat(entry.to()).isEqualTo("relay:192.0.2.1:4433");
    assertThat(entry.result()).isEqualTo(HandoverEntry.DONE);
    assertThat(entry.totalMs()).isEqualTo(2.5);
    assertThat(entry.gapMs()).isEqualTo(1.5);
  }

  @Test
  void listsThoseOfAllPeersTheNewestFirst() {
    add(ALICE, "alice", HandoverResult.DONE);
    add(BOB, "bob", HandoverResult.FAILED);
    add(ALICE, "alice", HandoverResult.DONE);

    assertThat(handovers.newestFirst())
        .extracting(HandoverEntry::peer)
        .containsExactly("alice", "bob", "alice");
  }

  @Test
  void countsThoseThatSucceededOnly() {
    add(ALICE, "alice", HandoverResult.DONE);
    add(ALICE, "alice", HandoverResult.FAILED);

    assertThat(handovers.countOf(ALICE)).isEqualTo(1);
    assertThat(handovers.countOf(BOB)).isZero();
  }

  @Test
  void keepsTheLastHundredOfAPeerAndGoesOnCounting() {
    for (int i = 0; i < 120; i++) {
      add(ALICE, "alice", HandoverResult.DONE);
    }

    assertThat(handovers.newestFirst()).hasSize(100);
    assertThat(handovers.newestFirst().get(99).time()).isEqualTo(START.plusSeconds(21));
    assertThat(handovers.countOf(ALICE)).isEqualTo(120);
  }

  private HandoverEntry add(Fingerprint peer, String name, HandoverResult result) {
    CarrierId to = new CarrierId(CarrierKind.RELAY, "192.0.2.1:4433");
    HandoverReport report =
        new HandoverReport(
            null,
            CarrierKind.RELAY,
            to,
            HandoverCause.DEAD,
            false,
            result,
            null,
            HandoverState.CLOSING_RELAY,
            List.of(new HandoverStep(HandoverState.CONNECTING, 2_500_000)),
            1_500_000,
            0,
            to);
    return handovers.add(peer, name, report, START.plusSeconds(++seconds));
  }

  private static Fingerprint fingerprint(int number) {
    return Fingerprint.of(ByteBuffer.allocate(Fingerprint.BYTES).putInt(number).array());
  }
}
