package io.quicmesh.migration;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/**
 * Two toy nodes, a direct path and two relays; carriers are cut in one direction or both, heal, die
 * and come back, and operators speak, all at random.
 */
final class ToyWorld {

  private static final long MS = TimeUnit.MILLISECONDS.toNanos(1);

  final Random random;
  final ToyNode[] nodes = {new ToyNode(0), new ToyNode(1)};
  final List<ToyCarrier> carriers = new ArrayList<>();
  final long[] cutSince = new long[3];
  final boolean[] silent = new boolean[3];
  final long[] returnsAt = new long[3];
  long now;
  int generation;

  ToyWorld(long seed) {
    random = new Random(seed);
    for (int i = 0; i < 3; i++) {
      carriers.add(newCarrier(i));
      cutSince[i] = Deadlines.NEVER;
      returnsAt[i] = Deadlines.NEVER;
      for (ToyNode node : nodes) {
        node.carrierUp(carriers.get(i), 0);
      }
    }
    ToyCarrier first = carriers.get(random.nextInt(3));
    for (ToyNode node : nodes) {
      node.establish(first, 0);
    }
  }

  private ToyCarrier newCarrier(int index) {
    generation++;
    CarrierId id =
        index == 0
            ? new CarrierId(CarrierKind.DIRECT, "d" + generation)
            : new CarrierId(CarrierKind.RELAY, "r" + index);
    return new ToyCarrier(id, (1 + random.nextInt(30)) * MS, random);
  }

  void step(boolean disturb) {
    now += MS;
    if (disturb && random.nextInt(150) == 0) {
      disturb();
    }
    for (int i = 0; i < 3; i++) {
      tellHealth(i);
    }
    for (ToyNode node : nodes) {
      node.run(now);
      assertThat(node.handover.nextDeadlineNanos()).isGreaterThan(now);
      assertThat(node.delivered()).isLessThanOrEqualTo(nodes[1 - node.side].offered());
    }
  }

  private void disturb() {
    int index = random.nextInt(3);
    ToyCarrier carrier = carriers.get(index);
    switch (random.nextInt(6)) {
      case 0 -> {
        carrier.setCut(0, true);
        carrier.setCut(1, true);
      }
      case 1 -> carrier.setCut(random.nextInt(2), true);
      case 2, 3 -> heal(carrier);
      case 4 -> kill(index);
      default -> {
        ToyNode node = nodes[random.nextInt(2)];
        node.choice.handleForced(carrier.id.kind(), null, random.nextInt(500) * MS, now);
      }
    }
  }

  void heal(ToyCarrier carrier) {
    carrier.setCut(0, false);
    carrier.setCut(1, false);
  }

  private void kill(int index) {
    ToyCarrier carrier = carriers.get(index);
    if (carrier.isDead()) {
      return;
    }
    carrier.die();
    silent[index] = false;
    cutSince[index] = Deadlines.NEVER;
    returnsAt[index] = now + random.nextInt(400) * MS;
    for (ToyNode node : nodes) {
      node.carrierDead(carrier.id, now);
    }
  }

  private void tellHealth(int index) {
    ToyCarrier carrier = carriers.get(index);
    if (now >= returnsAt[index]) {
      returnsAt[index] = Deadlines.NEVER;
      carriers.set(index, newCarrier(index));
      for (ToyNode node : nodes) {
        node.carrierUp(carriers.get(index), now);
      }
    }
    boolean cut = carrier.isCut() && !carrier.isDead();
    cutSince[index] = !cut ? Deadlines.NEVER : Math.min(cutSince[index], now);
    if (cut && !silent[index] && now - cutSince[index] >= 250 * MS) {
      silent[index] = true;
      for (ToyNode node : nodes) {
        node.silent(carrier.id, now);
      }
    } else if (!cut && silent[index]) {
      silent[index] = false;
      for (ToyNode node : nodes) {
        node.heardAgain(carrier.id, now);
      }
    }
  }
}
