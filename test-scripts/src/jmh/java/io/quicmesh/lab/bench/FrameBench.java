package io.quicmesh.lab.bench;

import static io.quicmesh.lab.bench.BenchFrames.FRAME;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.quicmesh.tap.frame.FlowHash;
import io.quicmesh.tap.frame.HeaderVerdict;
import io.quicmesh.tap.frame.Segmenter;
import io.quicmesh.tap.frame.VirtioNetHeader;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.infra.Blackhole;

/** Flow hash, check of the virtio-net header, segmentation; one operation is one frame. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class FrameBench {

  private static final int SEGMENTS = 44;

  private final ByteBuf udp = BenchFrames.udp(98);
  private final ByteBuf tcp = BenchFrames.tcp(1514);
  private final ByteBuf superframe = BenchFrames.superframe(SEGMENTS);
  private final Segmenter segmenter = new Segmenter(UnpooledByteBufAllocator.DEFAULT);

  /** The lane of a UDP frame. */
  @Benchmark
  public int flowHashUdp() {
    return FlowHash.of(udp, FRAME, udp.readableBytes() - FRAME);
  }

  /** The lane of a TCP frame. */
  @Benchmark
  public int flowHashTcp() {
    return FlowHash.of(tcp, FRAME, tcp.readableBytes() - FRAME);
  }

  /** A plain frame from a peer. */
  @Benchmark
  public HeaderVerdict headerPlain() {
    return VirtioNetHeader.sanitize(tcp, 0, tcp.readableBytes());
  }

  /** A superframe from a peer. */
  @Benchmark
  public HeaderVerdict headerSuperframe() {
    return VirtioNetHeader.sanitize(superframe, 0, superframe.readableBytes());
  }

  /** A segment of a superframe of 64 KiB, with its checksums. */
  @Benchmark
  @OperationsPerInvocation(SEGMENTS)
  public void segment(Blackhole blackhole) {
    segmenter.segment(
        superframe,
        0,
        superframe.readableBytes(),
        (buf, offset, lengthBytes) -> blackhole.consume(lengthBytes));
  }

  /** Gives the memory back. */
  @TearDown
  public void release() {
    segmenter.close();
    udp.release();
    tcp.release();
    superframe.release();
  }
}
