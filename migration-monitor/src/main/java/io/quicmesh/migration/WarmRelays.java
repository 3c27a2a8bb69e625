package io.quicmesh.migration;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Keeps two relays connected, in the operator's order: when one is lost the next is connected at
 * once, the lost one is tried again with a growing delay, and one that is not needed any more is
 * released after the better ones have been up for a minute.
 *
 * <p>Mutable; owned by the node's event loop. Facts about relays that are not configured are
 * ignored.
 */
public final class WarmRelays {

  private static final int WARM = 2;
  private static final long RETRY_FIRST_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long RETRY_MAX_NANOS = TimeUnit.SECONDS.toNanos(30);
  private static final long RELEASE_AFTER_NANOS = TimeUnit.SECONDS.toNanos(60);

  private final Map<String, Relay> relays = new LinkedHashMap<>();
  private final Deque<WarmRelaysOutput> outputs = new ArrayDeque<>();
  private long nextDeadlineNanos;

  private enum State {
    IDLE,
    CONNECTING,
    UP,
    WAITING
  }

  private static final class Relay {
    State state = State.IDLE;
    int failures;
    long sinceNanos;

    /** A relay that just failed does not count until its delay is over. */
    long retryAtNanos() {
      long delay = RETRY_FIRST_NANOS << Math.min(failures - 1, 10);
      return sinceNanos + Math.min(delay, RETRY_MAX_NANOS);
    }
  }

  /**
   * @param inOrder the configured relays, the preferred first
   */
  public WarmRelays(List<String> inOrder, long nowNanos) {
    for (String relay : inOrder) {
      relays.put(relay, new Relay());
    }
    nextDeadlineNanos = nowNanos;
  }

  public void handleUp(String relay, long nowNanos) {
    Relay known = relays.get(relay);
    if (known != null) {
      enter(known, State.UP, nowNanos);
      known.failures = 0;
      plan(nowNanos);
    }
  }

  /** The connection was lost or could not be opened. */
  public void handleDown(String relay, long nowNanos) {
    Relay known = relays.get(relay);
    if (known != null && known.state != State.IDLE && known.state != State.WAITING) {
      known.failures++;
      enter(known, State.WAITING, nowNanos);
      plan(nowNanos);
    }
  }

  /** The underlay changed: what failed before may work now. */
  public void handleNetworkChanged(long nowNanos) {
    for (Relay relay : relays.values()) {
      relay.failures = 0;
      if (relay.state == State.WAITING) {
        enter(relay, State.IDLE, nowNanos);
      }
    }
    plan(nowNanos);
  }

  public long nextDeadlineNanos() {
    return nextDeadlineNanos;
  }

  public void handleDeadline(long nowNanos) {
    if (nowNanos >= nextDeadlineNanos) {
      plan(nowNanos);
    }
  }

  public @Nullable WarmRelaysOutput poll() {
    return outputs.poll();
  }

  private void plan(long nowNanos) {
    nextDeadlineNanos = Deadlines.NEVER;
    int wanted = WARM;
    int settled = 0;
    for (Map.Entry<String, Relay> entry : relays.entrySet()) {
      Relay relay = entry.getValue();
      if (relay.state == State.WAITING) {
        waitOrRetry(relay, nowNanos);
      }
      if (wanted > 0) {
        if (relay.state == State.IDLE) {
          enter(relay, State.CONNECTING, nowNanos);
          outputs.add(new WarmRelaysOutput.Connect(entry.getKey()));
        }
      } else if (relay.state == State.UP && settled == WARM) {
        release(entry.getKey(), relay, nowNanos);
      }
      if (relay.state == State.CONNECTING || relay.state == State.UP) {
        wanted--;
      }
      if (relay.state == State.UP && isSettled(relay, nowNanos)) {
        settled++;
      }
    }
  }

  private void waitOrRetry(Relay relay, long nowNanos) {
    if (nowNanos >= relay.retryAtNanos()) {
      enter(relay, State.IDLE, nowNanos);
    } else {
      wake(relay.retryAtNanos());
    }
  }

  private boolean isSettled(Relay relay, long nowNanos) {
    if (nowNanos - relay.sinceNanos >= RELEASE_AFTER_NANOS) {
      return true;
    }
    wake(relay.sinceNanos + RELEASE_AFTER_NANOS);
    return false;
  }

  private void release(String name, Relay relay, long nowNanos) {
    enter(relay, State.IDLE, nowNanos);
    outputs.add(new WarmRelaysOutput.Release(name));
  }

  private void enter(Relay relay, State state, long nowNanos) {
    if (relay.state != state) {
      relay.state = state;
      relay.sinceNanos = nowNanos;
    }
  }

  private void wake(long atNanos) {
    nextDeadlineNanos = Math.min(nextDeadlineNanos, atNanos);
  }
}
