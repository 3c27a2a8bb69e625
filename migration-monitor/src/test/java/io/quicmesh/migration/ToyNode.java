package io.quicmesh.migration;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One end of a session with one lane in each direction, driven by the real choice and handover
 * machines. It numbers records, keeps them until acknowledged, cuts, resends and never skips a gap.
 */
final class ToyNode {

  private static final int CONTROL = -1;
  private static final long GAP_NANOS = 20_000_000;

  final int side;
  final CarrierChoice choice = new CarrierChoice(ChoiceSettings.DEFAULT);
  final Handover handover;
  final List<HandoverReport> reports = new ArrayList<>();
  private final Map<CarrierId, ToyCarrier> carriers = new LinkedHashMap<>();

  private final TreeMap<Long, Boolean> unacknowledged = new TreeMap<>();
  private long nextNumber;
  private @Nullable ToyCarrier sendingOn;
  private int sendStream;
  private long peerExpects;
  private @Nullable Attempt ownAttempt;
  private @Nullable Attempt acceptedAttempt;
  private @Nullable CarrierId acceptedOn;

  private long expected;
  private final Map<Integer, Incoming> incoming = new HashMap<>();
  private long gapSinceNanos = Deadlines.NEVER;
  private long duplicates;

  // What goes over a carrier.
  record Resume(Attempt attempt, HandoverCause cause, long expected) {}

  record Resumed(Attempt attempt, long expected) {}

  record Refused(Attempt attempt) {}

  record Committed(Attempt attempt, boolean oldSilent, long expected) {}

  record Begin(long number) {}

  record Data(long number) {}

  record Cut() {}

  record Ack(long expected) {}

  record Resend(long from) {}

  private static final class Incoming {
    final ToyCarrier carrier;
    final List<Long> waiting = new ArrayList<>();
    long start;
    boolean ended;

    Incoming(ToyCarrier carrier) {
      this.carrier = carrier;
    }
  }

  ToyNode(int side) {
    this.side = side;
    this.handover = new Handover("node" + side, HandoverSettings.DEFAULT);
  }

  void carrierUp(ToyCarrier carrier, long now) {
    carriers.put(carrier.id, carrier);
    choice.handleCarrierUp(carrier.id, now);
    settle(now);
  }

  void establish(ToyCarrier carrier, long now) {
    sendingOn = carrier;
    openStream(0, now);
    handover.handleLanesCut(carrier.id, 0, now);
    choice.handleEstablished(carrier.id, now);
    settle(now);
  }

  void carrierDead(CarrierId id, long now) {
    carriers.remove(id);
    if (sendingOn != null && sendingOn.id.equals(id)) {
      sendingOn = null;
    }
    incoming.values().removeIf(stream -> stream.carrier.id.equals(id));
    handover.handleCarrierDead(id, now);
    settle(now);
    choice.handleCarrierDown(id, now);
    settle(now);
  }

  void silent(CarrierId id, long now) {
    handover.handleSilent(id);
    choice.handleSilent(id, now);
    settle(now);
  }

  void heardAgain(CarrierId id, long now) {
    handover.handleHeardAgain(id, now);
    settle(now);
    choice.handleHeardAgain(id, now);
    settle(now);
  }

  void offer(long now) {
    long number = nextNumber++;
    unacknowledged.put(number, true);
    if (sendingOn != null) {
      sendingOn.send(side, sendStream, new Data(number), now);
    }
  }

  void run(long now) {
    for (ToyCarrier carrier : List.copyOf(carriers.values())) {
      for (ToyCarrier.Message message : carrier.arrivals(side, now)) {
        handle(carrier, message.stream(), message.content(), now);
        settle(now);
      }
    }
    if (gapSinceNanos != Deadlines.NEVER && now - gapSinceNanos >= GAP_NANOS) {
      gapSinceNanos = now;
      if (sendingOn != null) {
        sendingOn.send(side, CONTROL, new Resend(expected), now);
      }
    }
    tellPeerCut(now);
    handover.handleDeadline(now);
    settle(now);
    choice.handleDeadline(now);
    settle(now);
  }

  private void handle(ToyCarrier carrier, int stream, Object content, long now) {
    if (content instanceof Resume resume) {
      peerExpects = resume.expected;
      handover.handlePeerResume(resume.attempt, carrier.id, resume.cause, now);
    } else if (content instanceof Resumed resumed) {
      if (resumed.attempt.equals(ownAttempt)) {
        peerExpects = resumed.expected;
        handover.handleResumed(carrier.id, now);
      }
    } else if (content instanceof Refused refused) {
      if (refused.attempt.equals(ownAttempt)) {
        handover.handleResumeLost(carrier.id, now);
      }
    } else if (content instanceof Committed commit) {
      if (commit.attempt.equals(acceptedAttempt) && carrier.id.equals(acceptedOn)) {
        acceptedAttempt = null;
        peerExpects = commit.expected;
        handover.handleCommitted(carrier.id, commit.oldSilent, now);
      }
    } else if (content instanceof Ack ack) {
      unacknowledged.headMap(ack.expected).clear();
    } else if (content instanceof Resend resend) {
      if (sendingOn != null) {
        openStream(resend.from, now);
        handover.handleResent(unacknowledged.tailMap(resend.from).size());
      }
    } else {
      handleRecord(carrier, stream, content, now);
    }
  }

  private void handleRecord(ToyCarrier carrier, int stream, Object content, long now) {
    Incoming in = incoming.computeIfAbsent(stream, s -> new Incoming(carrier));
    if (content instanceof Begin begin) {
      in.start = begin.number;
    } else if (content instanceof Data data) {
      in.waiting.add(data.number);
    } else if (content instanceof Cut) {
      in.ended = true;
    }
    long before = expected;
    deliver();
    if (expected > before) {
      handover.handleDelivered(now);
      if (sendingOn != null) {
        sendingOn.send(side, CONTROL, new Ack(expected), now);
      }
    }
    boolean gap = incoming.values().stream().anyMatch(s -> !s.waiting.isEmpty());
    gapSinceNanos = gap ? Math.min(gapSinceNanos, now) : Deadlines.NEVER;
  }

  private void deliver() {
    boolean progress = true;
    while (progress) {
      progress = false;
      for (Incoming in : incoming.values()) {
        while (!in.waiting.isEmpty() && in.waiting.get(0) <= expected) {
          if (in.waiting.remove(0) == expected) {
            expected++;
            progress = true;
          } else {
            duplicates++;
          }
        }
      }
    }
    incoming.values().removeIf(s -> s.ended && s.waiting.isEmpty());
  }

  /** The newest stream of the peer runs, and nothing that came before it is missing. */
  private void tellPeerCut(long now) {
    Incoming newest = null;
    int newestStream = -1;
    for (Map.Entry<Integer, Incoming> entry : incoming.entrySet()) {
      if (entry.getKey() > newestStream) {
        newestStream = entry.getKey();
        newest = entry.getValue();
      }
    }
    if (newest == null || expected < newest.start) {
      return;
    }
    handover.handlePeerCut(newest.carrier.id, now);
    for (ToyCarrier carrier : carriers.values()) {
      boolean reading = incoming.values().stream().anyMatch(s -> s.carrier.equals(carrier));
      if (!reading && !carrier.equals(sendingOn)) {
        handover.handleOldCarrierClosed(carrier.id, now);
      }
    }
    settle(now);
  }

  /** Applies outputs until there are none. */
  private void settle(long now) {
    boolean any = true;
    for (int rounds = 0; any; rounds++) {
      if (rounds > 100) {
        throw new AssertionError("choice and handover never agree: " + choice.decision());
      }
      any = false;
      for (HandoverOutput o = handover.poll(); o != null; o = handover.poll()) {
        any = true;
        apply(o, now);
      }
      for (ChoiceOutput o = choice.poll(); o != null; o = choice.poll()) {
        any = true;
        ChoiceOutput.Move move = (ChoiceOutput.Move) o;
        handover.handleStart(move.to(), move.cause(), now);
      }
    }
  }

  private void apply(HandoverOutput output, long now) {
    if (output instanceof HandoverOutput.SendResume resume) {
      ownAttempt = resume.attempt();
      send(resume.carrier(), new Resume(resume.attempt(), HandoverCause.PEER, expected), now);
    } else if (output instanceof HandoverOutput.AcceptResume accept) {
      ownAttempt = null;
      acceptedAttempt = accept.attempt();
      acceptedOn = accept.carrier();
      send(accept.carrier(), new Resumed(accept.attempt(), expected), now);
    } else if (output instanceof HandoverOutput.RefuseResume refuse) {
      for (ToyCarrier carrier : carriers.values()) {
        carrier.send(side, CONTROL, new Refused(refuse.attempt()), now);
      }
    } else if (output instanceof HandoverOutput.Commit commit && ownAttempt != null) {
      Attempt attempt = ownAttempt;
      send(commit.carrier(), new Committed(attempt, commit.oldSilent(), expected), now);
    } else if (output instanceof HandoverOutput.CutLanes cut) {
      cutLanes(cut, now);
    } else if (output instanceof HandoverOutput.Abort) {
      ownAttempt = null;
      acceptedAttempt = null;
    } else if (output instanceof HandoverOutput.Report report) {
      HandoverReport ended = report.report();
      reports.add(ended);
      choice.handleHandoverEnded(ended, now);
    }
  }

  private void cutLanes(HandoverOutput.CutLanes cut, long now) {
    ToyCarrier to = carriers.get(cut.carrier());
    if (to == null) {
      return;
    }
    boolean graceful = !cut.oldSilent() && sendingOn != null;
    if (graceful && sendingOn != null) {
      sendingOn.send(side, sendStream, new Cut(), now);
    }
    sendingOn = to;
    long start = graceful ? nextNumber : Math.min(peerExpects, nextNumber);
    int resent = openStream(start, now);
    to.send(side, CONTROL, new Ack(expected), now);
    handover.handleLanesCut(cut.carrier(), resent, now);
  }

  private int openStream(long start, long now) {
    ToyCarrier carrier = sendingOn;
    if (carrier == null) {
      return 0;
    }
    sendStream++;
    carrier.send(side, sendStream, new Begin(start), now);
    for (long number : unacknowledged.tailMap(start).keySet()) {
      carrier.send(side, sendStream, new Data(number), now);
    }
    return unacknowledged.tailMap(start).size();
  }

  private void send(CarrierId on, Object content, long now) {
    ToyCarrier carrier = carriers.get(on);
    if (carrier != null) {
      carrier.send(side, CONTROL, content, now);
    }
  }

  long offered() {
    return nextNumber;
  }

  long delivered() {
    return expected;
  }

  long duplicates() {
    return duplicates;
  }
}
