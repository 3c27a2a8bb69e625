package io.quicmesh.node.cli;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.Future;
import io.quicmesh.node.membership.MembershipException;
import io.quicmesh.node.membership.MembershipException.Kind;
import io.quicmesh.node.membership.RegistrarLink;
import io.quicmesh.node.membership.RelayAddress;
import io.quicmesh.transport.identity.AuthorityVerifier;
import io.quicmesh.transport.identity.EndToEndTls;
import io.quicmesh.transport.identity.EndToEndTlsWorker;
import io.quicmesh.transport.identity.RelayVerifier;
import io.quicmesh.transport.identity.SecureChannel;
import io.quicmesh.transport.identity.VerifiedPeer;
import io.quicmesh.transport.quic.Alpn;
import io.quicmesh.transport.quic.EndpointConfig;
import io.quicmesh.transport.quic.PathEvent;
import io.quicmesh.transport.quic.QuicConnection;
import io.quicmesh.transport.quic.QuicEndpoint;
import io.quicmesh.transport.quic.ServerRole;
import io.quicmesh.transport.quic.Urgency;
import io.quicmesh.transport.stream.ReceiveStream;
import io.quicmesh.transport.stream.SendStream;
import io.quicmesh.transport.wire.CloseCode;
import io.quicmesh.transport.wire.ControlMessage;
import io.quicmesh.transport.wire.StreamHeader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.security.SecureRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The way to the registrar through one of the network's relays: a connection of its own to the
 * relay, and on it a secure channel with the CA.
 */
final class QuicRegistrarLink implements RegistrarLink {

  private static final long DIAL_NANOS = TimeUnit.SECONDS.toNanos(5);
  private static final int ANSWER_SECONDS = 8;

  @Override
  public byte[] exchange(Call call) throws MembershipException {
    MultiThreadIoEventLoopGroup group =
        new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("quicmesh-join", true), EpollIoHandler.newFactory());
    ExecutorService workers =
        Executors.newCachedThreadPool(new DefaultThreadFactory("quicmesh-join-worker", true));
    try (EndToEndTlsWorker tls = EndToEndTlsWorker.start(System::nanoTime)) {
      return exchange(call, group.next(), workers, tls);
    } finally {
      workers.shutdownNow();
      group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2, TimeUnit.SECONDS);
    }
  }

  private static byte[] exchange(
      Call call, EventLoop loop, ExecutorService workers, EndToEndTlsWorker tls)
      throws MembershipException {
    QuicEndpoint endpoint =
        await(
            QuicEndpoint.bind(
                loop, workers, EndpointConfig.of(null), call.self(), ServerRole.none()),
            "this host's UDP port");
    try {
      MembershipException last =
          new MembershipException(Kind.NOT_THERE, "the network has no relay to join through");
      for (RelayAddress relay : call.relays()) {
        try {
          return exchange(call, relay, endpoint, loop, tls);
        } catch (MembershipException e) {
          last = e;
          if (e.kind() == Kind.NOT_AUTHORISED) {
            throw e;
          }
        }
      }
      throw last;
    } finally {
      endpoint.close().awaitUninterruptibly(2, TimeUnit.SECONDS);
    }
  }

  private static byte[] exchange(
      Call call, RelayAddress relay, QuicEndpoint endpoint, EventLoop loop, EndToEndTlsWorker tls)
      throws MembershipException {
    InetAddress address;
    try {
      address = InetAddress.getByName(relay.host());
    } catch (UnknownHostException e) {
      throw new MembershipException(
          Kind.NOT_THERE, "the relay's name " + relay.host() + " is not known: check DNS");
    }
    InetSocketAddress remote = new InetSocketAddress(address, relay.port());
    CompletableFuture<byte[]> answer = new CompletableFuture<>();
    loop.execute(
        () ->
            endpoint
                .dial(remote, Alpn.JOIN, new RelayVerifier(relay.fingerprint()), DIAL_NANOS)
                .addListener(
                    dialled -> {
                      if (dialled.isSuccess()) {
                        new Conversation(call, (QuicConnection) dialled.getNow(), answer)
                            .start(loop, tls);
                      } else {
                        answer.completeExceptionally(
                            new MembershipException(
                                Kind.NOT_THERE,
                                "relay "
                                    + relay.label()
                                    + " is not reached: "
                                    + dialled.cause().getMessage()));
                      }
                    }));
    try {
      return answer.get(ANSWER_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof MembershipException known
          ? known
          : new MembershipException(Kind.FAILED, String.valueOf(e.getCause()));
    } catch (TimeoutException e) {
      throw new MembershipException(
          Kind.NOT_THERE,
          "the registrar did not answer through relay "
              + relay.label()
              + ": see that quicmesh up runs on the host that invited");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new MembershipException(Kind.FAILED, "interrupted");
    }
  }

  private static <T> T await(Future<T> future, String what) throws MembershipException {
    future.awaitUninterruptibly();
    if (!future.isSuccess()) {
      throw new MembershipException(
          Kind.FAILED, what + " cannot be opened: " + future.cause().getMessage());
    }
    return future.getNow();
  }

  /** One request and its answer over one connection. Owned by the event loop. */
  private static final class Conversation
      implements QuicConnection.Listener, SecureChannel.Listener, ReceiveStream.Listener {

    private final Call call;
    private final QuicConnection connection;
    private final CompletableFuture<byte[]> answer;
    private final SendStream stream;
    private SecureChannel channel;

    @SuppressWarnings("NullAway.Init")
    Conversation(Call call, QuicConnection connection, CompletableFuture<byte[]> answer) {
      this.call = call;
      this.connection = connection;
      this.answer = answer;
      StreamHeader.Join header =
          new StreamHeader.Join(call.network(), new SecureRandom().nextLong());
      this.stream = connection.openStream(header, Urgency.SESSION_CONTROL);
    }

    void start(EventLoop loop, EndToEndTlsWorker tls) {
      connection.setListener(this);
      EndToEndTls.Settings settings =
          new EndToEndTls.Settings(call.self(), new AuthorityVerifier(call.network()));
      channel = tls.client(settings, loop, this);
      channel.start();
    }

    @Override
    public void transmit(byte[] bytes) {
      stream.write(Unpooled.wrappedBuffer(bytes));
    }

    @Override
    public void established(VerifiedPeer peer, byte[] secret) {
      channel.send(call.request().toBytes());
    }

    @Override
    public void message(byte[] message) {
      answer.complete(message);
      connection.close(CloseCode.NONE);
    }

    @Override
    public void failed(CloseCode code, String reason) {
      fail("the registrar is not who it should be, or did not finish: " + reason);
    }

    @Override
    public void streamOpened(StreamHeader header, ReceiveStream from) {
      from.setListener(this);
    }

    @Override
    public void read(ByteBuf data) {
      channel.receive(data);
    }

    @Override
    public void finished() {}

    @Override
    public void closed(String cause) {}

    @Override
    public void control(ControlMessage message) {
      if (message instanceof ControlMessage.CircuitClosed refused) {
        String why = CloseCode.describe(refused.code());
        boolean isAbsent = refused.code() == CloseCode.PEER_OFFLINE.code();
        fail(
            isAbsent
                ? "the registrar is not up: start quicmesh up on the host that invited"
                : "the relay ended it: " + why);
      }
    }

    @Override
    public void pathChanged(PathEvent event) {}

    @Override
    public void closed(int code, String cause) {
      fail("the relay closed the connection: " + cause);
    }

    private void fail(String reason) {
      answer.completeExceptionally(new MembershipException(Kind.NOT_THERE, reason));
      connection.close(CloseCode.NONE);
    }
  }
}
