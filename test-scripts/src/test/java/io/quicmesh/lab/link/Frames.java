package io.quicmesh.lab.link;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;

/** Makes numbered frames for a direction and takes out what has arrived. */
final class Frames {

  static final long MILLI = 1_000_000L;

  private Frames() {}

  static ByteBuf numbered(int number, int bytes) {
    return Unpooled.buffer(bytes).writeZero(bytes - 4).writeInt(number);
  }

  /** One frame that arrived. */
  record Arrival(int number, long nanos) {}

  /** Drives the direction from deadline to deadline, as its shell does, until the given time. */
  static List<Arrival> drainUntil(LinkDirection direction, long untilNanos) {
    List<Arrival> arrivals = new ArrayList<>();
    while (direction.nextDeadlineNanos() <= untilNanos) {
      long nowNanos = direction.nextDeadlineNanos();
      ByteBuf frame = direction.poll(nowNanos);
      while (frame != null) {
        arrivals.add(new Arrival(frame.getInt(frame.writerIndex() - 4), nowNanos));
        frame.release();
        frame = direction.poll(nowNanos);
      }
    }
    return arrivals;
  }

  static List<Integer> numbers(List<Arrival> arrivals) {
    return arrivals.stream().map(Arrival::number).toList();
  }
}
