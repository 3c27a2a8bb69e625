package io.quicmesh.lab.link;

/**
 * What one direction of a link has done since it began.
 *
 * @param in frames that entered
 * @param inBytes their bytes
 * @param out frames that arrived, doubles included
 * @param outBytes their bytes
 * @param dropped frames that did not, by reason
 * @param duplicated frames that the wire doubled
 * @param reordered frames that the wire held back
 * @param flipped frames with a flipped bit
 * @param queueBytes bytes that wait for the transmitter now
 * @param underWayFrames frames between the transmitter and the arrival now
 */
public record LinkCounters(
    long in,
    long inBytes,
    long out,
    long outBytes,
    Drops dropped,
    long duplicated,
    long reordered,
    long flipped,
    long queueBytes,
    long underWayFrames) {

  /**
   * Frames that did not arrive, by reason.
   *
   * @param queue the queue was full
   * @param loss lost by themselves
   * @param burst lost in a burst
   * @param mtu larger than the link carries
   * @param cut the link was cut
   */
  public record Drops(long queue, long loss, long burst, long mtu, long cut) {

    /** All of them. */
    public long total() {
      return queue + loss + burst + mtu + cut;
    }
  }
}
