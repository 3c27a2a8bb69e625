package io.quicmesh.tap.link;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

final class NetlinkRequestsTest {
  private final ByteBuf out = Unpooled.buffer();

  @Test
  void writesAnAddressThatReadsBack() {
    NetlinkRequests.assignAddress(out, 1, 5, IpPrefix.parse("10.66.0.9/22"));

    LinkAddress address = LinkParser.address(out, 16, out.writerIndex());

    assertThat(address)
        .isEqualTo(new LinkAddress(5, IpPrefix.parse("10.66.0.9/22"), true, false, false));
    assertThat(attributes(16 + 8)).containsExactly("2=0a420009", "1=0a420009", "4=0a4203ff");
  }

  @Test
  void asksForNoDuplicateDetectionAndNoBroadcastWithIpv6() {
    NetlinkRequests.assignAddress(out, 1, 5, IpPrefix.parse("fd66::9/64"));

    assertThat(out.getByte(16)).isEqualTo((byte) 10);
    assertThat(out.getByte(18)).as("flags").isEqualTo((byte) 2);
    assertThat(attributes(16 + 8)).hasSize(2);
  }

  @Test
  void hasNoBroadcastAddressWhereThereIsNoRoom() {
    NetlinkRequests.assignAddress(out, 1, 5, IpPrefix.parse("10.66.0.9/31"));

    assertThat(attributes(16 + 8)).hasSize(2);
  }

  @Test
  void readsAcknowledgements() {
    assertThat(NetlinkRequests.acknowledged(Messages.answer(1).error(0).buf())).isZero();
    assertThat(NetlinkRequests.acknowledged(Messages.answer(1).error(17).buf())).isEqualTo(-17);
    assertThat(NetlinkRequests.acknowledged(Messages.answer(1).done().buf())).isEqualTo(1);
    assertThat(NetlinkRequests.acknowledged(Unpooled.EMPTY_BUFFER)).isEqualTo(1);
  }

  private List<String> attributes(int begin) {
    List<String> found = new ArrayList<>();
    NetlinkAttributes attributes = new NetlinkAttributes(out, begin, out.writerIndex());
    while (attributes.next()) {
      byte[] value = Objects.requireNonNull(attributes.address(NetlinkMessage.AF_INET, 0));
      found.add(attributes.type() + "=" + HexFormat.of().formatHex(value));
    }
    return found;
  }
}
