package io.quicmesh.transport.quic;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicConnectionCloseEvent;
import io.netty.handler.codec.quic.QuicPathEvent;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.handler.codec.quic.QuicStreamLimitChangedEvent;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import io.netty.util.concurrent.ScheduledFuture;
import io.quicmesh.transport.identity.PeerRefusedException;
import io.quicmesh.transport.identity.PeerVerifier;
import io.quicmesh.transport.identity.VerifiedPeer;
import io.quicmesh.transport.wire.CloseCode;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The codec's events of one connection: from the first packet through TLS and the verification of
 * the peer to the end. Nothing of a connection is visible above before its peer was verified.
 */
final class ConnectionHandler extends ChannelInboundHandlerAdapter {

  /** What the two roles do differently. */
  interface Admission {

    /** Which side this is. */
    QuicConnection.Role role();

    /** Who may be at the other end with this protocol; null if the protocol is not known. */
    @Nullable PeerVerifier verifier(String alpn);

    /** The codec has made the connection's state. */
    void began(QuicChannel channel);

    /** TLS has succeeded and the peer is verified. */
    void admitted(QuicConnection connection);

    /** It ended before that. Called once, unless {@link #admitted} was. */
    void failed(int code, String cause);
  }

  private static final Logger LOG = LoggerFactory.getLogger(ConnectionHandler.class);

  private final ConnectionScope scope;
  private final Admission admission;
  private final long deadlineNanos;
  private final List<QuicStreamChannel> early = new ArrayList<>();
  private @Nullable QuicChannel channel;
  private @Nullable ScheduledFuture<?> deadline;
  private @Nullable LiveConnection connection;
  private final Promise<Void> gone;
  private boolean over;
  private boolean lingers;

  ConnectionHandler(ConnectionScope scope, Admission admission, long deadlineNanos) {
    this.scope = scope;
    this.admission = admission;
    this.deadlineNanos = deadlineNanos;
    gone = scope.newPromise();
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    QuicChannel made = (QuicChannel) ctx.channel();
    channel = made;
    scope.add(this);
    gone.addListener(done -> scope.remove(this));
    deadline = made.eventLoop().schedule(this::late, deadlineNanos, TimeUnit.NANOSECONDS);
    admission.began(made);
  }

  private void late() {
    scope.counters().add(Counter.HANDSHAKES_LATE);
    close(CloseCode.TIMED_OUT, "the handshake took too long");
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof SslHandshakeCompletionEvent completion) {
      if (completion.isSuccess()) {
        verify((QuicChannel) ctx.channel());
      } else {
        scope.counters().add(Counter.HANDSHAKES_FAILED);
        endSoon(CloseCode.PROTOCOL.code(), "TLS failed: " + completion.cause());
      }
    } else if (event instanceof QuicConnectionCloseEvent closed) {
      endSoon(Closings.code(closed), Closings.cause(closed));
    } else if (event instanceof QuicPathEvent path && connection != null) {
      connection.pathEvent(PathAddresses.event(path));
    } else if (event instanceof QuicStreamLimitChangedEvent && connection != null) {
      connection.streams().openWaiting();
    }
  }

  private void verify(QuicChannel of) {
    SSLEngine engine = of.sslEngine();
    String alpn = engine == null ? null : engine.getApplicationProtocol();
    PeerVerifier verifier = alpn == null ? null : admission.verifier(alpn);
    if (engine == null || alpn == null || verifier == null) {
      close(CloseCode.VERSION, "no application protocol in common");
      return;
    }
    try {
      List<X509Certificate> chain =
          Arrays.stream(engine.getSession().getPeerCertificates())
              .map(X509Certificate.class::cast)
              .toList();
      scope.workers().execute(() -> judge(of, verifier, chain, alpn));
    } catch (SSLPeerUnverifiedException e) {
      refused(CloseCode.NOT_ALLOWED, "the peer showed no certificate");
    }
  }

  /** On a worker: signatures take their time. */
  private void judge(
      QuicChannel of, PeerVerifier verifier, List<X509Certificate> chain, String alpn) {
    Runnable verdict;
    try {
      VerifiedPeer peer = verifier.verify(chain);
      verdict = () -> verified(of, peer, alpn);
    } catch (PeerRefusedException e) {
      verdict = () -> refused(e.code(), e.oneLine());
    } catch (RuntimeException e) {
      LOG.warn("a peer verifier failed", e);
      verdict = () -> refused(CloseCode.NOT_ALLOWED, "not verified");
    }
    try {
      of.eventLoop().execute(verdict);
    } catch (RejectedExecutionException e) {
      LOG.debug("a peer was verified after the end of the event loop");
    }
  }

  private void refused(CloseCode code, String cause) {
    scope.counters().add(Counter.PEERS_REFUSED);
    scope.counters().add(Counter.refusal(code));
    close(code, cause);
  }

  private void verified(QuicChannel of, VerifiedPeer peer, String alpn) {
    if (over || !of.isActive()) {
      return;
    }
    cancelDeadline();
    LiveConnection made =
        LiveConnection.of(this, of, new LiveConnection.Facts(admission.role(), alpn, peer), scope);
    connection = made;
    admission.admitted(made);
    early.forEach(made.streams()::accept);
    early.clear();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    QuicStreamChannel stream = (QuicStreamChannel) message;
    stream.config().setAutoRead(false);
    if (connection == null) {
      early.add(stream);
    } else {
      connection.streams().accept(stream);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    if (channel != null && channel.isTimedOut()) {
      end(CloseCode.TIMED_OUT.code(), CloseCode.TIMED_OUT.text());
    } else {
      end(CloseCode.NONE.code(), CloseCode.NONE.text());
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    scope.counters().add(Counter.QUIC_ERRORS);
    LOG.debug("quiche refused a packet cause={}", cause.toString());
  }

  /** The codec could not connect; what the peer said about it has come before. */
  void connectFailed(Throwable cause) {
    endSoon(CloseCode.NONE.code(), "not connected: " + cause.getMessage());
  }

  /**
   * Closes, and tells the owner after this turn. quiche counts the frame that tells the peer
   * against the congestion window: while that is full, closing waits for acknowledgements.
   */
  void close(CloseCode code, String cause) {
    if (over) {
      return;
    }
    endSoon(code.code(), cause);
    QuicChannel closed = channel;
    if (closed != null) {
      long lingerNanos = connection == null ? 0 : connection.lingerNanos();
      lingers = lingerNanos > 0;
      if (lingers) {
        closed
            .eventLoop()
            .schedule(() -> tell(closed, code), lingerNanos, TimeUnit.NANOSECONDS)
            .addListener(
                told -> {
                  if (!told.isSuccess()) {
                    gone.trySuccess(null);
                  }
                });
      } else {
        tell(closed, code);
      }
    }
  }

  /** A stranger learns the code and its meaning, not the details. */
  private void tell(QuicChannel closed, CloseCode code) {
    byte[] reason = code.text().getBytes(StandardCharsets.UTF_8);
    closed
        .close(true, code.code(), Unpooled.wrappedBuffer(reason))
        .addListener(sent -> gone.trySuccess(null));
  }

  /** Done when the connection is closed and the peer has been sent the code. */
  Future<Void> gone() {
    return gone;
  }

  private void endSoon(int code, String cause) {
    scope.batch().add(() -> end(code, cause));
  }

  void end(int code, String cause) {
    if (over) {
      return;
    }
    over = true;
    cancelDeadline();
    if (connection == null) {
      admission.failed(code, cause);
    } else {
      // Streams that came together with the end are not known yet.
      connection.findStreams();
      connection.ended(code, cause);
    }
    if (channel == null) {
      gone.trySuccess(null);
    } else if (!lingers) {
      channel.close().addListener(closed -> gone.trySuccess(null));
    }
  }

  private void cancelDeadline() {
    if (deadline != null) {
      deadline.cancel(false);
    }
  }
}
