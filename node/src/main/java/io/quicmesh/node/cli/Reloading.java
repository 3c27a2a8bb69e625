package io.quicmesh.node.cli;

import io.quicmesh.monitor.AdminFailure;
import io.quicmesh.monitor.AdminRoutes;
import io.quicmesh.monitor.api.ReloadAnswer;
import io.quicmesh.monitor.log.DaemonLog;
import io.quicmesh.node.Node;
import io.quicmesh.node.NodeSettings;
import io.quicmesh.node.config.ConfigChange;
import io.quicmesh.node.config.ConfigException;
import io.quicmesh.node.config.ConfigFile;
import io.quicmesh.node.config.NodeConfig;
import io.quicmesh.node.config.NodeSettingsReader;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Reads the config file again while the node runs. Used by one helper thread at a time. */
final class Reloading {

  private final NodeDaemon.Options options;
  private final Node node;
  private final DaemonLog log;
  private NodeConfig inForce;

  Reloading(NodeDaemon.Options options, Node node, DaemonLog log) {
    this.options = options;
    this.node = node;
    this.log = log;
    this.inForce = options.config();
  }

  void addRoute(AdminRoutes routes) {
    routes.post("/api/reload", request -> start());
  }

  private CompletionStage<ReloadAnswer> start() {
    Path file = options.configFile();
    if (file == null) {
      throw new AdminFailure(
          AdminFailure.Kind.FAILED,
          "the daemon was started without a config file: start it with --config FILE");
    }
    CompletableFuture<ReloadAnswer> answer = new CompletableFuture<>();
    node.runAside(
        () -> {
          try {
            answer.complete(reload(file));
          } catch (ConfigException e) {
            answer.completeExceptionally(
                new AdminFailure(AdminFailure.Kind.USAGE, String.valueOf(e.getMessage())));
          } catch (RuntimeException e) {
            answer.completeExceptionally(e);
          }
        });
    return answer;
  }

  /** What cannot change now is asked for again by the next reload, until a restart. */
  private synchronized ReloadAnswer reload(Path file) throws ConfigException {
    NodeConfig wanted = ConfigFile.read(file);
    NodeSettings settings = NodeSettingsReader.read(file.toString(), wanted);
    ConfigChange change = ConfigChange.between(inForce, wanted);
    if (change.whileRunning().stream().anyMatch(key -> key.startsWith("log."))) {
      log.set(wanted.log().settings());
    }
    node.reload(settings);
    inForce = inForce.withLive(wanted);
    return new ReloadAnswer(change.whileRunning(), change.onRestart());
  }
}
