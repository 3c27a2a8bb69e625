package io.quicmesh.lab.probe;

import static org.assertj.core.api.Assertions.assertThat;

import io.quicmesh.lab.probe.ProbeCodec.Probe;
import io.quicmesh.lab.probe.ProbeCodec.Result;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class ProbeCodecTest {

  private static final int RUN = 77;
  private static final int FRAME_BYTES = 128;

  private final ProbeCodec codec = new ProbeCodec();

  @ParameterizedTest
  @EnumSource(ProbeKind.class)
  void readsWhatItWrote(ProbeKind kind) {
    ByteBuffer frame = frame(kind, probe());
    Probe read = new Probe();

    assertThat(ProbeFrame.findProbe(kind, frame, 0, FRAME_BYTES)).isTrue();
    assertThat(codec.read(RUN, frame, read)).isEqualTo(Result.READ);

    assertThat(read).usingRecursiveComparison().isEqualTo(probe());
  }

  @Test
  void findsTheProbeOfAFrameInTheMiddleOfARing() {
    ByteBuffer ring = ByteBuffer.allocate(1024);
    ring.put(300, frame(ProbeKind.UDP, probe()).clear(), 0, FRAME_BYTES);
    Probe read = new Probe();

    assertThat(ProbeFrame.findProbe(ProbeKind.UDP, ring, 300, FRAME_BYTES)).isTrue();

    assertThat(codec.read(RUN, ring, read)).isEqualTo(Result.READ);
    assertThat(read.number).isEqualTo(probe().number);
  }

  @Test
  void anyFlippedBitOfItIsNoticed() {
    ByteBuffer frame = frame(ProbeKind.ETHERNET, probe());
    Probe read = new Probe();

    for (int bit = 4 * 8; bit < (FRAME_BYTES - 14) * 8; bit++) {
      flip(frame, 14 + bit / 8, bit % 8);
      assertThat(codec.read(RUN, frame, read)).as("bit %d", bit).isEqualTo(Result.DAMAGED);
      flip(frame, 14 + bit / 8, bit % 8);
    }
    assertThat(codec.read(RUN, frame, read)).isEqualTo(Result.READ);
  }

  @Test
  void aLostEndIsNoticed() {
    ByteBuffer frame = frame(ProbeKind.ETHERNET, probe());
    ProbeFrame.findProbe(ProbeKind.ETHERNET, frame, 0, FRAME_BYTES - 1);

    assertThat(codec.read(RUN, frame, new Probe())).isEqualTo(Result.DAMAGED);
  }

  @Test
  void otherRunsAndOtherFramesAreForeign() {
    ByteBuffer ofOtherRun = frame(ProbeKind.ETHERNET, probe());
    ByteBuffer noProbe = frame(ProbeKind.ETHERNET, probe());
    noProbe.putInt(14, 1);
    ByteBuffer tooShort = ByteBuffer.allocate(ProbeCodec.PROBE_BYTES - 1);

    assertThat(codec.read(RUN + 1, ofOtherRun, new Probe())).isEqualTo(Result.FOREIGN);
    assertThat(codec.read(RUN, noProbe, new Probe())).isEqualTo(Result.FOREIGN);
    assertThat(codec.read(RUN, tooShort, new Probe())).isEqualTo(Result.FOREIGN);
    assertThat(ProbeFrame.findProbe(ProbeKind.UDP, noProbe, 0, 77)).isFalse();
  }

  @Test
  void theIpHeaderIsSound() {
    ByteBuffer frame = frame(ProbeKind.UDP, probe()).clear();

    int sum = 0;
    for (int at = 14; at < 34; at += 2) {
      sum += Short.toUnsignedInt(frame.getShort(at));
    }
    assertThat((sum & 0xffff) + (sum >>> 16)).isEqualTo(0xffff);
    assertThat(frame.getShort(16)).isEqualTo((short) (FRAME_BYTES - 14));
    assertThat(frame.getInt(26)).isEqualTo(198 << 24 | 18 << 16 | 1 << 8 | 4);
    assertThat(frame.getInt(30)).isEqualTo(198 << 24 | 18 << 16 | 4);
  }

  @Test
  void flowsOfEthernetHaveAddressesOfTheirOwnAndNeverThoseOfTheInterface() {
    long mac = 0x0e1234567890L;

    assertThat(ProbeFrame.probeMac(mac, 0)).isEqualTo(0x0c1234567890L);
    assertThat(ProbeFrame.probeMac(mac, 1)).isEqualTo(0x0c1235567890L);
  }

  private ByteBuffer frame(ProbeKind kind, Probe probe) {
    ByteBuffer frame = ByteBuffer.allocate(FRAME_BYTES);
    ProbeFrame.Route route = new ProbeFrame.Route(kind, 0x0200_0000_0001L, 0x0200_0000_0002L, 1, 3);
    ProbeFrame.prepare(route, frame, FRAME_BYTES);
    codec.write(probe, frame);
    return frame;
  }

  private static Probe probe() {
    Probe probe = new Probe();
    probe.run = RUN;
    probe.end = 1;
    probe.flow = 3;
    probe.number = 1L << 33;
    probe.sentNanos = 123_456_789_012L;
    probe.spacingNanos = 4_000_000_000L;
    return probe;
  }

  private static void flip(ByteBuffer frame, int index, int bit) {
    frame.put(index, (byte) (frame.get(index) ^ 1 << bit));
  }
}
