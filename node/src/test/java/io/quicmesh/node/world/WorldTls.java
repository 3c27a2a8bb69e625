package io.quicmesh.node.world;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.quicmesh.transport.identity.EndToEndTls;
import io.quicmesh.transport.identity.PeerRefusedException;
import io.quicmesh.transport.identity.SecureChannel;
import io.quicmesh.transport.identity.SecureChannels;
import io.quicmesh.transport.identity.VerifiedPeer;
import io.quicmesh.transport.wire.CloseCode;
import io.quicmesh.transport.wire.Fingerprint;
import java.util.Arrays;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * End-to-end handshakes in the shape of TLS 1.3 without its arithmetic: the client's hello, the
 * server's answer with the secret, the client's end; certificates are judged by the real verifiers.
 */
public final class WorldTls implements SecureChannels {

  private static final int HEADER_BYTES = 5;

  /** Behind the id of the session, the second byte of the version. */
  private static final int VERSION_OFFSET = 17;

  private static final long DEADLINE_SECONDS = 5;

  private final WorldHost host;

  /** Channels of a host's process. */
  public WorldTls(WorldHost host) {
    this.host = host;
  }

  @Override
  public SecureChannel client(
      EndToEndTls.Settings settings, Executor executor, SecureChannel.Listener listener) {
    return new Channel(settings, listener, true);
  }

  @Override
  public SecureChannel server(
      EndToEndTls.Settings settings, Executor executor, SecureChannel.Listener listener) {
    return new Channel(settings, listener, false);
  }

  @Override
  public void close() {}

  private final class Channel implements SecureChannel {
    private final EndToEndTls.Settings settings;
    private final Listener listener;
    private final boolean client;
    private final WorldLoop loop = host.loop();
    private final ByteBuf input = Unpooled.buffer();
    private final byte[] secret = new byte[32];
    private boolean established;
    private boolean over;
    private long busyUntilNanos;

    Channel(EndToEndTls.Settings settings, Listener listener, boolean client) {
      this.settings = settings;
      this.listener = listener;
      this.client = client;
    }

    /** On the worker: takes its time, in order. */
    private void compute(Runnable task) {
      WorldClock clock = host.underlay().clock();
      busyUntilNanos =
          Math.max(busyUntilNanos, clock.nowNanos()) + clock.between(100, 5_000) * 1_000L;
      clock.at(
          busyUntilNanos,
          () ->
              loop.run(
                  () -> {
                    if (!over) {
                      task.run();
                    }
                  }));
    }

    @Override
    public void start() {
      if (client) {
        compute(() -> transmit('h', id()));
      }
      var unused =
          loop.schedule(
              () -> {
                if (!established) {
                  fail(CloseCode.TIMED_OUT, "the handshake took too long");
                }
              },
              DEADLINE_SECONDS,
              TimeUnit.SECONDS);
    }

    private byte[] id() {
      return settings.identity().fingerprint().toBytes();
    }

    private void transmit(int type, byte[] body) {
      ByteBuf out = Unpooled.buffer(HEADER_BYTES + body.length);
      out.writeByte(type).writeInt(body.length).writeBytes(body);
      listener.transmit(ByteBufUtil.getBytes(out));
    }

    @Override
    public void receive(ByteBuf bytes) {
      byte[] copy = ByteBufUtil.getBytes(bytes);
      bytes.release();
      compute(() -> take(copy));
    }

    private void take(byte[] bytes) {
      input.writeBytes(bytes);
      while (!over && input.readableBytes() >= HEADER_BYTES) {
        int length = input.getInt(input.readerIndex() + 1);
        if (input.readableBytes() < HEADER_BYTES + length) {
          return;
        }
        int type = input.readByte();
        input.skipBytes(Integer.BYTES);
        byte[] body = new byte[length];
        input.readBytes(body);
        take(type, body);
      }
    }

    private void take(int type, byte[] body) {
      if (type == 'h' && !client) {
        host.underlay().clock().random().nextBytes(secret);
        byte[] answer = Arrays.copyOf(id(), Fingerprint.BYTES + secret.length);
        System.arraycopy(secret, 0, answer, Fingerprint.BYTES, secret.length);
        transmit('s', answer);
      } else if (type == 's' && client) {
        System.arraycopy(body, Fingerprint.BYTES, secret, 0, secret.length);
        establish(Arrays.copyOf(body, Fingerprint.BYTES), true);
      } else if (type == 'f' && !client) {
        establish(body, false);
      } else if (type == 'm' && established) {
        listener.message(body);
      } else {
        fail(CloseCode.PROTOCOL, "TLS failed");
      }
    }

    private void establish(byte[] peerId, boolean answer) {
      try {
        Fingerprint key = Fingerprint.of(peerId);
        VerifiedPeer peer = settings.verifier().verify(host.underlay().chain(key));
        established = true;
        if (answer) {
          transmit('f', id());
        }
        host.handleSecret();
        listener.established(peer, secret.clone());
      } catch (PeerRefusedException e) {
        fail(e.code(), e.oneLine());
      }
    }

    private void fail(CloseCode code, String reason) {
      if (!over) {
        over = true;
        listener.failed(code, reason);
      }
    }

    @Override
    public void send(byte[] message) {
      byte[] sent = host.isLater() ? later(message) : message;
      compute(() -> transmit('m', sent));
    }

    /** The greeting of a later version: a higher number in it, and more behind it. */
    private byte[] later(byte[] greeting) {
      byte[] more = Arrays.copyOf(greeting, greeting.length + 9);
      more[VERSION_OFFSET]++;
      return more;
    }

    @Override
    public void close() {
      over = true;
    }
  }
}
