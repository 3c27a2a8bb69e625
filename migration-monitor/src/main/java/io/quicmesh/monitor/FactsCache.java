package io.quicmesh.monitor;

import io.netty.channel.EventLoop;
import io.quicmesh.monitor.api.Facts;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Shares one snapshot of the facts among all who ask: the data path is asked at most {@link
 * #MAX_PER_SECOND} times a second, and never again before it answered. Owned by the admin thread.
 */
final class FactsCache {
  static final int MAX_PER_SECOND = 5;

  private static final long FRESH_NANOS = TimeUnit.SECONDS.toNanos(1) / MAX_PER_SECOND;
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(2);

  /** After this the source is taken to have lost the question, and is asked again. */
  private static final long LOST_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final FactsSource source;
  private final FactsEncoder encoder;
  private final EventLoop loop;
  private final List<CompletableFuture<EncodedFacts>> waiting = new ArrayList<>();

  private @Nullable EncodedFacts latest;
  private long latestNanos;
  private long question;
  private boolean asking;
  private long askedNanos;

  FactsCache(FactsSource source, FactsEncoder encoder, EventLoop loop) {
    this.source = source;
    this.encoder = encoder;
    this.loop = loop;
  }

  /** A snapshot that is at most 200 ms old; fails when the data path does not answer in time. */
  CompletionStage<EncodedFacts> get() {
    long now = System.nanoTime();
    EncodedFacts known = latest;
    if (known != null && now - latestNanos < FRESH_NANOS) {
      return CompletableFuture.completedFuture(known);
    }
    CompletableFuture<EncodedFacts> answer = new CompletableFuture<>();
    waiting.add(answer);
    var unused = loop.schedule(() -> giveUp(answer), PATIENCE_NANOS, TimeUnit.NANOSECONDS);
    if (!asking || now - askedNanos > LOST_NANOS) {
      ask(now);
    }
    return answer;
  }

  private void ask(long now) {
    asking = true;
    askedNanos = now;
    long id = ++question;
    try {
      source.facts().whenComplete((facts, error) -> loop.execute(() -> answered(id, facts, error)));
    } catch (RuntimeException e) {
      answered(id, null, e);
    }
  }

  private void answered(long id, @Nullable Facts facts, @Nullable Throwable error) {
    if (id != question) {
      return;
    }
    asking = false;
    List<CompletableFuture<EncodedFacts>> asked = List.copyOf(waiting);
    waiting.clear();
    if (facts == null) {
      Throwable cause = error == null ? new IllegalStateException("no facts") : error;
      asked.forEach(answer -> answer.completeExceptionally(cause));
      return;
    }
    EncodedFacts encoded = encoder.encode(facts);
    latest = encoded;
    latestNanos = System.nanoTime();
    asked.forEach(answer -> answer.complete(encoded));
  }

  private void giveUp(CompletableFuture<EncodedFacts> answer) {
    if (answer.completeExceptionally(
        new AdminFailure(
            AdminFailure.Kind.OVERLOADED, "the data path did not answer within 2 s: try again"))) {
      waiting.removeIf(CompletableFuture::isDone);
    }
  }
}
