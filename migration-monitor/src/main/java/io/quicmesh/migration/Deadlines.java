package io.quicmesh.migration;

/** What the machines of this package agree on about deadlines. */
public final class Deadlines {

  /** A deadline that never comes. */
  public static final long NEVER = Long.MAX_VALUE;

  private Deadlines() {}
}
