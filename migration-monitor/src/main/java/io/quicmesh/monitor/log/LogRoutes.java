package io.quicmesh.monitor.log;

import io.quicmesh.monitor.AdminFailure;
import io.quicmesh.monitor.AdminRequest;
import io.quicmesh.monitor.AdminRoutes;
import io.quicmesh.monitor.api.LogRequest;
import io.quicmesh.monitor.api.LogState;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.regex.Pattern;

/** What the admin interface shows of a daemon's log, and sets. */
public final class LogRoutes {

  private static final String PATH = "/api/log";
  private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_.$]{0,200}");

  private final DaemonLog log;

  private LogRoutes(DaemonLog log) {
    this.log = log;
  }

  /** Adds {@code GET} and {@code POST /api/log}. */
  public static void add(AdminRoutes routes, DaemonLog log) {
    LogRoutes added = new LogRoutes(log);
    routes.get(PATH, request -> added.state()).post(PATH, added::set);
  }

  private CompletionStage<LogState> state() {
    return CompletableFuture.completedFuture(log.state());
  }

  private CompletionStage<LogState> set(AdminRequest request) {
    LogRequest wanted = request.bodyAs(LogRequest.class);
    String name = wanted.name();
    String level = wanted.level();
    if (name != null && !NAME.matcher(name).matches()) {
      throw new AdminFailure(AdminFailure.Kind.USAGE, "'" + name + "' is not a package's name");
    }
    try {
      log.setLevel(name, level == null ? null : LogLevel.parse(level));
    } catch (IllegalArgumentException e) {
      throw new AdminFailure(AdminFailure.Kind.USAGE, String.valueOf(e.getMessage()));
    }
    return state();
  }
}
