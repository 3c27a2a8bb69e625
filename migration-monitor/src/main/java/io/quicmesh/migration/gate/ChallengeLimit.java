package io.quicmesh.migration.gate;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/**
 * At most so many challenges to a source prefix within any second. Prefixes share a fixed number of
 * places by a seeded hash, so that strangers cannot make it grow; two that meet share the limit.
 *
 * <p>Mutable; owned by the gate's thread.
 */
final class ChallengeLimit {

  private static final int PLACES = 1024;
  private static final long SECOND_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long LONG_AGO = Long.MIN_VALUE / 2;

  private final int perSecond;
  private final long seed;
  private final long[] sentNanos;
  private final int[] oldest = new int[PLACES];

  ChallengeLimit(int perSecond, long seed) {
    this.perSecond = perSecond;
    this.seed = seed;
    this.sentNanos = new long[PLACES * perSecond];
    Arrays.fill(sentNanos, LONG_AGO);
  }

  /** Takes one of the prefix's challenges; false if there is none left. */
  boolean tryTake(long prefix, long nowNanos) {
    int place = place(prefix);
    int index = place * perSecond + oldest[place];
    if (nowNanos - sentNanos[index] < SECOND_NANOS) {
      return false;
    }
    sentNanos[index] = nowNanos;
    oldest[place] = (oldest[place] + 1) % perSecond;
    return true;
  }

  /** The finalizer of SplitMix64 over the seeded prefix. */
  private int place(long prefix) {
    long mixed = prefix + seed;
    mixed = (mixed ^ (mixed >>> 30)) * 0xbf58476d1ce4e5b9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
    return (int) ((mixed ^ (mixed >>> 31)) & (PLACES - 1));
  }
}
