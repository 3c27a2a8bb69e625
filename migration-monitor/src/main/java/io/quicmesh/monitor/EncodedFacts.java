package io.quicmesh.monitor;

import io.quicmesh.monitor.api.Facts;
import io.quicmesh.monitor.api.NodeFacts;
import io.quicmesh.monitor.api.RelayCircuits;
import io.quicmesh.monitor.api.RelayClients;
import io.quicmesh.monitor.api.RelayFacts;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One snapshot, cut into the parts that are served under {@code /api/PART}; each part is encoded
 * once, when it is first asked for. Owned by the admin thread.
 */
final class EncodedFacts {
  private static final Set<String> NAMES =
      Set.of("status", "peers", "handovers", "clients", "circuits", "connections", "migrations");

  private final Facts facts;
  private final FactsEncoder encoder;
  private final Map<String, Object> parts;
  private final Map<String, byte[]> encoded = new HashMap<>();

  EncodedFacts(Facts facts, FactsEncoder encoder) {
    this.facts = facts;
    this.encoder = encoder;
    this.parts = parts(facts);
  }

  /** Whether node or relay have a part of that name. */
  static boolean isPart(String name) {
    return NAMES.contains(name);
  }

  Facts facts() {
    return facts;
  }

  Set<String> names() {
    return parts.keySet();
  }

  byte @Nullable [] part(String name) {
    Object part = parts.get(name);
    return part == null ? null : encoded.computeIfAbsent(name, key -> encoder.json(part));
  }

  private static Map<String, Object> parts(Facts facts) {
    Map<String, Object> parts = new LinkedHashMap<>();
    if (facts instanceof NodeFacts node) {
      parts.put("status", node.status());
      parts.put("peers", node.peers());
      parts.put("handovers", node.handovers());
    } else if (facts instanceof RelayFacts relay) {
      parts.put("status", relay.status());
      parts.put("clients", new RelayClients(relay.clients()));
      parts.put("circuits", new RelayCircuits(relay.circuits()));
    }
    parts.put("connections", facts.connections());
    parts.put("migrations", facts.migrations());
    return parts;
  }
}
