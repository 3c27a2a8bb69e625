package io.quicmesh.lab.stranger;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Packets of one kind that the stranger sends one after the other.
 *
 * @param kind what they are
 * @param ports from so many ports in turn
 * @param challengeable whether the gate may challenge their source
 */
record Volley(String kind, int ports, boolean challengeable, List<byte[]> packets) {

  private static final int PACKETS = 20;
  private static final int PORTS = 50;
  private static final int SMALL_BYTES = 60;
  private static final int LARGE_BYTES = 1200;
  private static final int FIXED_BIT = 0x40;
  private static final int LONG_HEADER = 0xc0;
  private static final int INITIAL = 0x00;
  private static final int HANDSHAKE = 0x20;

  /** All that can be made of what was seen of a connection. */
  static List<Volley> against(SeenConnection seen, Random random) {
    Garbage garbage = new Garbage(seen, random);
    return List.of(
        new Volley("garbage, 60 bytes", 1, true, garbage.shorts(PACKETS, SMALL_BYTES)),
        new Volley("garbage, 1200 bytes", 1, true, garbage.shorts(PACKETS, LARGE_BYTES)),
        new Volley("garbage, 50 ports", PORTS, true, garbage.shorts(PORTS, SMALL_BYTES)),
        new Volley("copied packet", 1, true, copies(seen.shorts())),
        new Volley("copied Initial", 1, false, copies(seen.initials())),
        new Volley("copied Handshake", 1, false, copies(seen.handshakes())),
        new Volley("garbage Initial", 1, false, garbage.longs(INITIAL)),
        new Volley("garbage Handshake", 1, false, garbage.longs(HANDSHAKE)));
  }

  /** The newest ones, again and again. */
  private static List<byte[]> copies(List<byte[]> seen) {
    List<byte[]> copies = new ArrayList<>();
    int from = Math.max(0, seen.size() - PACKETS);
    for (int i = 0; i < PACKETS; i++) {
      copies.add(seen.get(from + i % (seen.size() - from)));
    }
    return copies;
  }

  /** The size of the smallest one. */
  int bytesMin() {
    return packets.stream().mapToInt(packet -> packet.length).min().orElse(0);
  }

  /** Packets with a known id and nothing else that is right. */
  private record Garbage(SeenConnection seen, Random random) {

    List<byte[]> shorts(int count, int bytes) {
      List<byte[]> packets = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        byte[] packet = bytes(bytes);
        packet[0] = (byte) (FIXED_BIT | (packet[0] & 0x3f));
        System.arraycopy(seen.id(), 0, packet, 1, seen.id().length);
        packets.add(packet);
      }
      return packets;
    }

    /** Without a token, and with lengths that fit in. */
    List<byte[]> longs(int type) {
      List<byte[]> ids = new ArrayList<>(seen.firstIds());
      ids.add(seen.id());
      List<byte[]> packets = new ArrayList<>();
      for (int i = 0; i < PACKETS; i++) {
        byte[] id = ids.get(i % ids.size());
        InitialPacket.Header header = new InitialPacket.Header(id, bytes(id.length));
        byte[] packet = bytes(LARGE_BYTES);
        packet[0] = (byte) (LONG_HEADER | type | (packet[0] & 0x0f));
        header.write(packet, type == INITIAL);
        packets.add(packet);
      }
      return packets;
    }

    private byte[] bytes(int length) {
      byte[] bytes = new byte[length];
      random.nextBytes(bytes);
      return bytes;
    }
  }
}
