package io.quicmesh.lab.link;

import java.util.Locale;

/**
 * Numbers with units, as people write them: {@code 25mbit}, {@code 20ms}, {@code 256k}, {@code 1%}.
 */
final class Quantity {

  private Quantity() {}

  static long bitsPerSecond(String text) {
    double factor =
        switch (unit(text)) {
          case "", "bit" -> 1;
          case "kbit" -> 1e3;
          case "mbit" -> 1e6;
          case "gbit" -> 1e9;
          default -> throw new NumberFormatException(text);
        };
    return Math.round(number(text) * factor);
  }

  static long bytes(String text) {
    double factor =
        switch (unit(text)) {
          case "", "b" -> 1;
          case "k", "kb" -> 1 << 10;
          case "m", "mb" -> 1 << 20;
          default -> throw new NumberFormatException(text);
        };
    return Math.round(number(text) * factor);
  }

  static long nanos(String text) {
    double factor =
        switch (unit(text)) {
          case "ns" -> 1;
          case "us" -> 1e3;
          case "ms" -> 1e6;
          case "s" -> 1e9;
          case "" -> zero(text);
          default -> throw new NumberFormatException(text);
        };
    return Math.round(number(text) * factor);
  }

  /** A share between 0 and 1: {@code 1%} or {@code 0.01}. */
  static double share(String text) {
    return switch (unit(text)) {
      case "%" -> number(text) / 100;
      case "" -> number(text);
      default -> throw new NumberFormatException(text);
    };
  }

  private static double zero(String text) {
    if (number(text) != 0) {
      throw new NumberFormatException(text + " has no unit");
    }
    return 0;
  }

  private static double number(String text) {
    return Double.parseDouble(text.substring(0, numberLength(text)));
  }

  private static String unit(String text) {
    return text.substring(numberLength(text)).toLowerCase(Locale.ROOT);
  }

  /** A number in the form of {@link Double#toString}, its exponent included. */
  private static int numberLength(String text) {
    int length = 0;
    while (length < text.length()
        && (Character.isDigit(text.charAt(length))
            || text.charAt(length) == '.'
            || text.charAt(length) == 'E'
            || (text.charAt(length) == '-' && length > 0 && text.charAt(length - 1) == 'E'))) {
      length++;
    }
    return length;
  }
}
