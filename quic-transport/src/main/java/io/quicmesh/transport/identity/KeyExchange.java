package io.quicmesh.transport.identity;

import java.util.List;
import org.bouncycastle.tls.NamedGroup;

/** Which key exchanges an end-to-end handshake may use. */
public enum KeyExchange {
  /** X25519MLKEM768 and nothing else: safe against a later quantum computer. */
  HYBRID_ONLY,
  /** X25519MLKEM768 first, and X25519 for a peer that is configured to have nothing better. */
  HYBRID_OR_CLASSICAL,
  /** X25519 alone; for tests of the refusal. */
  CLASSICAL_ONLY;

  /** The groups of RFC 8446 section 4.2.7, best first. */
  List<Integer> groups() {
    return switch (this) {
      case HYBRID_ONLY -> List.of(NamedGroup.X25519MLKEM768);
      case HYBRID_OR_CLASSICAL -> List.of(NamedGroup.X25519MLKEM768, NamedGroup.x25519);
      case CLASSICAL_ONLY -> List.of(NamedGroup.x25519);
    };
  }
}
