package io.quicmesh.transport.session;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The receiving end of a lane: knows the number that comes next, and takes it from whichever stream
 * has it. A double is dropped, a gap is never skipped. Owned by the event loop.
 *
 * <p>The control lane holds a few early records aside instead of stopping, because the
 * acknowledgements behind them must not wait.
 */
final class ReceiveLane {

  /** Streams that may feed one lane at a time: old, new, repair, and some that are ending. */
  static final int INPUTS_MAX = 16;

  private static final int EARLY_MAX = 64;

  private final int index;
  private final List<LaneInput> inputs = new ArrayList<>();
  private final TreeMap<Long, Early> early = new TreeMap<>();
  private long expected;
  private long unreportedBytes;
  private boolean unreported;
  private long duplicates;
  private long gapSinceNanos = Long.MAX_VALUE;
  private int reachedEpoch = -1;

  ReceiveLane(int index) {
    this.index = index;
  }

  /** A record of the control lane that came before its turn. */
  record Early(int type, ByteBuf payload) {}

  int index() {
    return index;
  }

  long expected() {
    return expected;
  }

  long duplicates() {
    return duplicates;
  }

  List<LaneInput> inputs() {
    return inputs;
  }

  void delivered(int recordBytes) {
    expected++;
    unreportedBytes += recordBytes;
    unreported = true;
  }

  void duplicate() {
    duplicates++;
  }

  /** Whether a record that is ahead may be held aside with {@link #hold}. */
  boolean canHold() {
    return index == 0 && early.size() < EARLY_MAX;
  }

  /** Keeps a copy of a record that is ahead of its turn. */
  void hold(long number, int type, ByteBuf payload) {
    if (early.containsKey(number)) {
      duplicates++;
    } else {
      early.put(number, new Early(type, payload.copy()));
    }
  }

  /** Hands on the records held aside whose turn it is, then lets waiting streams go on. */
  void advance(Session session) {
    while (!early.isEmpty() && early.firstKey() <= expected) {
      boolean isNext = early.firstKey() == expected;
      Early record = early.pollFirstEntry().getValue();
      if (isNext) {
        delivered(RecordType.HEADER_BYTES + record.payload().readableBytes());
        session.records().handleRecord(record.type(), record.payload());
      } else {
        duplicates++;
      }
      record.payload().release();
    }
    LaneInput ready = nextReady();
    while (ready != null) {
      ready.unblock();
      ready = nextReady();
    }
  }

  private @Nullable LaneInput nextReady() {
    for (LaneInput input : inputs) {
      if (input.isBlocked() && input.nextNumber() <= expected) {
        return input;
      }
    }
    return null;
  }

  /** A stream of this attachment has come, and nothing before it is missing. */
  void handleReached(int epoch) {
    reachedEpoch = Math.max(reachedEpoch, epoch);
  }

  /** Whether the peer uses this lane. */
  boolean isUsed() {
    return reachedEpoch >= 0;
  }

  /** Whether the peer uses this lane, and has not followed to this attachment yet. */
  boolean isBehind(int epoch) {
    return reachedEpoch >= 0 && reachedEpoch < epoch;
  }

  /** Stops reading streams of attachments before this one: all that they had has come. */
  void leaveBefore(int epoch) {
    for (LaneInput input : List.copyOf(inputs)) {
      if (input.attachment().epoch() < epoch && reachedEpoch >= epoch) {
        input.abandon();
      }
    }
  }

  /** Bytes delivered since the last acknowledgement. */
  long unreportedBytes() {
    return unreportedBytes;
  }

  /** Whether the peer is to be told the number that is expected. */
  boolean isUnreported() {
    return unreported;
  }

  void reported() {
    unreportedBytes = 0;
    unreported = false;
  }

  /** The last acknowledgement may not have arrived: it is to be repeated. */
  void reportAgain() {
    unreported = expected > 0;
  }

  /** Since when a stream is ahead of what is expected; {@link Long#MAX_VALUE} if none is. */
  long gapSinceNanos(long nowNanos) {
    if (!isGap()) {
      gapSinceNanos = Long.MAX_VALUE;
    } else if (gapSinceNanos == Long.MAX_VALUE) {
      gapSinceNanos = nowNanos;
    }
    return gapSinceNanos;
  }

  private boolean isGap() {
    for (LaneInput input : inputs) {
      if (input.nextNumber() > expected) {
        return true;
      }
    }
    return !early.isEmpty();
  }

  /** Counts the time of an open gap from now on, because what is missing was asked for. */
  void restartGap(long nowNanos) {
    gapSinceNanos = nowNanos;
  }

  void restart() {
    expected = 0;
    reachedEpoch = -1;
    reported();
    List.copyOf(inputs).forEach(LaneInput::abandon);
    inputs.clear();
    early.values().forEach(record -> record.payload().release());
    early.clear();
  }
}
