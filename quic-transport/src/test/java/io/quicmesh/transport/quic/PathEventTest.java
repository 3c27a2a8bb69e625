package io.quicmesh.transport.quic;

import static org.assertj.core.api.Assertions.assertThat;

import io.quicmesh.transport.quic.PathEvent.Kind;
import io.quicmesh.transport.stream.SendStream;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PathEventTest {

  private static final String BEFORE = "before";

  private final TestNetwork network = new TestNetwork();

  @Test
  void aClientHearsThatItsServerSendsFromElsewhere() throws Exception {
    try (TestHost a = TestHost.member(network);
        TestHost b = TestHost.member(network);
        TestNat nat = TestNat.before(b.address())) {
      TestConnection atA = a.dial(nat.inside(), network.anyMember());
      TestConnection atB = b.accepted();
      SendStream stream = atB.open();
      atB.write(stream, BEFORE);
      atA.accepted().awaitBytes(BEFORE.length());

      nat.rebindInside();
      atB.write(stream, "from elsewhere");

      atA.awaitStranger();
    }
  }

  @Test
  void aReboundNatShowsAsAMigrationWithRealAddresses() throws Exception {
    try (TestHost a = TestHost.member(network);
        TestHost b = TestHost.member(network);
        TestNat nat = TestNat.before(b.address())) {
      TestConnection atA = a.dial(nat.inside(), network.anyMember());
      TestConnection atB = b.accepted();
      InetSocketAddress before = nat.outside();
      assertThat(atB.connection().remoteAddress()).isEqualTo(before);
      SendStream stream = atA.open();
      atA.write(stream, "before ");
      TestStream received = atB.accepted();
      received.awaitBytes("before ".length());

      nat.rebind();
      atA.write(stream, "after");

      received.awaitBytes("before after".length());
      InetSocketAddress after = nat.outside();
      List<PathEvent> events = new ArrayList<>();
      do {
        events.add(atB.pathEvent());
      } while (events.get(events.size() - 1).kind() != Kind.MIGRATED);
      assertThat(events).allMatch(event -> event.remote().equals(after));
      assertThat(events).allMatch(event -> event.local().equals(b.address()));
      assertThat(events)
          .extracting(PathEvent::kind)
          .containsSubsequence(Kind.NEW, Kind.VALIDATED, Kind.MIGRATED);
      assertThat(events)
          .filteredOn(event -> event.kind() == Kind.REUSED_ID)
          .allMatch(event -> before.equals(event.oldRemote()));
      assertThat(atB.connection().remoteAddress()).isEqualTo(after);
      assertThat(received.text()).isEqualTo("before after");
      ConnectionStats stats = TestHost.await(b.call(() -> atB.connection().stats()));
      assertThat(stats.active().remote()).isEqualTo(after);
    }
  }
}
