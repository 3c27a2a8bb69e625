package io.quicmesh.lab.link;

/**
 * Which frames the wire loses: some by themselves, some in bursts (the Gilbert-Elliott model: a
 * good and a bad state, and a chance to change between them at every frame).
 *
 * @param random the chance that a frame is lost by itself, in either state
 * @param enter the chance at a frame to change from good to bad
 * @param exit the chance at a frame to change from bad to good; bursts have a mean of 1/exit frames
 * @param inBurst the chance that a frame is lost in the bad state
 */
public record Loss(double random, double enter, double exit, double inBurst) {

  static final Loss NONE = new Loss(0, 0, 1, 1);

  /** Refuses what is no probability. */
  public Loss {
    Probability.check("loss", random);
    Probability.check("burst enter", enter);
    Probability.check("burst exit", exit);
    Probability.check("burst loss", inBurst);
  }

  /** The share of frames that is lost in the long run. */
  public double expected() {
    double bad = enter == 0 ? 0 : enter / (enter + exit);
    return 1 - (1 - random) * (1 - bad * inBurst);
  }

  Loss withRandom(double probability) {
    return new Loss(probability, enter, exit, inBurst);
  }
}
