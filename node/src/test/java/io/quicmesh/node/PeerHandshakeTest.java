package io.quicmesh.node;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class PeerHandshakeTest {

  @Test
  void takesItsOwnVersionAndLaterOnes() {
    assertThat(PeerHandshake.refusalOf(PeerHandshake.PROTOCOL_VERSION)).isNull();
    assertThat(PeerHandshake.refusalOf(PeerHandshake.PROTOCOL_VERSION + 1)).isNull();
  }

  @Test
  void refusesAVersionThatItNoLongerSpeaksAndSaysWhatToDo() {
    assertThat(PeerHandshake.refusalOf(0)).contains("version 0").contains("update the peer");
  }
}
