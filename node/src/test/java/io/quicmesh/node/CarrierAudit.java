package io.quicmesh.node;

import io.quicmesh.node.world.Underlay;
import io.quicmesh.node.world.WorldStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;

/**
 * Reads what sessions write on carriers, as an eavesdropper would: under one key no nonce is used
 * twice, and what a lane sends for the first time goes to one carrier at a time.
 */
final class CarrierAudit implements Underlay.Tap {

  private static final int LANE_HEADER_BYTES = 16;
  private static final int RECORD_HEADER_BYTES = 4;
  private static final int LANE = 2;

  private final Map<WorldStream, Reading> streams = new HashMap<>();
  private final Map<Key, BitSet> nonces = new HashMap<>();
  private final Map<Direction, Progress> progress = new HashMap<>();
  private long sealed;

  /** What one key stands for: an attachment of one side; with a lane, a series of nonces. */
  private record Key(Direction direction, String carrier, int epoch, boolean numbered) {}

  /** One lane of one run of a node, with one secret. */
  private record Direction(String node, int secret, Object peer, int lane) {}

  private static final class Progress {
    private long next;
    private int epoch;
  }

  private static final class Reading {
    private byte[] rest = new byte[0];
    private boolean begun;
    private int kind;
    private int lane;
    private int epoch;
    private long next;
  }

  @Override
  public void written(WorldStream stream, byte[] bytes) {
    if (stream.isSplice()) {
      return;
    }
    Reading reading = streams.computeIfAbsent(stream, key -> new Reading());
    byte[] all = Arrays.copyOf(reading.rest, reading.rest.length + bytes.length);
    System.arraycopy(bytes, 0, all, reading.rest.length, bytes.length);
    ByteBuffer in = ByteBuffer.wrap(all);
    if (!reading.begun && in.remaining() >= LANE_HEADER_BYTES) {
      reading.begun = true;
      reading.kind = in.get();
      reading.lane = in.get();
      in.getShort();
      reading.epoch = in.getInt();
      reading.next = in.getLong();
    }
    if (reading.begun) {
      readRecords(stream, reading, in);
    }
    reading.rest = Arrays.copyOfRange(all, in.position(), all.length);
  }

  private void readRecords(WorldStream stream, Reading reading, ByteBuffer in) {
    while (in.remaining() >= RECORD_HEADER_BYTES) {
      int header = in.getInt(in.position());
      int length = header >>> 8;
      if (in.remaining() < RECORD_HEADER_BYTES + length) {
        return;
      }
      if (reading.kind == LANE) {
        check(stream, reading, header & 0xff, in);
      }
      in.position(in.position() + RECORD_HEADER_BYTES + length);
    }
  }

  private void check(WorldStream stream, Reading reading, int type, ByteBuffer in) {
    boolean numbered = type < 0x10 || type > 0x12;
    String node = stream.sendingHost() + "#" + System.identityHashCode(stream.sendingHost().loop());
    Direction direction =
        new Direction(node, stream.sendingHost().handshakes(), stream.peer(), reading.lane);
    if (stream.isCircuit()) {
      sealed++;
      long nonce = numbered ? reading.next : in.getLong(in.position() + RECORD_HEADER_BYTES);
      Key key = new Key(direction, stream.carrier(), reading.epoch, numbered);
      BitSet used = nonces.computeIfAbsent(key, missing -> new BitSet());
      if (used.get((int) nonce)) {
        throw new AssertionError("the same key and nonce twice: " + key + " " + nonce);
      }
      used.set((int) nonce);
    }
    if (numbered) {
      advance(direction, reading);
      reading.next++;
    }
  }

  private void advance(Direction direction, Reading reading) {
    Progress lane = progress.computeIfAbsent(direction, missing -> new Progress());
    // What is written on a stream that has just ended is not seen, and comes again later.
    lane.next = Math.max(lane.next, reading.next);
    if (reading.next == lane.next) {
      if (reading.epoch < lane.epoch) {
        throw new AssertionError(
            direction + " went back from epoch " + lane.epoch + " to " + reading.epoch);
      }
      lane.epoch = reading.epoch;
      lane.next++;
    }
  }

  /** Records seen that were sealed. */
  long sealed() {
    return sealed;
  }
}
