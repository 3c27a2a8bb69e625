package io.quicmesh.transport.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.quicmesh.transport.wire.Fingerprint;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class FairQueueTest {

  private static final int STAGED_BYTES_MAX = 1 << 20;

  private final SessionConfig config =
      new SessionConfig(id(1), id(2), 4, STAGED_BYTES_MAX, 16 << 20, 2 << 20);
  private final FairQueue queue = new FairQueue(config, UnpooledByteBufAllocator.DEFAULT);
  private final RecordRing taken = new RecordRing();

  private static Fingerprint id(int number) {
    byte[] bytes = new byte[32];
    bytes[0] = (byte) number;
    return Fingerprint.of(bytes);
  }

  @AfterEach
  void release() {
    queue.release();
    taken.releaseAll();
  }

  private void stage(int flow, int number, int bytes) {
    ByteBuf frame = Unpooled.buffer(bytes).writeInt(flow).writeInt(number).writeZero(bytes - 8);
    queue.stage(frame, 0, bytes, flow, 0);
    frame.release();
  }

  /** Takes one record and says of which flow it is, and its number; null if there is none. */
  private int[] take() {
    FlowQueue next = queue.next(lane -> true);
    if (next == null) {
      return new int[0];
    }
    int bytes = next.nextBytes();
    next.moveNextTo(taken, 0, 0);
    queue.handleTaken(next, bytes);
    ByteBuf buffer = taken.buffer(taken.size() - 1);
    int start = taken.offset(taken.size() - 1) + RecordType.HEADER_BYTES;
    return new int[] {buffer.getInt(start), buffer.getInt(start + 4)};
  }

  @Test
  void sparseFlowPassesOneThatHasFilledTheQueue() {
    for (int i = 0; i < 500; i++) {
      stage(1, i, 1500);
    }
    for (int i = 0; i < 50; i++) {
      take();
    }
    stage(2, 0, 100);

    assertThat(take()).containsExactly(2, 0);
    assertThat(take()[0]).isEqualTo(1);
  }

  @Test
  void busyFlowsShareByBytesAndNotByFrames() {
    for (int i = 0; i < 400; i++) {
      stage(1, i, 1500);
      stage(2, i, 300);
    }
    Map<Integer, Integer> frames = new HashMap<>();
    for (int i = 0; i < 240; i++) {
      frames.merge(take()[0], 1, Integer::sum);
    }

    int large = frames.getOrDefault(1, 0) * 1500;
    int small = frames.getOrDefault(2, 0) * 300;
    assertThat(Math.abs(large - small)).isLessThan(40_000);
  }

  @Test
  void flowsStayInOrderWhateverIsTaken() {
    long seed = 7;
    Random random = new Random(seed);
    int[] staged = new int[300];
    int[] seen = new int[300];
    for (int step = 0; step < 20_000; step++) {
      if (random.nextInt(100) < 52) {
        int flow = random.nextInt(staged.length);
        if (queue.hasRoom(100, flow)) {
          stage(flow, staged[flow]++, 8 + random.nextInt(2000));
        }
      } else {
        int[] frame = take();
        if (frame.length > 0) {
          assertThat(frame[1]).as("seed " + seed).isEqualTo(seen[frame[0]]++);
        }
      }
      if (taken.size() > 100) {
        taken.releaseAll();
      }
    }
    for (int[] frame = take(); frame.length > 0; frame = take()) {
      assertThat(frame[1]).as("seed " + seed).isEqualTo(seen[frame[0]]++);
    }
    assertThat(seen).isEqualTo(staged);
    assertThat(queue.bytes()).isZero();
  }

  @Test
  void superframesWaitForTheirCreditAndNothingStalls() {
    for (int i = 0; i < 3; i++) {
      stage(1, i, 60_000);
      stage(2, i, 60_000);
    }
    List<Integer> order = new ArrayList<>();
    for (int[] frame = take(); frame.length > 0; frame = take()) {
      order.add(frame[0]);
    }

    assertThat(order).containsExactly(1, 2, 1, 2, 1, 2);
  }

  @Test
  void flowOfAShutLaneDoesNotHoldUpOthers() {
    stage(1, 0, 100);
    stage(2, 0, 100);
    int shut = laneOf(1);

    FlowQueue next = queue.next(lane -> lane != shut);

    assertThat(next).isNotNull();
    assertThat(next.lane()).isNotEqualTo(shut);
    assertThat(queue.next(lane -> false)).isNull();
  }

  private int laneOf(int flow) {
    return 1 + flow % config.dataLanes();
  }

  @Test
  void fullQueueKeepsSomeRoomForSparseFlows() {
    int number = 0;
    while (queue.hasRoom(1500, 1)) {
      stage(1, number++, 1500);
    }

    assertThat(queue.bytes()).isLessThanOrEqualTo(STAGED_BYTES_MAX + 1500);
    assertThat(queue.hasRoom(1500, 2)).isTrue();
    while (queue.hasRoom(1500, 2)) {
      stage(2, number++, 1500);
    }
    assertThat(queue.bytes()).isLessThan(STAGED_BYTES_MAX + STAGED_BYTES_MAX / 4);
  }

  @Test
  void dropsWhatIsTooOld() {
    stage(1, 0, 100);
    stage(2, 0, 100);

    assertThat(queue.dropBefore(1)).isEqualTo(2);
    assertThat(queue.bytes()).isZero();
    assertThat(take()).isEmpty();
  }
}
