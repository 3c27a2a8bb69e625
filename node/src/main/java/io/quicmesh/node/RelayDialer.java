package io.quicmesh.node;

import io.netty.util.concurrent.Future;
import io.quicmesh.node.NodeIdentity.RelayAddress;
import io.quicmesh.transport.identity.RelayVerifier;
import io.quicmesh.transport.quic.Alpn;
import io.quicmesh.transport.quic.QuicConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Dials a relay by its name: looks the name up, and tries the addresses behind it one after the
 * other. Loop-owned.
 */
final class RelayDialer {

  private static final long CONNECT_TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(5);

  /** Hears of one attempt; {@link #connected} or {@link #failed} is the end of it. */
  interface Listener {

    void connected(QuicConnection connection);

    /** Nobody at this address, or one who refuses; the next one is tried. */
    void addressFailed(Throwable cause);

    /**
     * No address is left.
     *
     * @param reason why there was none at all; null if the last one's failure is all there is to it
     */
    void failed(@Nullable String reason);
  }

  private final NodeContext context;
  private final Executor resolver;
  private final RelayAddress relay;
  private final Listener listener;
  private boolean closed;

  /**
   * @param resolver runs what may block: looking up names
   */
  RelayDialer(NodeContext context, Executor resolver, RelayAddress relay, Listener listener) {
    this.context = context;
    this.resolver = resolver;
    this.relay = relay;
    this.listener = listener;
  }

  /** Makes one attempt. */
  void dial() {
    resolver.execute(
        () -> {
          try {
            InetAddress[] found = InetAddress.getAllByName(relay.host());
            context.loop().execute(() -> dialNext(new ArrayDeque<>(Arrays.asList(found))));
          } catch (UnknownHostException e) {
            String reason = "the name " + relay.host() + " is not known to the resolver";
            context.loop().execute(() -> listener.failed(reason));
          }
        });
  }

  private void dialNext(Deque<InetAddress> addresses) {
    InetAddress next = addresses.poll();
    if (next == null || closed) {
      listener.failed(null);
      return;
    }
    InetSocketAddress remote = new InetSocketAddress(next, relay.port());
    RelayVerifier expected = new RelayVerifier(relay.fingerprint());
    Future<QuicConnection> dialled =
        context.dialer().dial(remote, Alpn.RELAY, expected, CONNECT_TIMEOUT_NANOS);
    dialled.addListener(
        done -> {
          if (dialled.isSuccess()) {
            listener.connected(dialled.getNow());
          } else {
            listener.addressFailed(dialled.cause());
            dialNext(addresses);
          }
        });
  }

  /** Tries no other address; a connection that comes up yet is told. */
  void close() {
    closed = true;
  }
}
