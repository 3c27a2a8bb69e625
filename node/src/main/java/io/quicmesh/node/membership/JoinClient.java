package io.quicmesh.node.membership;

import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.Future;
import io.quicmesh.node.membership.MembershipException.Kind;
import io.quicmesh.transport.identity.EndToEndTlsWorker;
import io.quicmesh.transport.identity.RelayVerifier;
import io.quicmesh.transport.quic.Alpn;
import io.quicmesh.transport.quic.DialException;
import io.quicmesh.transport.quic.EndpointConfig;
import io.quicmesh.transport.quic.QuicConnection;
import io.quicmesh.transport.quic.QuicEndpoint;
import io.quicmesh.transport.quic.ServerRole;
import io.quicmesh.transport.wire.CloseCode;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The way to a registrar through its network's relays: a UDP port and threads for this one errand,
 * a connection to a relay that shows the pinned key, and on it a secure channel with the CA. Every
 * address of every relay is tried in order. Blocking.
 */
public final class JoinClient implements RegistrarLink {

  private static final long DIAL_SECONDS = 5;
  private static final long ANSWER_SECONDS = 8;
  private static final long STOP_SECONDS = 2;

  @Override
  public byte[] exchange(Call call) throws MembershipException {
    MultiThreadIoEventLoopGroup group =
        new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("quicmesh-join", true), EpollIoHandler.newFactory());
    ExecutorService workers =
        Executors.newSingleThreadExecutor(new DefaultThreadFactory("quicmesh-join-worker", true));
    try (EndToEndTlsWorker tls = EndToEndTlsWorker.start(System::nanoTime)) {
      return new Errand(call, group.next(), tls).run(workers);
    } finally {
      workers.shutdownNow();
      group
          .shutdownGracefully(0, STOP_SECONDS, TimeUnit.SECONDS)
          .awaitUninterruptibly(STOP_SECONDS, TimeUnit.SECONDS);
    }
  }

  /** One call with the means for it. */
  private record Errand(Call call, EventLoop loop, EndToEndTlsWorker tls) {

    byte[] run(ExecutorService workers) throws MembershipException {
      Future<QuicEndpoint> bound =
          QuicEndpoint.bind(loop, workers, EndpointConfig.of(null), call.self(), ServerRole.none());
      if (!bound.awaitUninterruptibly().isSuccess()) {
        throw new MembershipException(
            Kind.FAILED, "no UDP port can be opened: " + Text.printable(bound.cause().toString()));
      }
      QuicEndpoint endpoint = bound.getNow();
      try {
        return tryAll(endpoint);
      } finally {
        endpoint.close().awaitUninterruptibly(STOP_SECONDS, TimeUnit.SECONDS);
      }
    }

    /** What a relay or the registrar forbids says more than that another relay is unreachable. */
    private byte[] tryAll(QuicEndpoint endpoint) throws MembershipException {
      MembershipException reason =
          new MembershipException(Kind.NOT_THERE, "the network has no relay to reach it through");
      for (RelayAddress relay : call.relays()) {
        try {
          return tryAddresses(relay, endpoint);
        } catch (MembershipException e) {
          reason = reason.kind() == Kind.NOT_AUTHORISED ? reason : e;
        }
      }
      throw reason;
    }

    private byte[] tryAddresses(RelayAddress relay, QuicEndpoint endpoint)
        throws MembershipException {
      InetAddress[] addresses;
      try {
        addresses = InetAddress.getAllByName(relay.host());
      } catch (UnknownHostException e) {
        throw new MembershipException(
            Kind.NOT_THERE,
            "the relay's name " + relay.host() + " is not known: check the name service");
      }
      MembershipException reason = null;
      for (InetAddress address : addresses) {
        try {
          return tryAddress(relay, new InetSocketAddress(address, relay.port()), endpoint);
        } catch (MembershipException e) {
          reason = e;
        }
      }
      throw reason == null ? unreached(relay, "it has no address") : reason;
    }

    private byte[] tryAddress(RelayAddress relay, InetSocketAddress remote, QuicEndpoint endpoint)
        throws MembershipException {
      CompletableFuture<byte[]> answer = new CompletableFuture<>();
      loop.execute(
          () ->
              endpoint
                  .dial(
                      remote,
                      Alpn.JOIN,
                      new RelayVerifier(relay.fingerprint()),
                      TimeUnit.SECONDS.toNanos(DIAL_SECONDS))
                  .addListener(
                      (Future<QuicConnection> dialled) -> {
                        if (dialled.isSuccess()) {
                          new JoinConversation(call, relay, dialled.getNow(), answer)
                              .start(tls, loop);
                        } else {
                          answer.completeExceptionally(refused(relay, dialled.cause()));
                        }
                      }));
      return await(answer, relay);
    }

    private static byte[] await(CompletableFuture<byte[]> answer, RelayAddress relay)
        throws MembershipException {
      try {
        return answer.get(DIAL_SECONDS + ANSWER_SECONDS, TimeUnit.SECONDS);
      } catch (ExecutionException e) {
        throw e.getCause() instanceof MembershipException known
            ? known
            : new MembershipException(
                Kind.FAILED, "an error of this program: " + Text.printable(String.valueOf(e)));
      } catch (TimeoutException e) {
        throw new MembershipException(
            Kind.NOT_THERE,
            "the registrar did not answer through relay %s: see that 'quicmesh up' runs there"
                .formatted(relay.label()));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new MembershipException(Kind.FAILED, "interrupted");
      }
    }

    private static MembershipException refused(RelayAddress relay, Throwable cause) {
      if (cause instanceof DialException dial && dial.code() == CloseCode.WRONG_PEER.code()) {
        return new MembershipException(
            Kind.NOT_AUTHORISED,
            "relay %s shows another fingerprint than %s...: %s"
                .formatted(
                    relay.label(),
                    relay.fingerprint().shortText(),
                    "it is not that relay, or has a new key: ask for a new token"));
      }
      if (cause instanceof DialException dial && dial.code() == CloseCode.QUOTA.code()) {
        return JoinConversation.busy(relay);
      }
      return unreached(relay, Text.printable(String.valueOf(cause.getMessage())));
    }

    private static MembershipException unreached(RelayAddress relay, String why) {
      return new MembershipException(
          Kind.NOT_THERE,
          "relay %s is not reached: %s: check the network and that the relay runs"
              .formatted(relay.label(), why));
    }
  }
}
