package io.quicmesh.node.membership;

import io.quicmesh.node.registrar.RenewalSchedule;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Renews a running member's certificate before it expires, and at once when it has expired already.
 * It looks at the clock at least every {@link #LOOK_SECONDS_MAX}, because hosts sleep and clocks
 * are set. Works on the one thread of its executor.
 */
public final class RenewalKeeper implements AutoCloseable {

  static final long LOOK_SECONDS_MAX = 600;

  private static final Logger LOG = LoggerFactory.getLogger(RenewalKeeper.class);
  private static final double SPREADS = 1 << 16;

  private final Membership membership;
  private final RegistrarLink link;
  private final InstantSource clock;
  private final ScheduledExecutorService thread;
  private final Listener listener;
  private MemberState state;
  private Instant due;

  /** Who is told, on the executor's thread. */
  public interface Listener {

    /** There is a new certificate. */
    void renewed(MemberState state);

    /** An attempt failed; one line says what, why and the mend. */
    void notRenewed(String oneLine);
  }

  /** A keeper of this membership. */
  public RenewalKeeper(
      Membership membership,
      RegistrarLink link,
      InstantSource clock,
      ScheduledExecutorService thread,
      Listener listener)
      throws MembershipException {
    this.membership = membership;
    this.link = link;
    this.clock = clock;
    this.thread = thread;
    this.listener = listener;
    this.state = membership.open();
    this.due = scheduleOf(state).due();
  }

  /** Begins. */
  public void start() {
    schedule(0);
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }

  private void schedule(long seconds) {
    if (!thread.isShutdown()) {
      var unused = thread.schedule(this::lookNow, seconds, TimeUnit.SECONDS);
    }
  }

  private void lookNow() {
    long seconds = LOOK_SECONDS_MAX;
    try {
      seconds = look(clock.instant()).toSeconds();
    } catch (RuntimeException e) {
      LOG.error("the renewal of this node's certificate failed", e);
    }
    schedule(Math.max(1, Math.min(seconds, LOOK_SECONDS_MAX)));
  }

  /** Renews if it is time, and says for how long nothing is to be done. */
  Duration look(Instant now) {
    if (!now.isBefore(due)) {
      try {
        state = membership.renew(link);
        due = scheduleOf(state).due();
        LOG.info("certificate renewed notAfter={}", state.transport().notAfter());
        listener.renewed(state);
      } catch (MembershipException e) {
        due = scheduleOf(state).dueAfterFailure(now);
        Instant end = state.transport().notAfter();
        LOG.warn("certificate not renewed notAfter={} again={} reason={}", end, due, e.oneLine());
        listener.notRenewed(
            "this host's certificate %s at %s and is not renewed: %s"
                .formatted(now.isBefore(end) ? "expires" : "expired", end, e.oneLine()));
      }
    }
    return Duration.between(now, due);
  }

  /** The spread comes from the node id, so that it is the same after a restart. */
  private static RenewalSchedule scheduleOf(MemberState state) {
    byte[] id = state.id().toBytes();
    double spread = ((id[0] & 0xff) << Byte.SIZE | (id[1] & 0xff)) / SPREADS;
    return new RenewalSchedule(state.transport().issuedAt(), state.transport().notAfter(), spread);
  }
}
