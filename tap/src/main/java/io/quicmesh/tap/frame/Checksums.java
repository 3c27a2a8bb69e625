package io.quicmesh.tap.frame;

import io.netty.buffer.ByteBuf;

/** The Internet checksum (RFC 1071): the complement of the one's complement sum of 16-bit words. */
public final class Checksums {
  private static final long WORD_MASK = 0xffff_ffffL;

  private Checksums() {}

  /**
   * Adds the bytes, the first one being the high half of a word. The sum is to be {@link #fold
   * folded}; sums of stretches with an even number of bytes can be added.
   */
  public static long sum(ByteBuf buf, int offset, int lengthBytes) {
    int end = offset + lengthBytes;
    int at = offset;
    long sum = 0;
    for (; at <= end - Long.BYTES; at += Long.BYTES) {
      long words = buf.getLong(at);
      sum += (words >>> Integer.SIZE) + (words & WORD_MASK);
    }
    for (; at <= end - Short.BYTES; at += Short.BYTES) {
      sum += buf.getUnsignedShort(at);
    }
    if (at < end) {
      sum += buf.getUnsignedByte(at) << Byte.SIZE;
    }
    return sum;
  }

  /** The 16-bit one's complement sum. */
  public static int fold(long sum) {
    long folded = (sum >>> Integer.SIZE) + (sum & WORD_MASK);
    while (folded > 0xffff) {
      folded = (folded >>> Short.SIZE) + (folded & 0xffff);
    }
    return (int) folded;
  }

  /** The checksum to store for a sum. */
  public static int complement(long sum) {
    return ~fold(sum) & 0xffff;
  }

  /** The checksum to store where 0 means that there is none (UDP): 0 becomes 0xffff. */
  public static int complementNotZero(long sum) {
    int checksum = complement(sum);
    return checksum == 0 ? 0xffff : checksum;
  }
}
