package io.quicmesh.migration;

import java.util.Comparator;

/**
 * One try to move a session. Both nodes may begin one at the same time: attempts are ordered by
 * counter, then node id, and the highest wins.
 *
 * @param counter one more than the highest seen by the node that began it
 * @param nodeId the node that began it
 */
public record Attempt(long counter, String nodeId) implements Comparable<Attempt> {

  private static final Comparator<Attempt> ORDER =
      Comparator.comparingLong(Attempt::counter).thenComparing(Attempt::nodeId);

  @Override
  public int compareTo(Attempt other) {
    return ORDER.compare(this, other);
  }
}
