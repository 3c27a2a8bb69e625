package io.quicmesh.node;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/**
 * Random lives of nodes and relays. {@code -Dworld.seed=N} runs one of them alone and tells its
 * story, {@code -Dworld.schedules=N} runs so many.
 */
class SimulatedWorldTest {

  private static final int SCHEDULES = 1_000;

  private static final Logger NOISE = (Logger) LoggerFactory.getLogger("io.quicmesh");

  private final WorldIdentities identities = new WorldIdentities();

  @BeforeAll
  static void quieten() {
    NOISE.setLevel(Level.ERROR);
  }

  @AfterAll
  static void restore() {
    NOISE.setLevel(null);
  }

  @Test
  void noFrameIsLostDoubledOrReorderedWhateverHappensUnderneath() {
    Long alone = Long.getLong("world.seed");
    long first = alone == null ? Long.getLong("world.first", 1) : alone;
    long count = alone == null ? Long.getLong("world.schedules", SCHEDULES) : 1;
    List<String> failures = Collections.synchronizedList(new ArrayList<>());
    AtomicLong slowest = new AtomicLong();
    long startNanos = System.nanoTime();
    LongStream.range(first, first + count)
        .parallel()
        .forEach(seed -> runOne(seed, alone != null, failures, slowest));
    System.out.printf(
        "%d schedules in %.1f s, %d failed, rest within %d ms%n",
        count,
        (System.nanoTime() - startNanos) / 1e9,
        failures.size(),
        slowest.get() / World.MILLI);
    Collections.sort(failures);
    assertThat(failures).as("failures").isEmpty();
  }

  private void runOne(long seed, boolean tell, List<String> failures, AtomicLong slowest) {
    Schedule schedule = new Schedule(seed, identities);
    try {
      schedule.run();
      slowest.accumulateAndGet(schedule.restNanos(), Math::max);
    } catch (AssertionError | RuntimeException e) {
      if (failures.size() < 50) {
        failures.add("-Dworld.seed=" + seed + ": " + e);
      } else {
        failures.add("-Dworld.seed=" + seed);
      }
      if (tell) {
        e.printStackTrace(System.out);
      }
    }
    if (tell) {
      System.out.println(schedule.world().story());
    }
  }
}
