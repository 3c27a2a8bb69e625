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

  /** All that were kept, when what the sender stalled is taken out. */
  List<Gap> longestFirst(Stalls sender, Stalls machine) {
    return longest.stream()
        .map(gap -> gap.without(sender, machine))
        .filter(gap -> gap.excessNanos() > 0)
        .sorted(LONGEST_FIRST)
        .toList();
  }
}
