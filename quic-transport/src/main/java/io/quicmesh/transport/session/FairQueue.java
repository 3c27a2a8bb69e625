package io.quicmesh.transport.session;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * The frames of a session that wait for their first sending, in an order that is fair between flows
 * and never changes inside one (RFC 8290, without its dropping): a flow that just began to have
 * frames goes before those that have had some for long, which take turns by bytes. So a ping passes
 * a bulk transfer that has filled the session. Owned by the event loop.
 */
final class FairQueue {

  private static final int QUEUES = 128;
  private static final long QUANTUM_BYTES = 16 * 1024;

  /** What a sparse flow may add to a queue that others have filled. */
  private static final long SPARSE_BYTES_MAX = 64 * 1024;

  private final @Nullable FlowQueue[] queues = new FlowQueue[QUEUES];
  private final Deque<FlowQueue> sparse = new ArrayDeque<>();
  private final Deque<FlowQueue> busy = new ArrayDeque<>();
  private final int dataLanes;
  private final long bytesMax;
  private final ByteBufAllocator allocator;
  private long bytes;

  FairQueue(SessionConfig config, ByteBufAllocator allocator) {
    this.dataLanes = config.dataLanes();
    this.bytesMax = config.stagedBytesMax();
    this.allocator = allocator;
  }

  /** Whether a frame of a flow may still be staged. */
  boolean hasRoom(int frameBytes, int flowHash) {
    if (bytes + frameBytes <= bytesMax) {
      return true;
    }
    FlowQueue queue = queues[index(flowHash)];
    long own = frameBytes + (queue == null ? 0 : queue.bytes());
    return own <= SPARSE_BYTES_MAX && bytes + frameBytes <= bytesMax + bytesMax / 4;
  }

  /** Stages a frame. */
  void stage(ByteBuf source, int offset, int length, int flowHash, long nowNanos) {
    int index = index(flowHash);
    FlowQueue queue = queues[index];
    if (queue == null) {
      queue = new FlowQueue(1 + index % dataLanes, allocator);
      queues[index] = queue;
    }
    queue.stage(RecordType.FRAME, source, offset, length, nowNanos);
    bytes += RecordType.HEADER_BYTES + length;
    if (!queue.isQueued()) {
      queue.join(QUANTUM_BYTES);
      sparse.add(queue);
    }
  }

  private static int index(int flowHash) {
    return (flowHash & 0x7fff_ffff) % QUEUES;
  }

  /** The queue whose turn it is among those whose lane can take something, or null. */
  @Nullable FlowQueue next(IntPredicate isLaneOpen) {
    FlowQueue found = next(sparse, isLaneOpen);
    return found != null ? found : next(busy, isLaneOpen);
  }

  private @Nullable FlowQueue next(Deque<FlowQueue> row, IntPredicate isLaneOpen) {
    int shut = 0;
    while (shut < row.size()) {
      FlowQueue first = row.removeFirst();
      if (first.isEmpty()) {
        retire(first);
      } else if (!isLaneOpen.test(first.lane())) {
        row.addLast(first);
        shut++;
      } else if (first.creditBytes() <= 0) {
        first.addCredit(QUANTUM_BYTES);
        first.handleTurnOver();
        busy.addLast(first);
        shut = 0;
      } else {
        row.addFirst(first);
        return first;
      }
    }
    return null;
  }

  /** A sparse flow waits one turn in the other row, lest it starve that one by stopping often. */
  private void retire(FlowQueue empty) {
    if (empty.isSparse() && !busy.isEmpty()) {
      empty.handleTurnOver();
      busy.addLast(empty);
    } else {
      empty.leave();
    }
  }

  /** Notes that records of a queue were sent. */
  void handleTaken(FlowQueue from, long takenBytes) {
    from.addCredit(-takenBytes);
    bytes -= takenBytes;
  }

  long bytes() {
    return bytes;
  }

  /** Drops records that are older than this moment; returns how many. */
  int dropBefore(long nanos) {
    int dropped = 0;
    bytes = 0;
    for (FlowQueue queue : queues) {
      if (queue != null) {
        dropped += queue.dropBefore(nanos);
        bytes += queue.bytes();
      }
    }
    return dropped;
  }

  void release() {
    for (FlowQueue queue : queues) {
      if (queue != null) {
        queue.release();
      }
    }
    sparse.clear();
    busy.clear();
    bytes = 0;
  }
}
