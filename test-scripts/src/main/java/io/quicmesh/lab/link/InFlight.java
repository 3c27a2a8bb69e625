package io.quicmesh.lab.link;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The frames that are under way, the earliest arrival first; equal arrivals in the order in which
 * they left. A binary heap in arrays, so that a frame costs no allocation.
 */
final class InFlight {

  private static final int START_CAPACITY = 64;

  private long[] arrivalNanos = new long[START_CAPACITY];
  private long[] order = new long[START_CAPACITY];
  private @Nullable ByteBuf[] frames = new ByteBuf[START_CAPACITY];
  private int size;
  private long added;
  private long bytes;

  int size() {
    return size;
  }

  long bytes() {
    return bytes;
  }

  /** When the first frame arrives; {@link Long#MAX_VALUE} if there is none. */
  long firstArrivalNanos() {
    return size == 0 ? Long.MAX_VALUE : arrivalNanos[0];
  }

  void add(ByteBuf frame, long arrivalAtNanos) {
    if (size == frames.length) {
      grow();
    }
    bytes += frame.readableBytes();
    int at = siftUp(size, arrivalAtNanos);
    place(at, frame, arrivalAtNanos, added++);
    size++;
  }

  ByteBuf removeFirst() {
    ByteBuf first = frames[0];
    if (first == null) {
      throw new IllegalStateException("nothing is under way");
    }
    bytes -= first.readableBytes();
    size--;
    ByteBuf last = frames[size];
    frames[size] = null;
    if (size > 0 && last != null) {
      int at = siftDown(arrivalNanos[size], order[size]);
      place(at, last, arrivalNanos[size], order[size]);
    }
    return first;
  }

  /** Moves parents down until the new arrival fits; a later addition never passes an equal one. */
  private int siftUp(int from, long arrivalAtNanos) {
    int at = from;
    while (at > 0) {
      int parent = (at - 1) >>> 1;
      if (arrivalNanos[parent] <= arrivalAtNanos) {
        break;
      }
      move(parent, at);
      at = parent;
    }
    return at;
  }

  private int siftDown(long arrivalAtNanos, long ownOrder) {
    int at = 0;
    while (true) {
      int child = 2 * at + 1;
      if (child >= size) {
        return at;
      }
      if (child + 1 < size
          && before(arrivalNanos[child + 1], order[child + 1], arrivalNanos[child], order[child])) {
        child++;
      }
      if (!before(arrivalNanos[child], order[child], arrivalAtNanos, ownOrder)) {
        return at;
      }
      move(child, at);
      at = child;
    }
  }

  private static boolean before(long leftNanos, long leftOrder, long rightNanos, long rightOrder) {
    return leftNanos < rightNanos || (leftNanos == rightNanos && leftOrder < rightOrder);
  }

  private void move(int from, int to) {
    arrivalNanos[to] = arrivalNanos[from];
    order[to] = order[from];
    frames[to] = frames[from];
  }

  private void place(int at, ByteBuf frame, long arrivalAtNanos, long ownOrder) {
    arrivalNanos[at] = arrivalAtNanos;
    order[at] = ownOrder;
    frames[at] = frame;
  }

  private void grow() {
    int capacity = frames.length * 2;
    arrivalNanos = Arrays.copyOf(arrivalNanos, capacity);
    order = Arrays.copyOf(order, capacity);
    frames = Arrays.copyOf(frames, capacity);
  }
}
