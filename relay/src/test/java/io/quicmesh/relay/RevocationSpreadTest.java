package io.quicmesh.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.quicmesh.transport.identity.TransportIdentity;
import io.quicmesh.transport.wire.CloseCode;
import io.quicmesh.transport.wire.ControlMessage;
import io.quicmesh.transport.wire.Opaque;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** A list of revoked keys on its way to a hundred members at one relay; prints what it takes. */
class RevocationSpreadTest {

  private static final int MEMBERS = 100;

  @Test
  void aListReachesAHundredMembersAndEndsTheOneThatItNames() {
    TestNetwork network = new TestNetwork();
    List<TransportIdentity> members = network.members(MEMBERS);
    List<TestNode> nodes = new ArrayList<>();
    try (RelayHost relay = new RelayHost()) {
      for (TransportIdentity member : members) {
        TestNode node = TestNode.up(relay, member);
        nodes.add(node);
        node.keepTalking();
      }
      TestNode named = nodes.get(MEMBERS - 1);
      Opaque list = network.revocations(1, named.id());
      long begin = System.nanoTime();

      nodes.get(0).send(new ControlMessage.Revocations(list));

      for (TestNode node : nodes) {
        assertThat(node.await(ControlMessage.Revocations.class).signedList()).isEqualTo(list);
      }
      double spreadMillis = (System.nanoTime() - begin) / 1e6;
      assertThat(named.closed()).isEqualTo(CloseCode.REVOKED.code());
      double endedMillis = (System.nanoTime() - begin) / 1e6;
      System.out.printf(
          Locale.ROOT,
          "list at %d members after %.1f ms, the named one ended after %.1f ms%n",
          MEMBERS,
          spreadMillis,
          endedMillis);
    } finally {
      nodes.forEach(TestNode::close);
    }
  }
}
