package io.quicmesh.lab.probe;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Keeps the longest gaps. Mutable; owned by the thread that reads the ring. */
final class GapLog {

  private static final Comparator<Gap> LONGEST_FIRST =
      Comparator.comparingLong(Gap::excessNanos).reversed();

  private final int kept;
  private final List<Gap> longest = new ArrayList<>();

  GapLog(int kept) {
    this.kept = kept;
  }

  /** The excess that a gap must have to be kept. */
  long excessNanosMin() {
    return longest.size() < kept ? 1 : longest.get(kept - 1).excessNanos() + 1;
  }

  void add(Gap gap) {
    if (gap.excessNanos() < excessNanosMin()) {
      return;
    }
    longest.add(gap);
    longest.sort(LONGEST_FIRST);
    if (longest.size() > kept) {
      longest.remove(kept);
    }
  }

  /** The longest, when what the sender stalled is taken out. */
  List<Gap> longestFirst(Stalls stalls, int limit) {
    return longest.stream()
        .map(gap -> gap.withoutStalls(stalls))
        .filter(gap -> gap.excessNanos() > 0)
        .sorted(LONGEST_FIRST)
        .limit(limit)
        .toList();
  }
}
