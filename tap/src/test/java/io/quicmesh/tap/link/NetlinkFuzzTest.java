package io.quicmesh.tap.link;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/** What a netlink socket returns, of any bytes, at any stage of a look at the host. */
final class NetlinkFuzzTest {
  @FuzzTest
  void takesAnyMessagesAndGoesOn(byte[] data) {
    LinkObserver observer = new LinkObserver(50, 200, 0);
    observer.handleStart(0);
    for (int round = 1; round <= 3; round++) {
      ByteBuf messages = Unpooled.wrappedBuffer(data.clone());
      withSequence(messages, round);
      observer.handleMessages(messages, round);
      observer.handleDeadline(round);
    }
    while (observer.poll() != null) {
      assertThat(observer.nextDeadlineNanos()).isPositive();
    }
    observer.handleOverrun(1_000);
    assertThat(observer.nextDeadlineNanos()).isBetween(1L, 1_200L);
  }

  /** Makes the first messages answers to the request of this number. */
  private static void withSequence(ByteBuf messages, int sequence) {
    int offset = 0;
    while (messages.writerIndex() - offset >= 16) {
      messages.setIntLE(offset + 8, sequence);
      long length = messages.getUnsignedIntLE(offset);
      if (length < 16 || length > messages.writerIndex() - offset) {
        return;
      }
      offset += NetlinkMessage.align((int) length);
    }
  }
}
