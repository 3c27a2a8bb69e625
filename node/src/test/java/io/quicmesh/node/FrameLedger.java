package io.quicmesh.node;

import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Keeps what sessions have accepted and what came out at the other host: every flow in order,
 * nothing twice, and nothing lost but what the session says that it dropped.
 */
final class FrameLedger {

  static final int FLOWS = 4;
  static final int FRAME_BYTES_MIN = 60;
  private static final int ETHERTYPE = 0x88b5;
  private static final int SEQUENCE_OFFSET = 14;

  private final Map<Flow, Deque<Integer>> expected = new HashMap<>();
  private final Map<Flow, Integer> next = new HashMap<>();
  private final Map<Pair, long[]> lost = new HashMap<>();
  private long accepted;
  private long delivered;

  /** A flow of one run of a node. */
  record Flow(Pair pair, int number) {}

  /** A run of a node, and the node that it sends to. */
  record Pair(int from, int boot, int to) {}

  /** Writes an Ethernet frame. */
  static void write(ByteBuf out, Flow flow, int sequence, int bytes) {
    int start = out.writerIndex();
    mac(out, flow.pair.to, flow.number);
    mac(out, flow.pair.from, flow.number);
    out.writeShort(ETHERTYPE).writeByte(flow.pair.from).writeByte(flow.pair.to);
    out.writeShort(flow.pair.boot).writeByte(flow.number).writeInt(sequence);
    out.writeZero(Math.max(0, bytes - (out.writerIndex() - start)));
  }

  private static void mac(ByteBuf out, int node, int flow) {
    out.writeByte(2).writeByte(0).writeByte(0).writeByte(0).writeByte(node + 1).writeByte(flow);
  }

  int nextSequence(Flow flow) {
    return next.merge(flow, 1, Integer::sum);
  }

  void accept(Flow flow, int sequence) {
    accepted++;
    expected.computeIfAbsent(flow, key -> new ArrayDeque<>()).add(sequence);
  }

  /** A frame came out at a node's host. */
  void receive(int at, ByteBuf frame, int offset) {
    int data = offset + SEQUENCE_OFFSET;
    if (frame.getUnsignedShort(offset + 12) != ETHERTYPE) {
      throw new AssertionError("a frame that nobody sent");
    }
    int to = frame.getUnsignedByte(data + 1);
    if (to != at) {
      return;
    }
    Pair pair = new Pair(frame.getUnsignedByte(data), frame.getUnsignedShort(data + 2), to);
    Flow flow = new Flow(pair, frame.getUnsignedByte(data + 4));
    take(flow, frame.getInt(data + 5));
  }

  private void take(Flow flow, int sequence) {
    delivered++;
    Deque<Integer> waiting = expected.getOrDefault(flow, new ArrayDeque<>());
    int skipped = 0;
    while (!waiting.isEmpty() && waiting.element() < sequence) {
      waiting.remove();
      skipped++;
    }
    if (waiting.isEmpty() || waiting.remove() != sequence) {
      throw new AssertionError(flow + ": frame " + sequence + " came twice or out of order");
    }
    if (skipped > 0) {
      lost.computeIfAbsent(flow.pair, key -> new long[1])[0] += skipped;
    }
  }

  /** Frames that cannot come any more because a later one of their flow has come. */
  long lost(Pair pair) {
    return lost.getOrDefault(pair, new long[1])[0];
  }

  /** Frames that were accepted and have not come. */
  long missing(Pair pair) {
    long missing = 0;
    for (Map.Entry<Flow, Deque<Integer>> entry : expected.entrySet()) {
      if (entry.getKey().pair.equals(pair)) {
        missing += entry.getValue().size();
      }
    }
    return missing;
  }

  List<Pair> lossy() {
    return new ArrayList<>(lost.keySet());
  }

  long accepted() {
    return accepted;
  }

  long delivered() {
    return delivered;
  }
}
