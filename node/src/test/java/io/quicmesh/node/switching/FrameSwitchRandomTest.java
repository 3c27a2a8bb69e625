package io.quicmesh.node.switching;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.RepeatedTest;

/** The switch against a plain map, for random frames, times and peers that come and go. */
final class FrameSwitchRandomTest {

  private static final long AGEING = 1000;
  private static final int MOVES_MAX = 3;
  private static final long MOVE_WINDOW = 200;
  private static final int PEERS = 5;

  private record Key(long mac, int vlan) {}

  /** Where an address is, by the rules alone. */
  private static final class Place {
    int port;
    long seen;
    int moves;
    long windowStart;
  }

  private final Map<Key, Place> model = new HashMap<>();
  private final FrameSwitch frameSwitch =
      new FrameSwitch(
          new SwitchLimits(256, 256, AGEING, MOVES_MAX, MOVE_WINDOW, 1_000_000_000, 1_000_000));

  @RepeatedTest(20)
  void decidesAsThePlainRulesDo() {
    long seed = System.nanoTime();
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    long now = random.nextLong() >> 1;
    for (int port = 1; port <= PEERS; port++) {
      frameSwitch.addPeer(port, now);
    }

    for (int step = 0; step < 20_000; step++) {
      now += random.nextInt(100) == 0 ? random.nextInt((int) AGEING) : random.nextInt(5);
      int choice = random.nextInt(1000);
      if (choice < 3) {
        removeAndAdd(1 + random.nextInt(PEERS), now);
      } else if (choice < 10) {
        frameSwitch.sweep(now);
      } else {
        routeOne(random, now, seed, step);
      }
    }
  }

  private void removeAndAdd(int port, long now) {
    frameSwitch.removePeer(port, now);
    frameSwitch.addPeer(port, now);
    model.values().removeIf(place -> place.port == port);
  }

  private void routeOne(Random random, long now, long seed, int step) {
    Key source = new Key(2 + 4 * random.nextInt(16), random.nextInt(3));
    long destination = random.nextInt(20) == 0 ? Frames.BROADCAST : 2 + 4 * random.nextInt(16);
    int from = random.nextInt(PEERS + 1);
    ByteBuf frame =
        source.vlan() == 0
            ? Frames.untagged(destination, source.mac())
            : Frames.tagged(destination, source.mac(), source.vlan());

    assertThat(frameSwitch.route(frame, 0, frame.readableBytes(), from, now))
        .as("seed %d, step %d", seed, step)
        .isEqualTo(expected(source, destination, from, now));
  }

  private int expected(Key source, long destination, int from, long now) {
    if (!learn(source, from, now)) {
      return FrameSwitch.DROP;
    }
    Place place = live(new Key(destination, source.vlan()), now);
    if (destination == Frames.BROADCAST || place == null) {
      return FrameSwitch.FLOOD;
    }
    boolean isBetweenPeers = from != FrameSwitch.LOCAL && place.port != FrameSwitch.LOCAL;
    return isBetweenPeers || place.port == from ? FrameSwitch.DROP : place.port;
  }

  private boolean learn(Key key, int from, long now) {
    Place place = live(key, now);
    if (place == null) {
      place = new Place();
      place.windowStart = now;
      model.put(key, place);
    } else if (place.port != from) {
      if (now - place.windowStart > MOVE_WINDOW) {
        place.windowStart = now;
        place.moves = 0;
      }
      if (place.moves >= MOVES_MAX) {
        return false;
      }
      place.moves++;
    }
    place.port = from;
    place.seen = now;
    return true;
  }

  private @Nullable Place live(Key key, long now) {
    Place place = model.get(key);
    return place == null || now - place.seen > AGEING ? null : place;
  }
}
