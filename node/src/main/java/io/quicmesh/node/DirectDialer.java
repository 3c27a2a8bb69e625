package io.quicmesh.node;

import io.netty.util.concurrent.Future;
import io.quicmesh.migration.Candidate;
import io.quicmesh.migration.CandidateKind;
import io.quicmesh.migration.CandidateStatus;
import io.quicmesh.migration.DialResult;
import io.quicmesh.migration.DirectRetry;
import io.quicmesh.migration.PathPolicy;
import io.quicmesh.migration.RetryOutput;
import io.quicmesh.transport.carrier.Addresses;
import io.quicmesh.transport.identity.MemberVerifier;
import io.quicmesh.transport.quic.Alpn;
import io.quicmesh.transport.quic.DialException;
import io.quicmesh.transport.quic.QuicConnection;
import io.quicmesh.transport.wire.CloseCode;
import io.quicmesh.transport.wire.Fingerprint;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Dials one peer directly, as {@link DirectRetry} says. Loop-owned. */
final class DirectDialer {

  private static final Logger LOG = LoggerFactory.getLogger(DirectDialer.class);

  /** What comes of dialling. */
  interface Owner {

    /** A connection to the peer is up. */
    void connected(QuicConnection connection);

    /** Somebody with another key answers at an address that is said to be the peer's. */
    void answeredByAnother(InetSocketAddress at);
  }

  private final NodeContext context;
  private final Fingerprint peer;
  private final Owner owner;
  private final DirectRetry retry;
  private final Set<Candidate> dialling = new HashSet<>();
  private final Set<InetSocketAddress> observed = new LinkedHashSet<>();
  private final Set<InetSocketAddress> told = new LinkedHashSet<>();

  DirectDialer(NodeContext context, Fingerprint peer, Owner owner) {
    this.context = context;
    this.peer = peer;
    this.owner = owner;
    this.retry = new DirectRetry(context.settings().retry(), PathPolicy.NONE);
  }

  /** The peer's addresses as relays see them. */
  void setObserved(List<InetSocketAddress> addresses) {
    observed.clear();
    observed.addAll(addresses);
    offerCandidates();
  }

  /** The addresses that the peer told about itself. */
  void setTold(List<InetSocketAddress> addresses) {
    told.clear();
    told.addAll(addresses);
    offerCandidates();
  }

  private void offerCandidates() {
    if (!context.settings().direct()) {
      return;
    }
    List<Candidate> all = new ArrayList<>();
    told.forEach(address -> all.add(new Candidate(address, CandidateKind.HOST)));
    for (InetSocketAddress address : observed) {
      if (!told.contains(address)) {
        all.add(new Candidate(address, CandidateKind.OBSERVED));
      }
    }
    retry.handleCandidates(all, context.nowNanos());
  }

  void handleNetworkChanged() {
    retry.handleNetworkChanged(context.nowNanos());
  }

  /**
   * Dials the peer where a direct connection has it, beside that one; null stands for a failure.
   * The answer is given on the loop.
   */
  void dialBeside(QuicConnection connection, Consumer<@Nullable QuicConnection> answer) {
    InetSocketAddress remote = connection.remoteAddress();
    context
        .dialer()
        .dial(remote, Alpn.NODE, verifier(), context.settings().retry().connectTimeoutNanos())
        .addListener(
            (Future<QuicConnection> dialled) -> {
              if (!dialled.isSuccess()) {
                LOG.debug(
                    "no renewed connection peer={} remote={} reason={}",
                    peer.shortText(),
                    Addresses.text(remote),
                    dialled.cause().getMessage());
              }
              answer.accept(dialled.isSuccess() ? dialled.getNow() : null);
            });
  }

  private MemberVerifier verifier() {
    return MemberVerifier.ofNetwork(
            context.identity().network(), context.revoked(), context.clock())
        .expecting(peer);
  }

  void handleRetryNow() {
    retry.handleRetryNow(context.nowNanos());
  }

  void handleDirectUp() {
    retry.handleDirectUp(context.nowNanos());
  }

  void handleDirectLost() {
    retry.handleDirectLost(context.nowNanos());
  }

  /** Lets the machine see the time, and dials what it wants dialled. */
  void drive() {
    retry.handleDeadline(context.nowNanos());
    RetryOutput output = retry.poll();
    while (output != null) {
      apply(output);
      output = retry.poll();
    }
  }

  private void apply(RetryOutput output) {
    if (output instanceof RetryOutput.Dial dial) {
      dial(dial);
    } else if (output instanceof RetryOutput.CancelDial cancel) {
      dialling.remove(cancel.candidate());
    } else if (output instanceof RetryOutput.KeyMismatch mismatch) {
      owner.answeredByAnother(mismatch.candidate().address());
    } else if (output instanceof RetryOutput.RoundFailed failed) {
      LOG.debug("no direct connection peer={} reason={}", peer.shortText(), failed.reason());
    }
  }

  private void dial(RetryOutput.Dial dial) {
    Candidate candidate = dial.candidate();
    dialling.add(candidate);
    long startedNanos = context.nowNanos();
    Future<QuicConnection> future =
        context.dialer().dial(candidate.address(), Alpn.NODE, verifier(), dial.timeoutNanos());
    future.addListener(done -> handleDialled(candidate, future, startedNanos));
  }

  private void handleDialled(
      Candidate candidate, Future<QuicConnection> future, long startedNanos) {
    long now = context.nowNanos();
    boolean isWanted = dialling.remove(candidate);
    if (!future.isSuccess()) {
      retry.handleDialFailed(candidate, resultOf(future.cause()), now);
      drive();
    } else if (isWanted) {
      retry.handleConnected(candidate, now - startedNanos, now);
      owner.connected(future.getNow());
    } else {
      future.getNow().close(CloseCode.SUPERSEDED);
    }
  }

  private static DialResult resultOf(Throwable cause) {
    boolean isWrongPeer =
        cause instanceof DialException refused && refused.code() == CloseCode.WRONG_PEER.code();
    if (isWrongPeer) {
      return DialResult.KEY_MISMATCH;
    }
    boolean isTimeout =
        cause instanceof DialException late && late.code() == CloseCode.TIMED_OUT.code();
    return isTimeout ? DialResult.TIMED_OUT : DialResult.REFUSED;
  }

  long nextDeadlineNanos() {
    return retry.nextDeadlineNanos();
  }

  List<CandidateStatus> candidates() {
    return retry.candidates();
  }

  long nextRetryNanos() {
    return retry.nextRetryNanos();
  }

  long failures() {
    return retry.failures();
  }

  int rounds() {
    return retry.rounds();
  }

  long lastSuccessNanos() {
    return retry.lastSuccessNanos();
  }
}
