package io.quicmesh.monitor;

import io.netty.channel.EventLoop;
import io.quicmesh.monitor.api.AdminEvent;
import io.quicmesh.monitor.api.HistorySample;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * What the admin server serves: parts of the snapshot, the routes of its owner, the event stream.
 * Owned by the admin thread.
 */
final class AdminService {
  private static final String API = "/api/";
  static final String EVENTS = "/api/events";
  private static final String HISTORY = "/api/history";
  private static final String METRICS = "/metrics";

  private final Map<String, PageFile> page = PageFile.all();

  private final FactsEncoder encoder = new FactsEncoder();
  private final AdminCounters counters = new AdminCounters();
  private final FactsCache facts;
  private final EventHub events;
  private final AdminRoutes routes;
  private final AdminMetrics metrics;
  private final HistoryRing history;
  private byte @Nullable [] encodedHistory;

  AdminService(
      EventLoop loop, FactsSource source, AdminRoutes routes, HistoryRing history, String version) {
    this.history = history;
    this.routes = routes;
    this.facts = new FactsCache(source, encoder, loop);
    this.metrics = new AdminMetrics(counters, version);
    this.events = new EventHub(loop, facts, encoder, counters, new Observing());
  }

  AdminCounters counters() {
    return counters;
  }

  EventHub events() {
    return events;
  }

  FactsEncoder encoder() {
    return encoder;
  }

  /** Answers a request; the stage may complete on any thread. */
  CompletionStage<?> answer(String method, AdminRequest request) {
    String path = request.path();
    AdminRoutes.Handler handler = routes.find(method, path);
    if (handler != null) {
      return handler.handle(request);
    }
    PageFile file = page.get(path);
    if (file != null) {
      return CompletableFuture.completedFuture(file);
    }
    if (path.equals(HISTORY)) {
      return CompletableFuture.completedFuture(history());
    }
    if (path.equals(METRICS)) {
      return facts.get().thenApply(this::scrape);
    }
    return facts.get().thenApply(snapshot -> part(snapshot, path.substring(API.length())));
  }

  /** The methods that a path answers to; empty for a path that is not served. */
  Set<String> methods(String path) {
    Set<String> own = routes.methods(path);
    return own.isEmpty() && isBuiltIn(path) ? Set.of("GET") : own;
  }

  private boolean isBuiltIn(String path) {
    return page.containsKey(path)
        || Set.of(EVENTS, HISTORY, METRICS).contains(path)
        || (path.startsWith(API) && EncodedFacts.isPart(path.substring(API.length())));
  }

  private static Object part(EncodedFacts snapshot, String name) {
    byte[] json = snapshot.part(name);
    if (json == null) {
      throw unknown(API + name);
    }
    return json;
  }

  private static AdminFailure unknown(String path) {
    return new AdminFailure(AdminFailure.Kind.UNKNOWN, "nothing is served at " + path);
  }

  private byte[] history() {
    byte[] known = encodedHistory;
    if (known == null) {
      known = encoder.json(history.history());
      encodedHistory = known;
    }
    return known;
  }

  private String scrape(EncodedFacts snapshot) {
    return metrics.scrape(snapshot.facts(), events.clients(), events.overflowed());
  }

  private final class Observing implements EventHub.Observer {
    @Override
    public void on(AdminEvent event) {
      metrics.on(event);
    }

    @Override
    public HistorySample onTick(EncodedFacts snapshot) {
      encodedHistory = null;
      return history.add(snapshot.facts(), Instant.now(), System.nanoTime());
    }
  }
}
