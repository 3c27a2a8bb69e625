package io.quicmesh.transport.identity;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.quicmesh.transport.wire.CloseCode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EndToEndTlsWorkerTest {

  private static final Instant NOW = Instant.parse("2026-11-20T12:00:00Z");

  private final AtomicLong clock = new AtomicLong(1_000);
  private final EndToEndTlsWorker worker = EndToEndTlsWorker.start(clock::get);
  private final BlockingQueue<Runnable> loop = new LinkedBlockingQueue<>();
  private final Executor executor = loop::add;
  private final EndToEndTls.Settings settings =
      new EndToEndTls.Settings(Certificates.selfSigned(Keys.generate(), NOW), new JoinerVerifier());

  @AfterEach
  void stopWorker() {
    worker.close();
  }

  @Test
  void computesElsewhereAndTellsTheOwnerInOrderOnItsLoop() {
    Ends ends = new Ends();
    ends.start();
    runLoopUntil(() -> ends.server.peer != null && ends.client.peer != null);

    ends.clientEnd.send("one".getBytes(UTF_8));
    ends.clientEnd.send("two".getBytes(UTF_8));
    ends.serverEnd.send("three".getBytes(UTF_8));
    runLoopUntil(() -> ends.server.messages.size() == 2 && ends.client.messages.size() == 1);

    assertThat(ends.server.messages).containsExactly("one", "two");
    assertThat(ends.client.messages).containsExactly("three");
    assertThat(ends.server.secret).isEqualTo(ends.client.secret);
    assertThat(ends.client.threads).containsOnly(Thread.currentThread().getName());
  }

  @Test
  void releasesWhatItReceives() {
    RecordedChannel recorded = new RecordedChannel();
    SecureChannel server = worker.server(settings, executor, recorded);
    server.start();
    ByteBuf bytes = Unpooled.buffer().writeBytes("not TLS at all".getBytes(UTF_8));

    server.receive(bytes);
    runLoopUntil(() -> recorded.code != null);

    assertThat(bytes.refCnt()).isZero();
    assertThat(recorded.code).isEqualTo(CloseCode.PROTOCOL);
  }

  @Test
  void failsAHandshakeThatIsNotOverInTime() {
    RecordedChannel silent = new RecordedChannel();
    worker.client(settings, executor, silent).start();
    runLoopUntil(() -> !silent.transmitted.isEmpty());

    clock.addAndGet(EndToEndTlsWorker.HANDSHAKE_DEADLINE.toNanos());
    worker.client(settings, executor, new RecordedChannel()).start();
    runLoopUntil(() -> silent.code != null);

    assertThat(silent.code).isEqualTo(CloseCode.TIMED_OUT);
  }

  @Test
  void anEstablishedChannelHasNoDeadline() {
    Ends ends = new Ends();
    ends.start();
    runLoopUntil(() -> ends.server.peer != null && ends.client.peer != null);

    clock.addAndGet(EndToEndTlsWorker.HANDSHAKE_DEADLINE.toNanos() * 100);
    ends.clientEnd.send("late".getBytes(UTF_8));
    runLoopUntil(() -> !ends.server.messages.isEmpty());

    assertThat(ends.client.code).isNull();
    assertThat(ends.server.code).isNull();
  }

  @Test
  void refusesMoreHandshakesAtOnceThanItsLimit() {
    List<RecordedChannel> channels = new ArrayList<>();
    for (int i = 0; i <= EndToEndTlsWorker.HANDSHAKES_MAX; i++) {
      channels.add(new RecordedChannel());
      worker.server(settings, executor, channels.get(i)).start();
    }
    RecordedChannel last = channels.get(EndToEndTlsWorker.HANDSHAKES_MAX);
    runLoopUntil(() -> last.code != null);

    assertThat(last.code).isEqualTo(CloseCode.QUOTA);
    assertThat(channels.subList(0, EndToEndTlsWorker.HANDSHAKES_MAX))
        .allSatisfy(channel -> assertThat(channel.code).isNull());
  }

  @Test
  void aClosedChannelFreesItsPlaceAndHearsNothing() {
    List<SecureChannel> open = new ArrayList<>();
    RecordedChannel closed = new RecordedChannel();
    for (int i = 0; i < EndToEndTlsWorker.HANDSHAKES_MAX; i++) {
      open.add(worker.client(settings, executor, closed));
      open.get(i).start();
    }
    open.forEach(SecureChannel::close);
    RecordedChannel next = new RecordedChannel();

    worker.client(settings, executor, next).start();
    runLoopUntil(() -> !next.transmitted.isEmpty());

    assertThat(next.code).isNull();
    assertThat(closed.transmitted).isEmpty();
  }

  @Test
  void refusesAPeerThatSendsFasterThanItComputes() {
    RecordedChannel flooded = new RecordedChannel();
    SecureChannel server = worker.server(settings, executor, flooded);
    server.start();

    for (int i = 0; i < 4_096; i++) {
      server.receive(Unpooled.wrappedBuffer(new byte[] {22, 3, 3, 63, -1}, new byte[1_000]));
    }
    runLoopUntil(() -> flooded.code != null);

    assertThat(flooded.code).isIn(CloseCode.QUOTA, CloseCode.PROTOCOL);
    assertThat(flooded.events).containsExactly("failed");
  }

  @Test
  void isWarmSoonAfterItsStart() throws InterruptedException {
    assertThat(worker.awaitWarm(Duration.ofSeconds(60))).isTrue();
  }

  private void runLoopUntil(BooleanSupplier done) {
    while (!done.getAsBoolean()) {
      try {
        Runnable task = loop.poll(60, TimeUnit.SECONDS);
        assertThat(task).as("the worker's next outcome").isNotNull();
        task.run();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
  }

  /** Two channels, each fed with what the other transmits. */
  private final class Ends {
    final RecordedChannel client = new RecordedChannel();
    final RecordedChannel server = new RecordedChannel();
    final SecureChannel clientEnd = worker.client(settings, executor, client);
    final SecureChannel serverEnd = worker.server(settings, executor, server);

    void start() {
      client.target = serverEnd;
      server.target = clientEnd;
      serverEnd.start();
      clientEnd.start();
    }
  }
}
