package io.quicmesh.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import io.quicmesh.monitor.api.Facts;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class FactsCacheTest {
  private final EmbeddedChannel channel = new EmbeddedChannel();
  private final List<CompletableFuture<Facts>> questions = new ArrayList<>();
  private final FactsCache cache =
      new FactsCache(this::ask, new FactsEncoder(), channel.eventLoop());

  FactsCacheTest() {
    channel.freezeTime();
  }

  @Test
  void asksOnceForAllWhoWait() {
    CompletableFuture<EncodedFacts> first = cache.get().toCompletableFuture();
    CompletableFuture<EncodedFacts> second = cache.get().toCompletableFuture();
    assertThat(questions).hasSize(1);

    answer(0);

    assertThat(first.join()).isSameAs(second.join());
    assertThat(cache.get().toCompletableFuture().join()).isSameAs(first.join());
    assertThat(questions).hasSize(1);
  }

  @Test
  void doesNotAskADataPathAgainThatHasNotAnswered() {
    cache.get();
    channel.advanceTimeBy(3, TimeUnit.SECONDS);
    channel.runScheduledPendingTasks();

    CompletableFuture<EncodedFacts> late = cache.get().toCompletableFuture();

    assertThat(questions).hasSize(1);
    assertThat(late).isNotDone();
  }

  @Test
  void failsForThoseWhoWaitedTooLong() {
    CompletableFuture<EncodedFacts> waiting = cache.get().toCompletableFuture();

    channel.advanceTimeBy(3, TimeUnit.SECONDS);
    channel.runScheduledPendingTasks();

    assertThat(waiting)
        .failsWithin(0, TimeUnit.SECONDS)
        .withThrowableThat()
        .withCauseInstanceOf(AdminFailure.class);
  }

  @Test
  void encodesEachPartOnce() {
    CompletableFuture<EncodedFacts> facts = cache.get().toCompletableFuture();
    answer(0);

    assertThat(facts.join().part("peers")).isSameAs(facts.join().part("peers"));
    assertThat(facts.join().part("clients")).isNull();
  }

  private CompletableFuture<Facts> ask() {
    CompletableFuture<Facts> question = new CompletableFuture<>();
    questions.add(question);
    return question;
  }

  private void answer(int question) {
    questions.get(question).complete(SampleFacts.node());
    channel.runPendingTasks();
  }
}
