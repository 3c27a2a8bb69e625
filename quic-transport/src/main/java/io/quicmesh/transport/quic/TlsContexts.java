package io.quicmesh.transport.quic;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.quic.BoringSSLContextOption;
import io.netty.handler.codec.quic.BoringSSLKeylog;
import io.netty.handler.codec.quic.QuicSslContext;
import io.netty.handler.codec.quic.QuicSslContextBuilder;
import io.netty.handler.codec.quic.QuicSslEngine;
import io.netty.handler.codec.quic.SslSessionTicketKey;
import io.netty.handler.ssl.ClientAuth;
import io.quicmesh.transport.identity.TransportIdentity;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The TLS 1.3 settings of one identity in both roles: hybrid key exchange, both sides show a
 * certificate, nothing is resumed, no early data.
 */
final class TlsContexts {

  private static final Set<String> ALPNS = Set.of(Alpn.NODE, Alpn.RELAY, Alpn.JOIN);
  private static final int TICKET_KEY_PART_BYTES = 16;

  private final @Nullable QuicSslContext server;
  private final Map<String, QuicSslContext> clients;
  private final SecureRandom random = new SecureRandom();

  /**
   * What both roles have in common.
   *
   * @param groups key exchange groups, best first
   * @param keyLog hears the secrets of every connection; null if nobody does
   */
  record Common(TransportIdentity identity, List<String> groups, @Nullable BoringSSLKeylog keyLog) {

    private QuicSslContextBuilder on(QuicSslContextBuilder builder) {
      if (keyLog != null) {
        builder.keylog(keyLog);
      }
      return builder
          .trustManager(new DeferringTrustManager())
          .option(BoringSSLContextOption.GROUPS, groups.toArray(new String[0]))
          .earlyData(false);
    }
  }

  TlsContexts(Common common, Set<String> serverAlpns) {
    clients =
        Stream.concat(ALPNS.stream(), serverAlpns.stream())
            .distinct()
            .collect(Collectors.toUnmodifiableMap(alpn -> alpn, a -> client(common, a)));
    server = serverAlpns.isEmpty() ? null : server(common, serverAlpns);
  }

  private static QuicSslContext client(Common common, String alpn) {
    return common
        .on(QuicSslContextBuilder.forClient())
        .keyManager(new FixedKeyManager(common.identity), null)
        .endpointIdentificationAlgorithm(null)
        .applicationProtocols(alpn)
        .build();
  }

  private static QuicSslContext server(Common common, Set<String> alpns) {
    return common
        .on(QuicSslContextBuilder.forServer(new FixedKeyManager(common.identity), null))
        .clientAuth(ClientAuth.REQUIRE)
        .applicationProtocols(alpns.toArray(new String[0]))
        .build();
  }

  /** Whether connections with this protocol can be dialled. */
  boolean knows(String alpn) {
    return clients.containsKey(alpn);
  }

  /** The engine of a connection that we dial. Without a peer name the codec caches no session. */
  QuicSslEngine clientEngine(String alpn, ByteBufAllocator allocator) {
    QuicSslContext context = clients.get(alpn);
    if (context == null) {
      throw new IllegalArgumentException("unknown application protocol " + alpn);
    }
    return context.newEngine(allocator);
  }

  /**
   * The engine of a connection that is dialled to us. BoringSSL cannot be kept from sending tickets
   * here, so the key of each ticket is replaced before anybody can come back with it.
   */
  QuicSslEngine serverEngine(ByteBufAllocator allocator) {
    if (server == null) {
      throw new IllegalStateException("no server role");
    }
    server
        .sessionContext()
        .setTicketKeys(new SslSessionTicketKey(ticketPart(), ticketPart(), ticketPart()));
    return server.newEngine(allocator);
  }

  private byte[] ticketPart() {
    byte[] part = new byte[TICKET_KEY_PART_BYTES];
    random.nextBytes(part);
    return part;
  }
}
