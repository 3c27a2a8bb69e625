package io.quicmesh.lab.bench;

import static io.quicmesh.lab.bench.BenchFrames.FRAME;

import io.netty.buffer.ByteBuf;
import io.quicmesh.node.switching.FrameSwitch;
import io.quicmesh.node.switching.SwitchLimits;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Learning and look-up in a table of some hundred addresses; one operation is one frame. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class SwitchBench {

  private static final int PEERS = 8;
  private static final int MACS_PER_PEER = 50;
  private static final int FRAME_BYTES = 98;

  private final ByteBuf frame = BenchFrames.udp(FRAME_BYTES);
  private final FrameSwitch frameSwitch = new FrameSwitch(SwitchLimits.defaults());
  private long nowNanos;

  /** Fills the table. */
  @Setup
  public void learn() {
    for (int peer = 1; peer <= PEERS; peer++) {
      frameSwitch.addPeer(peer, nowNanos);
      for (int i = 0; i < MACS_PER_PEER; i++) {
        int low = (int) BenchFrames.TARGET_MAC + peer * 0x10000 + i;
        frame.setInt(FRAME + 8, peer == 1 && i == 0 ? (int) BenchFrames.TARGET_MAC : low);
        frameSwitch.route(frame, FRAME, FRAME_BYTES, peer, nowNanos);
      }
    }
    frame.setInt(FRAME + 8, (int) BenchFrames.SOURCE_MAC);
    if (fromHostToPeer() != 1) {
      throw new IllegalStateException("the switch has not learned");
    }
  }

  /** A frame of this host to a known address. */
  @Benchmark
  public int fromHostToPeer() {
    return frameSwitch.route(frame, FRAME, FRAME_BYTES, FrameSwitch.LOCAL, nowNanos++);
  }

  /** Gives the memory back. */
  @TearDown
  public void release() {
    frame.release();
  }
}
