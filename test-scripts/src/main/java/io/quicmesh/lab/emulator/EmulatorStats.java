package io.quicmesh.lab.emulator;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.quicmesh.lab.link.LinkCounters;
import io.quicmesh.tap.TapCounters;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/** Counters of all links in the shape of their JSON, by direction and by end. */
record EmulatorStats(Map<String, Direction> directions, Map<String, End> ends) {

  /** What one direction has done; the frames that it holds now count neither as out nor dropped. */
  @JsonNaming(SnakeCaseStrategy.class)
  record Direction(
      long in,
      long inBytes,
      long out,
      long outBytes,
      LinkCounters.Drops dropped,
      long droppedTotal,
      long duplicated,
      long reordered,
      long flipped,
      long queueBytes,
      long underWayFrames) {

    static Direction of(LinkCounters counters) {
      return new Direction(
          counters.in(),
          counters.inBytes(),
          counters.out(),
          counters.outBytes(),
          counters.dropped(),
          counters.dropped().total(),
          counters.duplicated(),
          counters.reordered(),
          counters.flipped(),
          counters.queueBytes(),
          counters.underWayFrames());
    }
  }

  /**
   * What went through one TAP device; what it drops is the emulator's failure, not the link's.
   *
   * @param ringDrops frames that the host sent and that the emulator did not read in time
   */
  @JsonNaming(SnakeCaseStrategy.class)
  record End(long in, long out, Map<String, Long> dropped, long ringDrops) {

    static End of(LinkEnd end) throws IOException {
      TapCounters counters = end.counters();
      Map<String, Long> dropped = new TreeMap<>();
      counters.dropped().forEach((reason, count) -> dropped.put(reason.shown(), count));
      return new End(counters.framesIn(), counters.framesOut(), dropped, end.ringDrops());
    }
  }

  static EmulatorStats of(Emulator emulator) throws IOException {
    Map<String, Direction> directions = new LinkedHashMap<>();
    for (LinkFlow flow : emulator.flows()) {
      directions.put(flow.name(), Direction.of(flow.direction().counters()));
    }
    Map<String, End> ends = new LinkedHashMap<>();
    for (Map.Entry<String, LinkEnd> end : emulator.ends().entrySet()) {
      ends.put(end.getKey(), End.of(end.getValue()));
    }
    return new EmulatorStats(directions, ends);
  }
}
