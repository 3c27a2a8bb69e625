package io.quicmesh.node;

import io.netty.util.concurrent.Future;
import io.quicmesh.transport.carrier.Addresses;
import io.quicmesh.transport.identity.MemberVerifier;
import io.quicmesh.transport.quic.Alpn;
import io.quicmesh.transport.quic.QuicConnection;
import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Dials the addresses at which the config says that members are, so that they meet without a relay.
 * Whoever answers there must be a member; it may be any. Loop-owned.
 */
final class StaticPeers {

  private static final Logger LOG = LoggerFactory.getLogger(StaticPeers.class);

  private final NodeContext context;
  private final Mesh mesh;
  private final Map<InetSocketAddress, Integer> failures = new LinkedHashMap<>();
  private boolean closed;

  StaticPeers(NodeContext context, Mesh mesh) {
    this.context = context;
    this.mesh = mesh;
    context.settings().directPeers().forEach(address -> failures.put(address, 0));
  }

  void start() {
    failures.keySet().forEach(this::check);
  }

  /** From now on these are the addresses; connections to others stay as long as they live. */
  void replace(List<InetSocketAddress> addresses) {
    failures.keySet().retainAll(addresses);
    for (InetSocketAddress address : addresses) {
      if (failures.putIfAbsent(address, 0) == null) {
        check(address);
      }
    }
  }

  private void check(InetSocketAddress address) {
    if (closed || !failures.containsKey(address)) {
      return;
    }
    if (mesh.hasDirect(address)) {
      later(address, 0);
    } else {
      dial(address);
    }
  }

  private void dial(InetSocketAddress address) {
    MemberVerifier members =
        MemberVerifier.ofNetwork(context.identity().network(), context.revoked(), context.clock());
    Future<QuicConnection> dialled =
        context
            .dialer()
            .dial(address, Alpn.NODE, members, context.settings().retry().connectTimeoutNanos());
    dialled.addListener(
        done -> {
          int failed = dialled.isSuccess() ? 0 : failures.getOrDefault(address, 0) + 1;
          failures.replace(address, failed);
          if (dialled.isSuccess()) {
            mesh.accept(dialled.getNow());
          } else {
            LOG.debug(
                "configured peer not reached remote={} reason={}",
                Addresses.text(address),
                dialled.cause().getMessage());
          }
          later(address, failed);
        });
  }

  private void later(InetSocketAddress address, int failed) {
    long delayNanos =
        context.settings().retry().firstNanos() << Math.min(Math.max(0, failed - 1), 4);
    long capped = Math.min(delayNanos, context.settings().retry().intervalNanos());
    var unused = context.loop().schedule(() -> check(address), capped, TimeUnit.NANOSECONDS);
  }

  void close() {
    closed = true;
  }
}
