package io.quicmesh.lab.link;

import java.util.Locale;

/**
 * The language in which settings are written: words such as {@code rate=25mbit delay=20ms loss=1%},
 * each of which changes one setting, or the name of a {@link NamedLink}, which sets them all.
 */
public final class LinkWords {

  private LinkWords() {}

  /**
   * Applies words from left to right.
   *
   * @throws IllegalArgumentException with one line that names the word and the mend
   */
  public static LinkSettings apply(String words, LinkSettings before) {
    LinkSettings settings = before;
    for (String word : words.trim().split("\\s+", -1)) {
      if (!word.isEmpty()) {
        settings = applyWord(word, settings);
      }
    }
    return settings;
  }

  private static LinkSettings applyWord(String word, LinkSettings settings) {
    int equals = word.indexOf('=');
    if (equals < 0) {
      return NamedLink.byName(word).settings();
    }
    String key = word.substring(0, equals);
    String value = word.substring(equals + 1);
    try {
      return applySetting(key, value, settings);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("cannot read " + word + ": try for example " + hint(key));
    }
  }

  private static LinkSettings applySetting(String key, String value, LinkSettings settings) {
    Capacity capacity = settings.capacity();
    Delay delay = settings.delay();
    Faults faults = settings.faults();
    return switch (key) {
      case "rate" -> settings.with(capacity.withRate(Quantity.bitsPerSecond(value)));
      case "queue" -> settings.with(capacity.withQueue(Quantity.bytes(value)));
      case "mtu" -> settings.with(capacity.withMtu((int) Quantity.bytes(value)));
      case "delay" -> settings.with(withDelay(delay, Quantity.nanos(value)));
      case "jitter" -> settings.with(withJitter(delay, value));
      case "loss" -> settings.with(settings.loss().withRandom(Quantity.share(value)));
      case "burst" -> settings.with(withBurst(settings.loss(), value));
      case "reorder" -> settings.with(withReorder(faults, value));
      case "duplicate" -> settings.with(faults.withDuplicate(Quantity.share(value)));
      case "flip" -> settings.with(faults.withFlip(Quantity.share(value)));
      default -> throw new IllegalArgumentException("unknown setting " + key + ": " + hint(key));
    };
  }

  /** A delay that is set below its jitter takes the jitter down with it. */
  private static Delay withDelay(Delay before, long nanos) {
    return new Delay(nanos, Math.min(nanos, before.jitterNanos()), before.reorders());
  }

  private static Delay withJitter(Delay before, String value) {
    String[] parts = value.split("/", -1);
    boolean reorders = parts.length == 2 && parts[1].equals("reorder");
    if (parts.length > 1 && !reorders) {
      throw new NumberFormatException(value);
    }
    return new Delay(before.nanos(), Quantity.nanos(parts[0]), reorders);
  }

  private static Loss withBurst(Loss before, String value) {
    String[] parts = value.split("/", -1);
    if (parts.length == 1 && Quantity.share(value) == 0) {
      return new Loss(before.random(), 0, 1, 1);
    }
    if (parts.length < 2 || parts.length > 3) {
      throw new NumberFormatException(value);
    }
    double inBurst = parts.length == 3 ? Quantity.share(parts[2]) : 1;
    return new Loss(before.random(), Quantity.share(parts[0]), Quantity.share(parts[1]), inBurst);
  }

  private static Faults withReorder(Faults before, String value) {
    String[] parts = value.split("/", -1);
    if (parts.length == 1 && Quantity.share(value) == 0) {
      return before.withReorder(0, 0);
    }
    if (parts.length != 2) {
      throw new NumberFormatException(value);
    }
    return before.withReorder(Quantity.share(parts[0]), Quantity.nanos(parts[1]));
  }

  private static String hint(String key) {
    return switch (key) {
      case "rate" -> "rate=25mbit (kbit, mbit, gbit; 0 is unlimited)";
      case "queue" -> "queue=256k (bytes; k, m)";
      case "mtu" -> "mtu=1280 (bytes; 0 is unlimited)";
      case "delay" -> "delay=20ms (us, ms, s)";
      case "jitter" -> "jitter=5ms, or jitter=5ms/reorder";
      case "loss" -> "loss=1%";
      case "burst" -> "burst=1%/25% (enter/exit), or burst=1%/25%/90% (and loss in the burst)";
      case "reorder" -> "reorder=1%/5ms (chance/held back)";
      case "duplicate" -> "duplicate=0.5%";
      case "flip" -> "flip=0.1%";
      default ->
          "use rate, queue, mtu, delay, jitter, loss, burst, reorder, duplicate, flip or a name";
    };
  }

  /** Writes settings so that {@link #apply} on a wire gives them again. */
  public static String write(LinkSettings settings) {
    Capacity capacity = settings.capacity();
    Delay delay = settings.delay();
    Loss loss = settings.loss();
    Faults faults = settings.faults();
    return String.format(
        Locale.ROOT,
        "rate=%d queue=%d mtu=%d delay=%dns jitter=%dns%s loss=%s burst=%s/%s/%s"
            + " reorder=%s/%dns duplicate=%s flip=%s",
        capacity.rateBitsPerSecond(),
        capacity.queueBytesMax(),
        capacity.mtuBytes(),
        delay.nanos(),
        delay.jitterNanos(),
        delay.reorders() ? "/reorder" : "",
        loss.random(),
        loss.enter(),
        loss.exit(),
        loss.inBurst(),
        faults.reorder(),
        faults.reorderNanos(),
        faults.duplicate(),
        faults.flip());
  }
}
