package io.quicmesh.lab.stranger;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What came back to the ports of one {@link Volley}. */
final class Tally {

  private static final byte OWN_FIRST_BYTE = 0x40;
  private static final long OWN_MARK = 0x717569636d657368L;
  private static final byte CHALLENGE = 1;
  private static final int OWN_HEADER_BYTES = 1 + Long.BYTES + 1;

  private final Volley volley;
  private final List<Long> challengesNanos = new ArrayList<>();
  private int challengeBytesMax;
  private int quicPackets;
  private int quicBytes;

  Tally(Volley volley) {
    this.volley = volley;
  }

  /** A datagram came; all that is no challenge of the gate counts as QUIC's. */
  void received(ByteBuffer datagram, long nowNanos) {
    int bytes = datagram.remaining();
    if (bytes >= OWN_HEADER_BYTES
        && datagram.get(0) == OWN_FIRST_BYTE
        && datagram.getLong(1) == OWN_MARK
        && datagram.get(OWN_HEADER_BYTES - 1) == CHALLENGE) {
      challengesNanos.add(nowNanos);
      challengeBytesMax = Math.max(challengeBytesMax, bytes);
    } else {
      quicPackets++;
      quicBytes += bytes;
    }
  }

  List<Long> challengesNanos() {
    return challengesNanos;
  }

  /** As the labs' scripts read it. */
  Map<String, Object> report() {
    Map<String, Object> report = new LinkedHashMap<>();
    report.put("kind", volley.kind());
    report.put("sent", volley.packets().size());
    report.put("sent_bytes_min", volley.bytesMin());
    report.put("challengeable", volley.challengeable());
    report.put("quic_packets", quicPackets);
    report.put("quic_bytes", quicBytes);
    report.put("challenges", challengesNanos.size());
    report.put("challenge_bytes_max", challengeBytesMax);
    return report;
  }
}
