package io.quicmesh.node.switching;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class FrameSwitchTest {

  private static final int ANNE = 1;
  private static final int BERT = 2;
  private static final long HOST_MAC = 0x02_00_00_00_00_01L;
  private static final long ANNE_MAC = 0x02_00_00_00_00_0aL;
  private static final long BERT_MAC = 0x02_00_00_00_00_0bL;
  private static final long MULTICAST = 0x01_00_5e_00_00_fbL;

  private final FrameSwitch frameSwitch = new FrameSwitch(SwitchLimits.defaults());
  private long nowNanos = -5;

  @BeforeEach
  void addPeers() {
    frameSwitch.addPeer(ANNE, nowNanos);
    frameSwitch.addPeer(BERT, nowNanos);
  }

  @Test
  void floodsWhatItDoesNotKnow() {
    assertThat(route(FrameSwitch.LOCAL, ANNE_MAC, HOST_MAC)).isEqualTo(FrameSwitch.FLOOD);
    assertThat(route(ANNE, BERT_MAC, ANNE_MAC)).isEqualTo(FrameSwitch.FLOOD);
  }

  @Test
  void sendsOnlyWhereAnAddressWasSeen() {
    route(ANNE, HOST_MAC, ANNE_MAC);

    assertThat(route(FrameSwitch.LOCAL, ANNE_MAC, HOST_MAC)).isEqualTo(ANNE);
    assertThat(route(BERT, HOST_MAC, BERT_MAC)).isEqualTo(FrameSwitch.LOCAL);
    assertThat(frameSwitch.macs()).isEqualTo(3);
  }

  @Test
  void floodsBroadcastsAndMulticasts() {
    route(ANNE, HOST_MAC, ANNE_MAC);

    assertThat(route(FrameSwitch.LOCAL, Frames.BROADCAST, HOST_MAC)).isEqualTo(FrameSwitch.FLOOD);
    assertThat(route(FrameSwitch.LOCAL, MULTICAST, HOST_MAC)).isEqualTo(FrameSwitch.FLOOD);
    assertThat(route(ANNE, MULTICAST, ANNE_MAC)).isEqualTo(FrameSwitch.FLOOD);
  }

  @Test
  void neverPassesAFrameFromPeerToPeer() {
    route(BERT, HOST_MAC, BERT_MAC);

    assertThat(route(ANNE, BERT_MAC, ANNE_MAC)).isEqualTo(FrameSwitch.DROP);
    assertDropped(SwitchDrop.NOT_FOR_THIS_HOST, 1);
  }

  @Test
  void neverSendsAFrameBackWhereItCameFrom() {
    route(FrameSwitch.LOCAL, ANNE_MAC, HOST_MAC);
    route(ANNE, HOST_MAC, ANNE_MAC);

    assertThat(route(FrameSwitch.LOCAL, HOST_MAC, HOST_MAC)).isEqualTo(FrameSwitch.DROP);
    assertThat(route(ANNE, ANNE_MAC, ANNE_MAC)).isEqualTo(FrameSwitch.DROP);
    assertDropped(SwitchDrop.SAME_PORT, 2);
  }

  @Test
  void dropsFramesThatNobodyCanHaveSent() {
    assertThat(route(ANNE, HOST_MAC, 0)).isEqualTo(FrameSwitch.DROP);
    assertThat(route(ANNE, HOST_MAC, MULTICAST)).isEqualTo(FrameSwitch.DROP);
    assertThat(route(ANNE, HOST_MAC, Frames.BROADCAST)).isEqualTo(FrameSwitch.DROP);

    assertDropped(SwitchDrop.BAD_SOURCE, 3);
    assertThat(frameSwitch.macs()).isZero();
  }

  @Test
  void dropsWhatIsShorterThanAHeader() {
    ByteBuf frame = Unpooled.buffer().writeZero(13);

    assertThat(frameSwitch.route(frame, 0, 13, ANNE, nowNanos)).isEqualTo(FrameSwitch.DROP);
    assertDropped(SwitchDrop.RUNT, 1);
  }

  @Test
  void readsAFrameAtItsOffset() {
    ByteBuf batch = Unpooled.buffer().writeZero(12);
    batch.writeBytes(Frames.untagged(HOST_MAC, ANNE_MAC));

    frameSwitch.route(batch, 12, batch.readableBytes() - 12, ANNE, nowNanos);

    assertThat(route(FrameSwitch.LOCAL, ANNE_MAC, HOST_MAC)).isEqualTo(ANNE);
  }

  @Test
  void keepsATableForEachVlan() {
    routeTagged(ANNE, HOST_MAC, ANNE_MAC, 7);
    routeTagged(BERT, HOST_MAC, ANNE_MAC, 8);

    assertThat(routeTagged(FrameSwitch.LOCAL, ANNE_MAC, HOST_MAC, 7)).isEqualTo(ANNE);
    assertThat(routeTagged(FrameSwitch.LOCAL, ANNE_MAC, HOST_MAC, 8)).isEqualTo(BERT);
    assertThat(routeTagged(FrameSwitch.LOCAL, ANNE_MAC, HOST_MAC, 9)).isEqualTo(FrameSwitch.FLOOD);
    assertThat(route(FrameSwitch.LOCAL, ANNE_MAC, HOST_MAC)).isEqualTo(FrameSwitch.FLOOD);
  }

  @Test
  void takesPriorityTagsForNoVlan() {
    routeTagged(ANNE, HOST_MAC, ANNE_MAC, 0xe000);

    assertThat(route(FrameSwitch.LOCAL, ANNE_MAC, HOST_MAC)).isEqualTo(ANNE);
  }

  @Test
  void forgetsAddressesThatWereNotSeenForLong() {
    route(ANNE, HOST_MAC, ANNE_MAC);
    sleep(300);
    assertThat(route(FrameSwitch.LOCAL, ANNE_MAC, HOST_MAC)).isEqualTo(ANNE);

    nowNanos++;
    assertThat(route(FrameSwitch.LOCAL, ANNE_MAC, HOST_MAC)).isEqualTo(FrameSwitch.FLOOD);
    assertThat(frameSwitch.macs()).isEqualTo(2);
    frameSwitch.sweep(nowNanos);
    assertThat(frameSwitch.macs()).isEqualTo(1);
  }

  @Test
  void remembersAddressesThatAreSeenAgain() {
    for (int i = 0; i < 4; i++) {
      route(ANNE, HOST_MAC, ANNE_MAC);
      sleep(200);
    }

    assertThat(route(FrameSwitch.LOCAL, ANNE_MAC, HOST_MAC)).isEqualTo(ANNE);
  }

  @Test
  void followsAnAddressThatMoves() {
    route(ANNE, HOST_MAC, ANNE_MAC);
    route(BERT, HOST_MAC, ANNE_MAC);

    assertThat(route(FrameSwitch.LOCAL, ANNE_MAC, HOST_MAC)).isEqualTo(BERT);
  }

  @Test
  void holdsAnAddressThatMovesTooOften() {
    route(ANNE, HOST_MAC, ANNE_MAC);
    for (int i = 0; i < 5; i++) {
      assertThat(route(i % 2 == 0 ? BERT : ANNE, HOST_MAC, ANNE_MAC))
          .isNotEqualTo(FrameSwitch.DROP);
    }

    assertThat(route(ANNE, HOST_MAC, ANNE_MAC)).isEqualTo(FrameSwitch.DROP);
    assertDropped(SwitchDrop.MAC_MOVING, 1);
    assertThat(frameSwitch.loopEvents()).isEqualTo(1);
    assertThat(route(FrameSwitch.LOCAL, ANNE_MAC, HOST_MAC)).isEqualTo(BERT);

    sleep(11);
    assertThat(route(ANNE, HOST_MAC, ANNE_MAC)).isNotEqualTo(FrameSwitch.DROP);
    assertThat(route(FrameSwitch.LOCAL, ANNE_MAC, HOST_MAC)).isEqualTo(ANNE);
  }

  @Test
  void learnsOnlySoManyAddressesOfOnePeer() {
    for (int i = 0; i < 70; i++) {
      assertThat(route(ANNE, Frames.BROADCAST, ANNE_MAC + 256L * i)).isEqualTo(FrameSwitch.FLOOD);
    }

    assertThat(frameSwitch.macs()).isEqualTo(64);
    assertThat(frameSwitch.notLearned()).isEqualTo(6);
    assertThat(route(FrameSwitch.LOCAL, ANNE_MAC + 256L * 69, HOST_MAC))
        .as("not learned, so still flooded")
        .isEqualTo(FrameSwitch.FLOOD);
    route(BERT, HOST_MAC, BERT_MAC);
    assertThat(route(FrameSwitch.LOCAL, BERT_MAC, HOST_MAC)).as("another peer").isEqualTo(BERT);
  }

  @Test
  void aFullPeerTakesNoAddressAwayFromAnother() {
    for (int i = 0; i < 64; i++) {
      route(ANNE, HOST_MAC, ANNE_MAC + 256L * i);
    }
    route(BERT, HOST_MAC, BERT_MAC);

    route(ANNE, HOST_MAC, BERT_MAC);

    assertThat(route(FrameSwitch.LOCAL, BERT_MAC, HOST_MAC)).isEqualTo(BERT);
  }

  @Test
  void anAgedAddressCountsOnceWhereverItComesBack() {
    for (int i = 0; i < 64; i++) {
      route(ANNE, HOST_MAC, ANNE_MAC + 256L * i);
    }
    sleep(301);
    for (int i = 0; i < 64; i++) {
      route(BERT, HOST_MAC, ANNE_MAC + 256L * i);
    }
    for (int i = 64; i < 128; i++) {
      route(ANNE, HOST_MAC, ANNE_MAC + 256L * i);
    }

    assertThat(frameSwitch.macs()).isEqualTo(128);
    assertThat(frameSwitch.notLearned()).isZero();
  }

  @Test
  void aFullTableStillPassesFramesAndMakesRoomForTheLiving() {
    FrameSwitch small = new FrameSwitch(new SwitchLimits(8, 8, 1000, 5, 1000, 200, 400));
    for (int i = 1; i <= 8; i++) {
      small.route(Frames.untagged(HOST_MAC, i << 1), 0, 60, FrameSwitch.LOCAL, 0);
    }

    int full = small.route(Frames.untagged(HOST_MAC, ANNE_MAC), 0, 60, ANNE, 1);
    assertThat(full).isEqualTo(FrameSwitch.FLOOD);
    assertThat(small.macs()).isEqualTo(8);
    assertThat(small.notLearned()).isEqualTo(1);

    long later = TimeUnit.SECONDS.toNanos(2);
    small.route(Frames.untagged(HOST_MAC, ANNE_MAC), 0, 60, ANNE, later);
    assertThat(small.macs()).isEqualTo(1);
    assertThat(small.route(Frames.untagged(ANNE_MAC, HOST_MAC), 0, 60, FrameSwitch.LOCAL, later))
        .isEqualTo(ANNE);
  }

  @Test
  void stopsABroadcastStormOfOnePeer() {
    for (int i = 0; i < 400; i++) {
      assertThat(route(ANNE, Frames.BROADCAST, ANNE_MAC)).isEqualTo(FrameSwitch.FLOOD);
    }

    assertThat(route(ANNE, Frames.BROADCAST, ANNE_MAC)).isEqualTo(FrameSwitch.DROP);
    assertDropped(SwitchDrop.STORM, 1);
    assertThat(route(ANNE, HOST_MAC, ANNE_MAC)).as("unicast").isEqualTo(FrameSwitch.FLOOD);
    assertThat(route(BERT, Frames.BROADCAST, BERT_MAC)).as("another").isEqualTo(FrameSwitch.FLOOD);
    assertThat(route(FrameSwitch.LOCAL, Frames.BROADCAST, HOST_MAC)).isEqualTo(FrameSwitch.FLOOD);
    sleep(1);
    assertThat(route(ANNE, Frames.BROADCAST, ANNE_MAC)).isEqualTo(FrameSwitch.FLOOD);
  }

  @Test
  void forgetsTheAddressesOfAPeerThatIsRemoved() {
    route(ANNE, HOST_MAC, ANNE_MAC);
    route(BERT, HOST_MAC, BERT_MAC);

    frameSwitch.removePeer(ANNE, nowNanos);

    assertThat(route(FrameSwitch.LOCAL, ANNE_MAC, HOST_MAC)).isEqualTo(FrameSwitch.FLOOD);
    assertThat(route(FrameSwitch.LOCAL, BERT_MAC, HOST_MAC)).isEqualTo(BERT);
    frameSwitch.removePeer(ANNE, nowNanos);
    assertThat(frameSwitch.macs()).isEqualTo(2);
  }

  @Test
  void removingAPeerGivesOthersTheRoomOfTheirAgedAddresses() {
    for (int i = 0; i < 64; i++) {
      route(BERT, HOST_MAC, BERT_MAC + 256L * i);
    }
    sleep(301);
    frameSwitch.removePeer(ANNE, nowNanos);

    for (int i = 64; i < 128; i++) {
      route(BERT, HOST_MAC, BERT_MAC + 256L * i);
    }

    assertThat(frameSwitch.macs()).isEqualTo(64);
    assertThat(frameSwitch.notLearned()).isZero();
  }

  private int route(int from, long destination, long source) {
    return frameSwitch.route(Frames.untagged(destination, source), 0, 60, from, nowNanos);
  }

  private int routeTagged(int from, long destination, long source, int tag) {
    return frameSwitch.route(Frames.tagged(destination, source, tag), 0, 64, from, nowNanos);
  }

  private void assertDropped(SwitchDrop reason, long count) {
    assertThat(frameSwitch.drops()).containsEntry(reason, count);
    assertThat(frameSwitch.drops().values().stream().mapToLong(Long::longValue).sum())
        .isEqualTo(count);
  }

  private void sleep(long seconds) {
    nowNanos += TimeUnit.SECONDS.toNanos(seconds);
  }
}
