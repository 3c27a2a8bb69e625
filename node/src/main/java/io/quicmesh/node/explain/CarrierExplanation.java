package io.quicmesh.node.explain;

import io.quicmesh.migration.CandidateStatus;
import io.quicmesh.migration.CarrierId;
import io.quicmesh.migration.CarrierKind;
import io.quicmesh.migration.Deadlines;
import io.quicmesh.migration.Decision;
import io.quicmesh.migration.DialResult;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Says why a peer's session is direct, on a relay, or on nothing. */
public final class CarrierExplanation {

  private final PeerSituation seen;

  private CarrierExplanation(PeerSituation seen) {
    this.seen = seen;
  }

  /**
   * The reason in one sentence, and after a semicolon the last choice with its figures, if there
   * was one.
   */
  public static String of(PeerSituation situation) {
    String reason = new CarrierExplanation(situation).reason();
    Decision decision = situation.decision();
    return decision == null ? reason : reason + "; " + decision.text();
  }

  private String reason() {
    CarrierId current = seen.current();
    if (current == null) {
      return whyNone();
    }
    Decision decision = seen.decision();
    String forced = decision == null ? "" : forced(decision);
    if (current.kind() == CarrierKind.DIRECT) {
      return forced.isEmpty() ? "a direct connection is up and preferred" : forced;
    }
    return forced.isEmpty() ? whyRelay(decision) : forced;
  }

  private static String forced(Decision decision) {
    if (decision.forcedUntilNanos() == Deadlines.NEVER) {
      return "";
    }
    long seconds = TimeUnit.NANOSECONDS.toSeconds(decision.forcedUntilNanos() - decision.atNanos());
    return "an operator asked for it, which holds for " + Math.max(0, seconds) + " s more";
  }

  private String whyNone() {
    OwnSituation own = seen.own();
    String refusal = seen.refusal();
    if (own.isExpired()) {
      return own.expiry();
    } else if (refusal != null) {
      return "the session with " + seen.peer() + " is refused: " + refusal;
    } else if (seen.isPresent()) {
      return seen.peer() + " is there, and a carrier to it is being set up";
    } else if (own.relays().isEmpty()) {
      return "no relay is configured, and no direct connection came up" + dials();
    } else if (own.hasNoRelayUp()) {
      return own.relaysDown() + ", so that no peer can be found through it";
    }
    return seen.peer()
        + " is offline: no relay that this node is connected to knows it, because it is switched"
        + " off, cut off, or uses other relays";
  }

  // On a relay.

  private String whyRelay(@Nullable Decision decision) {
    Decision.Considered direct = decision == null ? null : bestDirect(decision);
    if (decision != null && direct != null) {
      return whyNotThisDirect(direct, decision);
    } else if (!seen.own().makesDirect()) {
      return "direct connections are off in this host's config (direct.enabled)";
    } else if (seen.candidates().isEmpty()) {
      return "no address of "
          + seen.peer()
          + " is known: its relay saw none, or direct connections are off there";
    }
    return "no direct connection came up" + dials();
  }

  private static Decision.@Nullable Considered bestDirect(Decision decision) {
    for (Decision.Considered each : decision.considered()) {
      if (each.carrier().kind() == CarrierKind.DIRECT) {
        return each;
      }
    }
    return null;
  }

  private static String whyNotThisDirect(Decision.Considered direct, Decision decision) {
    return switch (direct.standing()) {
      case WORSE -> "the direct connection is measurably worse: " + compared(direct, decision);
      case HELD_DOWN ->
          "the direct connection was left for a weakness and must stay well first: "
              + compared(direct, decision);
      case SILENT -> "the direct connection is silent: nothing sent on it is answered";
      case SMALL_PACKETS -> "the direct connection carries small packets only (its MTU shrank)";
      case LEAVING -> "the direct connection is about to be replaced";
      case FAILED -> "the last handover to the direct connection failed a short time ago";
      case FORCED, FIT -> "a direct connection is up, and the session moves to it now";
    };
  }

  private static String compared(Decision.Considered direct, Decision decision) {
    String text = figures(direct);
    for (Decision.Considered each : decision.considered()) {
      if (each.carrier().kind() == CarrierKind.RELAY) {
        return text + ", the relay's " + figures(each);
      }
    }
    return text;
  }

  private static String figures(Decision.Considered path) {
    String rtt =
        path.quality().measured()
            ? String.format(Locale.ROOT, "rtt %.1f ms", path.quality().rttNanos() / 1e6)
            : "rtt unknown";
    return rtt + String.format(Locale.ROOT, " and loss %.1f %%", path.quality().loss() * 100);
  }

  private String dials() {
    int timedOut = 0;
    int refused = 0;
    int strangers = 0;
    for (CandidateStatus each : seen.candidates()) {
      timedOut += each.result() == DialResult.TIMED_OUT ? 1 : 0;
      refused += isRefused(each.result()) ? 1 : 0;
      strangers += each.result() == DialResult.KEY_MISMATCH ? 1 : 0;
    }
    StringBuilder text = new StringBuilder();
    int all = seen.candidates().size();
    add(text, timedOut, all, "not answered (UDP is blocked between the hosts, or by a NAT)");
    add(text, refused, all, "refused by a host or network on the way");
    add(text, strangers, all, "answered by somebody else");
    if (text.isEmpty() && all > 0) {
      text.append(": ").append(all).append(all == 1 ? " address is" : " addresses are");
      text.append(" being tried");
    }
    if (seen.failedRounds() > 0) {
      text.append("; tried ").append(seen.failedRounds()).append(" times in vain");
    }
    return text.toString();
  }

  private static boolean isRefused(DialResult result) {
    return result == DialResult.REFUSED || result == DialResult.HANDSHAKE_FAILED;
  }

  private static void add(StringBuilder text, int count, int all, String what) {
    if (count > 0) {
      text.append(text.isEmpty() ? ": " : ", ").append(count).append(" of ").append(all);
      text.append(all == 1 ? " address was " : " addresses were ").append(what);
    }
  }
}
