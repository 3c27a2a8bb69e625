package io.quicmesh.monitor;

import io.quicmesh.monitor.api.ConnectionStatus;
import io.quicmesh.monitor.api.HandoverRequest;
import io.quicmesh.monitor.api.ProbeAnswer;
import io.quicmesh.monitor.api.SimulateMigrationRequest;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The table of (method, path) to handler that an admin server serves beside its own endpoints. A
 * GET changes nothing; what changes something is a POST, which over TCP needs the token.
 *
 * <p>Filled by one thread before the server starts.
 */
public final class AdminRoutes {

  /** Answers one request, on the admin thread, which it must not block. */
  public interface Handler {
    /**
     * Returns a stage of the JSON body, of a {@code String} for plain text, or of an {@link
     * AdminAnswer}; failing with {@link AdminFailure} or throwing it is an answer as well
     */
    CompletionStage<?> handle(AdminRequest request);
  }

  private final Map<String, Handler> gets = new LinkedHashMap<>();
  private final Map<String, Handler> posts = new LinkedHashMap<>();

  public AdminRoutes get(String path, Handler handler) {
    return add(gets, path, handler);
  }

  public AdminRoutes post(String path, Handler handler) {
    return add(posts, path, handler);
  }

  /** Adds the routes of a node's actions. */
  public AdminRoutes actions(AdminActions actions) {
    return get("/api/why", request -> actions.why(request.requiredParameter("peer")))
        .get(
            "/api/test",
            request ->
                actions.test(request.parameter("peer")).thenApply(AdminRoutes::withConnection))
        .post(
            "/api/simulate-migration",
            request ->
                actions.simulateMigration(request.bodyAs(SimulateMigrationRequest.class).target()))
        .post("/api/handover", request -> actions.handover(handoverRequest(request)));
  }

  @Nullable Handler find(String method, String path) {
    return (method.equals("POST") ? posts : gets).get(path);
  }

  /** The methods that a path answers to; empty for an unknown path. */
  Set<String> methods(String path) {
    boolean get = gets.containsKey(path);
    boolean post = posts.containsKey(path);
    return get && post
        ? Set.of("GET", "POST")
        : get ? Set.of("GET") : post ? Set.of("POST") : Set.of();
  }

  private AdminRoutes add(Map<String, Handler> table, String path, Handler handler) {
    if (!path.startsWith("/") || table.putIfAbsent(path, handler) != null) {
      throw new IllegalArgumentException("route is relative or taken: " + path);
    }
    return this;
  }

  private static HandoverRequest handoverRequest(AdminRequest request) {
    HandoverRequest body = request.bodyAs(HandoverRequest.class);
    // Jackson leaves what is missing null, whatever the record says.
    if (isMissing(body.peer()) || isMissing(body.target())) {
      throw new AdminFailure(
          AdminFailure.Kind.USAGE, request.path() + ": 'peer' and 'target' are needed");
    }
    return body;
  }

  private static boolean isMissing(@Nullable String value) {
    return value == null || value.isEmpty();
  }

  private static AdminAnswer withConnection(ProbeAnswer probe) {
    ConnectionStatus connection = probe.connection();
    return new AdminAnswer(
        Map.of(
            "X-Connection-Id", connection.connectionId(),
            "X-Remote-Addr", connection.remoteAddr(),
            "X-Migration-Count", Long.toString(connection.migrationCount())),
        probe);
  }
}
