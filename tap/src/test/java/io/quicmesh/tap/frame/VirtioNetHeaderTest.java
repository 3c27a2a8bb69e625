package io.quicmesh.tap.frame;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class VirtioNetHeaderTest {
  private static final int TCPV4 = VirtioNetHeader.GSO_TCPV4;
  private static final int TCPV6 = VirtioNetHeader.GSO_TCPV6;
  private static final int UDP = VirtioNetHeader.GSO_UDP_L4;

  private final Random random = new Random(1);

  @Test
  void masksEverythingOffACompleteFrame() {
    ByteBuf buf = Frames.tcp4().payload(random, 100).complete();
    buf.setByte(0, 0xfe).setShortLE(2, 9).setShortLE(4, 9).setShortLE(6, 9).setShortLE(8, 9);

    assertThat(sanitize(buf)).isEqualTo(HeaderVerdict.ACCEPTED);
    assertThat(ByteBufUtil.getBytes(buf, 0, 10)).containsOnly(0);
    buf.release();
  }

  @Test
  void acceptsAnOpenChecksumInsideTheFrame() {
    ByteBuf buf = Frames.udp6().payload(random, 100).open(0, 77);
    buf.setByte(0, 0xff);

    assertThat(sanitize(buf)).isEqualTo(HeaderVerdict.ACCEPTED);
    assertThat(buf.getByte(0)).isEqualTo((byte) 1);
    assertThat(VirtioNetHeader.gsoSizeBytes(buf, 0)).isZero();
    assertThat(VirtioNetHeader.checksumStart(buf, 0)).isEqualTo(54);
    assertThat(VirtioNetHeader.headerLengthBytes(buf, 0)).isEqualTo(54 + 6 + 2);
    buf.release();
  }

  @Test
  void refusesAnOpenChecksumOutsideTheFrame() {
    ByteBuf buf = Frames.udp4().payload(random, 100).open(0, 0);
    buf.setShortLE(6, 142).setShortLE(8, 0);
    assertThat(buf.readableBytes()).isEqualTo(10 + 142);
    assertThat(sanitize(buf)).isEqualTo(HeaderVerdict.CHECKSUM_POSITION);

    buf.setShortLE(6, 141);
    assertThat(sanitize(buf)).isEqualTo(HeaderVerdict.CHECKSUM_POSITION);
    buf.setShortLE(6, 140);
    assertThat(sanitize(buf)).isEqualTo(HeaderVerdict.ACCEPTED);

    buf.setShortLE(6, 33);
    assertThat(sanitize(buf)).isEqualTo(HeaderVerdict.CHECKSUM_POSITION);
    buf.setShortLE(6, 0xffff).setShortLE(8, 0xffff);
    assertThat(sanitize(buf)).isEqualTo(HeaderVerdict.CHECKSUM_POSITION);
    buf.release();
  }

  @Test
  void acceptsEveryKindOfSuperframeAndComputesItsHeaderLength() {
    assertHeaderLength(Frames.tcp4().payload(random, 9_000).open(TCPV4, 1_448), 54);
    assertHeaderLength(Frames.tcp4().tcpOptions(12).payload(random, 1_449).open(TCPV4, 1_448), 66);
    assertHeaderLength(Frames.tcp6().tags(0x8100_0001).payload(random, 101).open(TCPV6, 100), 78);
    assertHeaderLength(Frames.udp4().payload(random, 9_000).open(UDP, 1_000), 42);
    assertHeaderLength(
        Frames.udp6().tags(0x88a8_0001, 0x8100_0002).payload(random, 9).open(UDP, 4), 70);
    int[] hopByHop = {6, 0, 1, 4, 0, 0, 0, 0};
    assertHeaderLength(
        Frames.tcp6().extensions(0, hopByHop).payload(random, 9_000).open(TCPV6, 1_000), 82);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 999, 1_000})
  void makesASuperframeOfOneSegmentAFrame(int payloadBytes) {
    ByteBuf tcp = Frames.tcp4().payload(random, payloadBytes).open(TCPV4 | 0x80, 1_000);
    ByteBuf udp = Frames.udp6().payload(random, payloadBytes).open(UDP, 1_000);

    assertHeader(tcp, Frames.tcp4().payload(random, payloadBytes).open(0, 0));
    assertHeader(udp, Frames.udp6().payload(random, payloadBytes).open(0, 0));
  }

  @Test
  void acceptsTheEcnFlagOnTcpOnly() {
    ByteBuf tcp = Frames.tcp4().payload(random, 9_000).open(TCPV4 | 0x80, 1_448);
    ByteBuf udp = Frames.udp4().payload(random, 9_000).open(UDP | 0x80, 1_448);
    ByteBuf none = Frames.tcp4().open(0x80, 0);

    assertThat(sanitize(tcp)).isEqualTo(HeaderVerdict.ACCEPTED);
    assertThat(VirtioNetHeader.gsoType(tcp, 0)).isEqualTo(TCPV4);
    assertThat(sanitize(udp)).isEqualTo(HeaderVerdict.GSO_TYPE);
    assertThat(sanitize(none)).isEqualTo(HeaderVerdict.GSO_TYPE);
    tcp.release();
    udp.release();
    none.release();
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 6, 0x7f, 0x83, 0xff})
  void refusesOtherKindsOfSuperframe(int gsoType) {
    ByteBuf buf = Frames.udp4().payload(random, 3_000).open(gsoType, 1_000);

    assertThat(sanitize(buf)).isEqualTo(HeaderVerdict.GSO_TYPE);
    buf.release();
  }

  @Test
  void refusesASuperframeWithoutOpenChecksum() {
    ByteBuf buf = Frames.tcp4().payload(random, 3_000).open(TCPV4, 1_000);
    buf.setByte(0, 2);

    assertThat(sanitize(buf)).isEqualTo(HeaderVerdict.GSO_WITHOUT_CHECKSUM);
    buf.release();
  }

  @Test
  void refusesASuperframeOfAnotherProtocol() {
    assertRefused(Frames.tcp6().payload(random, 3_000).open(TCPV4, 1_000));
    assertRefused(Frames.tcp4().payload(random, 3_000).open(TCPV6, 1_000));
    assertRefused(Frames.udp4().payload(random, 3_000).open(TCPV4, 1_000));
    assertRefused(Frames.tcp4().payload(random, 3_000).open(UDP, 1_000));
    assertRefused(Frames.tcp4().fragment(0x2000).payload(random, 3_000).open(TCPV4, 1_000));
    ByteBuf arp = Frames.tcp4().payload(random, 3_000).open(TCPV4, 1_000);
    arp.setShort(VirtioNetHeader.BYTES + 12, 0x0806);
    assertRefused(arp);
  }

  @Test
  void refusesASuperframeWhoseHeadersAreCut() {
    ByteBuf cut = Frames.tcp4().open(TCPV4, 1_000);
    assertRefused(cut.writerIndex(cut.writerIndex() - 1));
    ByteBuf options = Frames.tcp4().open(TCPV4, 1_000);
    options.setByte(VirtioNetHeader.BYTES + 34 + 12, 0xf0);
    assertRefused(options);
    ByteBuf small = Frames.tcp4().payload(random, 3_000).open(TCPV4, 1_000);
    small.setByte(VirtioNetHeader.BYTES + 34 + 12, 0x40);
    assertRefused(small);
  }

  @Test
  void refusesASuperframeWhoseChecksumIsElsewhere() {
    ByteBuf buf = Frames.tcp4().payload(random, 3_000).open(TCPV4, 1_000);
    buf.setShortLE(6, 35);
    assertThat(sanitize(buf)).isEqualTo(HeaderVerdict.CHECKSUM_POSITION);

    buf.setShortLE(6, 34).setShortLE(8, 6);
    assertThat(sanitize(buf)).isEqualTo(HeaderVerdict.CHECKSUM_POSITION);
    buf.release();
  }

  @Test
  void refusesSizesThatWouldMakeAFloodOfSegments() {
    assertThat(sanitizeReleasing(Frames.tcp4().payload(random, 60_000).open(TCPV4, 0)))
        .isEqualTo(HeaderVerdict.GSO_SIZE);
    assertThat(sanitizeReleasing(Frames.tcp4().payload(random, 60_000).open(TCPV4, 47)))
        .isEqualTo(HeaderVerdict.GSO_SIZE);
    assertThat(sanitizeReleasing(Frames.udp4().payload(random, 129).open(UDP, 1)))
        .isEqualTo(HeaderVerdict.GSO_SIZE);
    assertThat(sanitizeReleasing(Frames.udp4().payload(random, 128).open(UDP, 1)))
        .isEqualTo(HeaderVerdict.ACCEPTED);
    assertThat(sanitizeReleasing(Frames.udp4().payload(random, 128).open(UDP, 0)))
        .isEqualTo(HeaderVerdict.GSO_SIZE);
  }

  @Test
  void refusesFramesThatAreTooShortOrTooLong() {
    ByteBuf buf = Unpooled.buffer(70_000);

    assertThat(VirtioNetHeader.sanitize(buf, 0, 23)).isEqualTo(HeaderVerdict.TOO_SHORT);
    assertThat(VirtioNetHeader.sanitize(buf, 0, 24)).isEqualTo(HeaderVerdict.ACCEPTED);
    int longest = VirtioNetHeader.BYTES + EthernetFrame.SUPERFRAME_BYTES_MAX;
    assertThat(VirtioNetHeader.sanitize(buf, 0, longest)).isEqualTo(HeaderVerdict.ACCEPTED);
    assertThat(VirtioNetHeader.sanitize(buf, 0, longest + 1)).isEqualTo(HeaderVerdict.TOO_LONG);
  }

  @Test
  void changesNothingInARefusedHeader() {
    ByteBuf buf = Frames.tcp4().payload(random, 3_000).open(TCPV4, 0);
    byte[] before = ByteBufUtil.getBytes(buf);

    sanitize(buf);

    assertThat(ByteBufUtil.getBytes(buf)).isEqualTo(before);
    buf.release();
  }

  @Test
  void knowsWhatADeviceTakesAsItIs() {
    ByteBuf complete = Frames.tcp4().complete();
    ByteBuf open = Frames.tcp4().open(0, 0);
    ByteBuf tcp4 = Frames.tcp4().payload(random, 3_000).open(TCPV4 | 0x80, 1_000);
    ByteBuf tcp6 = Frames.tcp6().payload(random, 3_000).open(TCPV6, 1_000);
    ByteBuf udp = Frames.udp6().payload(random, 3_000).open(UDP, 1_000);
    Offloads onlyTso4 = new Offloads(true, true, false, false);

    assertThat(VirtioNetHeader.fits(complete, 0, Offloads.NONE)).isTrue();
    assertThat(VirtioNetHeader.fits(open, 0, Offloads.NONE)).isFalse();
    assertThat(VirtioNetHeader.fits(open, 0, Offloads.CHECKSUM)).isTrue();
    assertThat(VirtioNetHeader.fits(tcp4, 0, Offloads.CHECKSUM)).isFalse();
    assertThat(VirtioNetHeader.fits(tcp4, 0, onlyTso4)).isTrue();
    assertThat(VirtioNetHeader.fits(tcp6, 0, onlyTso4)).isFalse();
    assertThat(VirtioNetHeader.fits(tcp6, 0, Offloads.TCP)).isTrue();
    assertThat(VirtioNetHeader.fits(udp, 0, Offloads.TCP)).isFalse();
    assertThat(VirtioNetHeader.fits(udp, 0, Offloads.ALL)).isTrue();
    complete.release();
    open.release();
    tcp4.release();
    tcp6.release();
    udp.release();
  }

  private static void assertHeaderLength(ByteBuf buf, int headerBytes) {
    assertThat(sanitize(buf)).isEqualTo(HeaderVerdict.ACCEPTED);
    assertThat(VirtioNetHeader.headerLengthBytes(buf, 0)).isEqualTo(headerBytes);
    buf.release();
  }

  private static void assertHeader(ByteBuf buf, ByteBuf same) {
    assertThat(sanitize(buf)).isEqualTo(HeaderVerdict.ACCEPTED);
    assertThat(sanitize(same)).isEqualTo(HeaderVerdict.ACCEPTED);
    assertThat(ByteBufUtil.hexDump(buf, 0, VirtioNetHeader.BYTES))
        .isEqualTo(ByteBufUtil.hexDump(same, 0, VirtioNetHeader.BYTES));
    buf.release();
    same.release();
  }

  private static void assertRefused(ByteBuf buf) {
    assertThat(sanitizeReleasing(buf)).isEqualTo(HeaderVerdict.GSO_PROTOCOL);
  }

  private static HeaderVerdict sanitizeReleasing(ByteBuf buf) {
    HeaderVerdict verdict = sanitize(buf);
    buf.release();
    return verdict;
  }

  private static HeaderVerdict sanitize(ByteBuf buf) {
    return VirtioNetHeader.sanitize(buf, 0, buf.readableBytes());
  }
}
