package io.quicmesh.node;

import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Who this node is in its network: the certificate changes when it is renewed. And what is wrong
 * with that, and how often somebody was refused. Loop-owned; {@link #identity} from any thread.
 */
final class NodeMembership {

  /** How long a duplicate key stays shown after it was last seen. */
  private static final long DUPLICATE_NANOS = TimeUnit.MINUTES.toNanos(10);

  /** What can be wrong, the worst first. */
  enum Problem {
    REVOKED(Long.MAX_VALUE),
    DUPLICATE_KEY(DUPLICATE_NANOS),
    NOT_RENEWED(Long.MAX_VALUE);

    private final long shownNanos;

    Problem(long shownNanos) {
      this.shownNanos = shownNanos;
    }
  }

  private record Shown(String oneLine, long sinceNanos) {}

  private final AtomicReference<NodeIdentity> identity;
  private final Map<Problem, Shown> problems = new EnumMap<>(Problem.class);
  private final Map<String, Long> counters = new TreeMap<>();
  private Supplier<Map<String, Long>> registrar = Map::of;

  NodeMembership(NodeIdentity identity) {
    this.identity = new AtomicReference<>(identity);
  }

  NodeIdentity identity() {
    return Objects.requireNonNull(identity.get());
  }

  /** The node has another certificate from now on. */
  void handleRenewed(NodeIdentity renewed) {
    identity.set(renewed);
    problems.remove(Problem.NOT_RENEWED);
  }

  /** Something is wrong; returns whether that is news. */
  boolean handleProblem(Problem problem, String oneLine, long nowNanos) {
    Shown before = problems.put(problem, new Shown(oneLine, nowNanos));
    return before == null || nowNanos - before.sinceNanos > problem.shownNanos;
  }

  /** Counts a refusal, or a session that was ended, by its reason. */
  void count(String what, Enum<?> reason) {
    counters.merge(what + "_" + reason.name().toLowerCase(Locale.ROOT), 1L, Long::sum);
  }

  /** Where the registrar's own refusals are counted; any thread may ask it. */
  void setRegistrar(Supplier<Map<String, Long>> counts) {
    registrar = counts;
  }

  /** The worst problem, with its mend, or null. */
  @Nullable String problem(long nowNanos) {
    for (Map.Entry<Problem, Shown> entry : problems.entrySet()) {
      if (nowNanos - entry.getValue().sinceNanos <= entry.getKey().shownNanos) {
        return entry.getValue().oneLine;
      }
    }
    return null;
  }

  /** Everything that was counted, for status and metrics. */
  Map<String, Long> counters() {
    Map<String, Long> all = new TreeMap<>(counters);
    registrar.get().forEach((reason, count) -> all.put("join_refused_" + reason, count));
    return all;
  }
}
