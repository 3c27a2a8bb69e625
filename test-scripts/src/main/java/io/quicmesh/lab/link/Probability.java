package io.quicmesh.lab.link;

/** The one check that every chance in the settings shares. */
final class Probability {

  private Probability() {}

  static void check(String name, double value) {
    if (!(value >= 0 && value <= 1)) {
      throw new IllegalArgumentException(name + " must be between 0 % and 100 %");
    }
  }
}
