package io.quicmesh.tap;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Copies what a TAP device reads, batch by batch. */
final class Capture implements TapListener {
  private final BlockingQueue<List<byte[]>> batches = new LinkedBlockingQueue<>();
  private final BlockingQueue<TapException> ends = new LinkedBlockingQueue<>();
  private List<byte[]> current = new ArrayList<>();

  @Override
  public void frame(ByteBuf batch, int offset, int lengthBytes) {
    current.add(ByteBufUtil.getBytes(batch, offset, lengthBytes));
  }

  @Override
  public void batchComplete() {
    batches.add(current);
    current = new ArrayList<>();
  }

  @Override
  public void vanished(TapException cause) {
    ends.add(cause);
  }

  /** The next batch: each element is a virtio-net header with its frame. */
  List<byte[]> awaitBatch() throws InterruptedException {
    List<byte[]> batch = batches.poll(5, TimeUnit.SECONDS);
    if (batch == null) {
      throw new AssertionError("no batch came");
    }
    return batch;
  }

  /** So many frames, whatever batches they come in. */
  List<byte[]> awaitFrames(int count) throws InterruptedException {
    List<byte[]> frames = new ArrayList<>();
    while (frames.size() < count) {
      frames.addAll(awaitBatch());
    }
    return frames;
  }

  boolean isEmpty() {
    return batches.isEmpty();
  }

  @Nullable TapException awaitEnd() throws InterruptedException {
    return ends.poll(5, TimeUnit.SECONDS);
  }
}
