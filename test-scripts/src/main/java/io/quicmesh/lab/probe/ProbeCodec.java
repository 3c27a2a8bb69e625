package io.quicmesh.lab.probe;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * Writes and reads the probe that is inside a frame: who sent it in which run, its flow, its number
 * in the flow, the time of sending, and a checksum (CRC-32C) over all of it and the filling behind
 * it. Mutable; owned by one thread.
 */
public final class ProbeCodec {

  static final int PROBE_BYTES = 36;

  private static final long SPACING_NANOS_MAX = 0xffff_ffffL;
  private static final int MAGIC = 0x716d7072;
  private static final int RUN_AT = 4;
  private static final int NUMBER_AT = 8;
  private static final int SENT_AT = 16;
  private static final int END_AT = 24;
  private static final int TYPE_AT = 25;
  private static final int FLOW_AT = 26;
  private static final int SPACING_AT = 28;
  private static final int CHECKSUM_AT = 32;

  private final CRC32C checksum = new CRC32C();
  private final ByteBuffer noBytes = ByteBuffer.allocate(Integer.BYTES);

  /** What reading found. */
  public enum Result {
    /** A whole probe. */
    READ,
    /** Not a probe of this run. */
    FOREIGN,
    /** A probe whose bytes were changed on the way, or cut. */
    DAMAGED
  }

  /** What a probe is for. */
  public enum Type {
    /** It is counted. */
    DATA,
    /** It only shows that the way is open, and on which side its sender is. */
    HELLO
  }

  /** One probe's fields, to be filled again and again. Mutable. */
  public static final class Probe {
    /** Which run of the prober it belongs to. */
    public int run;

    /** Which end sent it, 0 or 1. */
    public int end;

    /** What it is for. */
    public Type type = Type.DATA;

    /** Its flow, from 0. */
    public int flow;

    /** Its number in the flow, from 0. */
    public long number;

    /** When it was sent, on the host's monotonic clock. */
    public long sentNanos;

    /** How long before that the flow's previous frame was sent; at most 4 s are told. */
    public long spacingNanos;
  }

  /** Writes the probe at the buffer's position; everything up to the limit is its filling. */
  public void write(Probe probe, ByteBuffer frame) {
    int at = frame.position();
    frame.putInt(at, MAGIC);
    frame.putInt(at + RUN_AT, probe.run);
    frame.putLong(at + NUMBER_AT, probe.number);
    frame.putLong(at + SENT_AT, probe.sentNanos);
    frame.put(at + END_AT, (byte) probe.end);
    frame.put(at + TYPE_AT, (byte) (probe.type == Type.HELLO ? 1 : 0));
    frame.putShort(at + FLOW_AT, (short) probe.flow);
    frame.putInt(at + SPACING_AT, (int) Math.min(probe.spacingNanos, SPACING_NANOS_MAX));
    frame.putInt(at + CHECKSUM_AT, checksum(frame, at, frame.limit()));
  }

  /**
   * Reads the probe between the buffer's position and its limit into {@code probe}, which is only
   * defined after {@link Result#READ}.
   */
  public Result read(int run, ByteBuffer frame, Probe probe) {
    int at = frame.position();
    if (frame.remaining() < PROBE_BYTES || frame.getInt(at) != MAGIC) {
      return Result.FOREIGN;
    }
    boolean whole = checksum(frame, at, frame.limit()) == frame.getInt(at + CHECKSUM_AT);
    if (frame.getInt(at + RUN_AT) != run) {
      return whole ? Result.FOREIGN : Result.DAMAGED;
    }
    int end = frame.get(at + END_AT);
    int type = frame.get(at + TYPE_AT);
    long number = frame.getLong(at + NUMBER_AT);
    if (!whole || (end & ~1) != 0 || (type & ~1) != 0 || number < 0) {
      return Result.DAMAGED;
    }
    probe.run = run;
    probe.end = end;
    probe.type = type == 0 ? Type.DATA : Type.HELLO;
    probe.flow = Short.toUnsignedInt(frame.getShort(at + FLOW_AT));
    probe.number = number;
    probe.sentNanos = frame.getLong(at + SENT_AT);
    probe.spacingNanos = Integer.toUnsignedLong(frame.getInt(at + SPACING_AT));
    return Result.READ;
  }

  /** Over the probe with its checksum taken as 0, and the filling. */
  private int checksum(ByteBuffer frame, int from, int to) {
    int position = frame.position();
    int limit = frame.limit();
    checksum.reset();
    checksum.update(frame.limit(from + CHECKSUM_AT).position(from));
    checksum.update(noBytes.rewind());
    checksum.update(frame.limit(to).position(from + PROBE_BYTES));
    frame.limit(limit).position(position);
    return (int) checksum.getValue();
  }
}
