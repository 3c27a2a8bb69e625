package io.quicmesh.node.membership;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import io.quicmesh.transport.identity.EndToEndTls;
import io.quicmesh.transport.identity.JoinerVerifier;
import io.quicmesh.transport.identity.SecureChannel;
import io.quicmesh.transport.identity.SecureChannels;
import io.quicmesh.transport.identity.VerifiedPeer;
import io.quicmesh.transport.stream.ReceiveStream;
import io.quicmesh.transport.stream.SendStream;
import io.quicmesh.transport.wire.CloseCode;
import io.quicmesh.transport.wire.Fingerprint;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where a running registrar meets hosts that join, renew or rotate: a secure channel over two
 * streams that a relay splices, then one request and its answer. Visits are few and short. Owned by
 * the event loop.
 */
public final class JoinServer {

  /** Visits at once; more are refused with {@link CloseCode#QUOTA}. */
  static final int VISITS_MAX = 16;

  /** A visit that is not over by then is ended. */
  static final long VISIT_SECONDS_MAX = 15;

  private static final Logger LOG = LoggerFactory.getLogger(JoinServer.class);

  private final JoinDesk desk;
  private final EndToEndTls.Settings settings;
  private final SecureChannels tls;
  private final EventLoop loop;
  private final Executor registrar;
  private final Set<Visit> visits = new HashSet<>();

  /**
   * A server of this registrar's desk.
   *
   * @param loop which calls {@link #accept}
   * @param registrar the one thread on which the desk works
   */
  public JoinServer(
      JoinDesk desk,
      RegistrarService service,
      SecureChannels tls,
      EventLoop loop,
      Executor registrar) {
    this.desk = desk;
    this.settings = new EndToEndTls.Settings(service.authority().identity(), new JoinerVerifier());
    this.tls = tls;
    this.loop = loop;
    this.registrar = registrar;
  }

  /** Serves one host, which sends by the one stream and hears by the other. */
  public void accept(ReceiveStream request, SendStream answer) {
    if (visits.size() >= VISITS_MAX) {
      request.stop(CloseCode.QUOTA.code());
      answer.reset(CloseCode.QUOTA.code());
      return;
    }
    Visit visit = new Visit(request, answer);
    visits.add(visit);
    visit.start();
  }

  /** Ends all visits. */
  public void close() {
    List.copyOf(visits).forEach(visit -> visit.end(CloseCode.SHUTTING_DOWN));
  }

  /** How many visits are under way. */
  int active() {
    return visits.size();
  }

  /** One host's request and its answer. */
  private final class Visit
      implements ReceiveStream.Listener, SendStream.Listener, SecureChannel.Listener {

    private final ReceiveStream request;
    private final SendStream answer;
    private final SecureChannel channel = tls.server(settings, loop, this);
    private @Nullable ScheduledFuture<?> deadline;
    private @Nullable Fingerprint host;
    private boolean asked;

    Visit(ReceiveStream request, SendStream answer) {
      this.request = request;
      this.answer = answer;
    }

    void start() {
      deadline = loop.schedule(() -> end(CloseCode.TIMED_OUT), VISIT_SECONDS_MAX, TimeUnit.SECONDS);
      channel.start();
      answer.setListener(this);
      request.setListener(this);
    }

    void end(CloseCode code) {
      if (!visits.remove(this)) {
        return;
      }
      if (deadline != null) {
        deadline.cancel(false);
      }
      channel.close();
      request.stop(code.code());
      if (code == CloseCode.NONE) {
        answer.finish();
      } else {
        answer.reset(code.code());
      }
    }

    @Override
    public void established(VerifiedPeer peer, byte[] secret) {
      host = peer.key();
    }

    @Override
    public void message(byte[] message) {
      if (asked || host == null) {
        end(CloseCode.PROTOCOL);
        return;
      }
      asked = true;
      Fingerprint key = host;
      try {
        registrar.execute(
            () -> {
              byte[] reply = desk.answer(key, message, System.nanoTime());
              loop.execute(() -> channel.send(reply));
            });
      } catch (RejectedExecutionException e) {
        end(CloseCode.SHUTTING_DOWN);
      }
    }

    @Override
    public void failed(CloseCode code, String reason) {
      LOG.debug("a host did not come to its request: {}", reason);
      end(code);
    }

    @Override
    public void transmit(byte[] bytes) {
      answer.write(Unpooled.wrappedBuffer(bytes));
    }

    @Override
    public void read(ByteBuf data) {
      channel.receive(data);
    }

    @Override
    public void finished() {
      end(CloseCode.NONE);
    }

    @Override
    public void writable() {
      // An answer is small; nothing waits for room.
    }

    @Override
    public void closed(String cause) {
      end(CloseCode.NONE);
    }
  }
}
