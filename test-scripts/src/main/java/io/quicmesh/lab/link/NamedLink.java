package io.quicmesh.lab.link;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The ladder of links that labs call by name, from the best to the worst.
 *
 * <p>A name stands for a whole link, so its time is that of the round trip: each direction has half
 * of it. Rate and loss are those of each direction. Jitter and queue are what such links usually
 * have; jitter never reorders here.
 */
public enum NamedLink {
  /** No limit, no delay, no fault. */
  WIRE("wire", ""),
  /** Two hosts in one hall. */
  DATA_CENTRE("data-centre", "delay=150us"),
  /** The link on which the project's figures for handover and migration are judged. */
  LAB("lab", "rate=100mbit delay=5ms queue=512k"),
  /** A quiet room. */
  GOOD_WIFI("good-wifi", "rate=100mbit delay=8ms jitter=1ms loss=0.1% queue=512k"),
  /** A conference. */
  CONGESTED_WIFI("congested-wifi", "rate=25mbit delay=20ms jitter=5ms loss=1% queue=256k"),
  /** At the edge of a cell. */
  WEAK_4G("weak-4g", "rate=8mbit delay=45ms jitter=10ms loss=2% queue=256k"),
  /** An old network. */
  THREE_G("3g", "rate=3mbit delay=100ms jitter=20ms loss=3% queue=192k"),
  /** A phone on a motorway. */
  MOVING_CAR("moving-car", "rate=800kbit delay=225ms jitter=50ms loss=8% queue=96k"),
  /** A geostationary satellite. */
  SATELLITE("satellite", "rate=25mbit delay=300ms jitter=2ms loss=1.5% queue=2m");

  private final String linkName;
  private final String words;

  NamedLink(String linkName, String words) {
    this.linkName = linkName;
    this.words = words;
  }

  /** The name by which commands call it. */
  public String linkName() {
    return linkName;
  }

  /** What it sets, in the words of {@link LinkWords}. */
  public String words() {
    return words;
  }

  /** What it sets in each direction. */
  public LinkSettings settings() {
    return LinkWords.apply(words, LinkSettings.WIRE);
  }

  static NamedLink byName(String name) {
    return Arrays.stream(values())
        .filter(link -> link.linkName.equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "no link is named " + name + "; there are: " + String.join(" ", names())));
  }

  private static List<String> names() {
    return Arrays.stream(values()).map(NamedLink::linkName).collect(Collectors.toList());
  }
}
