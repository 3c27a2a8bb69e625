package io.quicmesh.relay.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.quicmesh.transport.wire.ControlMessage;
import io.quicmesh.transport.wire.Opaque;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ControlInboxTest {

  private final ControlInbox inbox = new ControlInbox(0);

  @Test
  void givesMessagesInOrderNoFasterThanAllowed() {
    for (int i = 0; i < 300; i++) {
      assertThat(inbox.offer(new ControlMessage.Ping(i))).isTrue();
    }

    int burst = poll(0, 0);
    int nextSecond = poll(TimeUnit.SECONDS.toNanos(1), burst);

    assertThat(burst).isEqualTo(ControlInbox.MESSAGES_BURST);
    assertThat(nextSecond).isEqualTo(ControlInbox.MESSAGES_PER_SECOND);
    assertThat(inbox.nextDeadlineNanos())
        .isEqualTo(TimeUnit.SECONDS.toNanos(1) + TimeUnit.MILLISECONDS.toNanos(20));
  }

  private int poll(long nowNanos, int first) {
    int count = 0;
    for (ControlMessage message = inbox.poll(nowNanos);
        message != null;
        message = inbox.poll(nowNanos)) {
      assertThat(message).isEqualTo(new ControlMessage.Ping(first + count));
      count++;
    }
    return count;
  }

  @Test
  void holdsABoundedNumber() {
    for (int i = 0; i < ControlInbox.WAITING_MAX; i++) {
      inbox.offer(new ControlMessage.Ping(i));
    }

    assertThat(inbox.offer(new ControlMessage.Ping(0))).isFalse();
  }

  @Test
  void holdsFewLargeMessages() {
    ControlMessage list = new ControlMessage.Revocations(Opaque.of(new byte[60_000]));
    for (int i = 0; i < ControlInbox.WAITING_LISTS_MAX; i++) {
      assertThat(inbox.offer(list)).isTrue();
    }

    assertThat(inbox.offer(list)).isFalse();
    assertThat(inbox.poll(0)).isEqualTo(list);
    assertThat(inbox.offer(list)).isTrue();
    assertThat(inbox.nextDeadlineNanos()).isLessThan(Long.MAX_VALUE);
  }
}
