package io.quicmesh.node.cli;

import io.quicmesh.node.Node;
import io.quicmesh.node.membership.JoinDesk;
import io.quicmesh.node.membership.Membership;
import io.quicmesh.node.membership.MembershipException;
import io.quicmesh.node.membership.RegistrarService;
import java.time.InstantSource;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/** The registrar of a running node, on a thread of its own. */
final class RegistrarDesk implements AutoCloseable {

  private final ExecutorService registrar =
      Executors.newSingleThreadExecutor(RegistrarDesk::thread);

  private RegistrarDesk() {}

  static @Nullable RegistrarDesk open(Membership membership, Node node) throws MembershipException {
    RegistrarService service = membership.registrar().orElse(null);
    if (service == null) {
      return null;
    }
    RegistrarDesk opened = new RegistrarDesk();
    node.serveJoins(new JoinDesk(service, InstantSource.system()), service, opened.registrar);
    return opened;
  }

  private static Thread thread(Runnable task) {
    Thread thread = new Thread(task, "quicmesh-registrar");
    thread.setDaemon(true);
    return thread;
  }

  @Override
  public void close() {
    registrar.shutdown();
  }
}
