package io.quicmesh.tap;

import com.sun.jna.LastErrorException;
import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The memory that the kernel shares with a packet socket: a ring of slots, each with one frame and
 * the time of its arrival (packet_mmap, version 2). The slot that is read belongs to the reader
 * from a {@link #next} that answers true until {@link #release}. Used by one thread.
 */
public final class PacketRing {

  private static final int SOL_PACKET = 263;
  private static final int PACKET_RX_RING = 5;
  private static final int PACKET_VERSION = 10;
  private static final int TPACKET_V2 = 1;
  private static final int PROT_READ_WRITE = 3;
  private static final int MAP_SHARED = 1;
  private static final int BLOCK_BYTES = 64 << 10;
  private static final int SLOT_OVERHEAD_BYTES = 96;

  private static final int STATUS_KERNEL = 0;
  private static final int STATUS_USER = 1;
  private static final int LENGTH_AT = 4;
  private static final int CAPTURED_AT = 8;
  private static final int FRAME_AT = 12;
  private static final int SECONDS_AT = 16;
  private static final int NANOS_AT = 20;
  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  private static final VarHandle STATUS =
      MethodHandles.byteBufferViewVarHandle(int[].class, ByteOrder.nativeOrder());

  private final Pointer mapped;
  private final ByteBuffer memory;
  private final int slotBytes;
  private final int slots;
  private int slot;

  private PacketRing(Pointer mapped, int slotBytes, int slots) {
    this.mapped = mapped;
    this.memory = mapped.getByteBuffer(0, (long) slotBytes * slots).order(ByteOrder.nativeOrder());
    this.slotBytes = slotBytes;
    this.slots = slots;
  }

  static PacketRing map(int fd, int frameBytesMax, int frames) throws LastErrorException {
    int slotBytes = Integer.highestOneBit(frameBytesMax + SLOT_OVERHEAD_BYTES - 1) << 1;
    int blocks = Math.max(1, slotBytes * frames / BLOCK_BYTES);
    int slots = blocks * BLOCK_BYTES / slotBytes;
    Memory version = new Memory(Integer.BYTES);
    version.setInt(0, TPACKET_V2);
    PacketCalls.setsockopt(fd, SOL_PACKET, PACKET_VERSION, version, Integer.BYTES);
    Memory request = new Memory(16);
    request.setInt(0, BLOCK_BYTES);
    request.setInt(4, blocks);
    request.setInt(8, slotBytes);
    request.setInt(12, slots);
    PacketCalls.setsockopt(fd, SOL_PACKET, PACKET_RX_RING, request, 16);
    long bytes = (long) blocks * BLOCK_BYTES;
    Pointer mapped = PacketCalls.mmap(Pointer.NULL, bytes, PROT_READ_WRITE, MAP_SHARED, fd, 0);
    return new PacketRing(mapped, slotBytes, slots);
  }

  /** Whether a frame has arrived; until {@link #release} the getters describe it. */
  public boolean next() {
    return ((int) STATUS.getAcquire(memory, slot * slotBytes) & STATUS_USER) != 0;
  }

  /** The memory that {@link #frameIndex} points into. */
  public ByteBuffer memory() {
    return memory;
  }

  /** Where the frame's Ethernet header begins. */
  public int frameIndex() {
    int at = slot * slotBytes;
    return at + Short.toUnsignedInt(memory.getShort(at + FRAME_AT));
  }

  /** The bytes of the frame that are there: all, or as many as the slot holds. */
  public int frameBytes() {
    return memory.getInt(slot * slotBytes + CAPTURED_AT);
  }

  /** The bytes of the frame when it arrived. */
  public int arrivedBytes() {
    return memory.getInt(slot * slotBytes + LENGTH_AT);
  }

  /** When the frame arrived, on the host's wall clock in nanoseconds since 1970. */
  public long arrivalWallNanos() {
    int at = slot * slotBytes;
    long seconds = Integer.toUnsignedLong(memory.getInt(at + SECONDS_AT));
    return seconds * NANOS_PER_SECOND + memory.getInt(at + NANOS_AT);
  }

  /** Gives the slot back to the kernel and goes on to the next. */
  public void release() {
    STATUS.setRelease(memory, slot * slotBytes, STATUS_KERNEL);
    slot = slot + 1 == slots ? 0 : slot + 1;
  }

  void unmap() {
    PacketCalls.munmap(mapped, (long) slotBytes * slots);
  }
}
