package io.quicmesh.node.membership;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import io.quicmesh.node.membership.MembershipException.Kind;
import io.quicmesh.transport.identity.AuthorityVerifier;
import io.quicmesh.transport.identity.EndToEndTls;
import io.quicmesh.transport.identity.SecureChannel;
import io.quicmesh.transport.identity.SecureChannels;
import io.quicmesh.transport.identity.VerifiedPeer;
import io.quicmesh.transport.quic.PathEvent;
import io.quicmesh.transport.quic.QuicConnection;
import io.quicmesh.transport.quic.Urgency;
import io.quicmesh.transport.stream.ReceiveStream;
import io.quicmesh.transport.stream.SendStream;
import io.quicmesh.transport.wire.CloseCode;
import io.quicmesh.transport.wire.ControlMessage;
import io.quicmesh.transport.wire.StreamHeader;
import java.security.SecureRandom;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** One request to a registrar and its answer over a connection to a relay. Loop-owned. */
final class JoinConversation
    implements QuicConnection.Listener, SecureChannel.Listener, ReceiveStream.Listener {

  private final RegistrarLink.Call call;
  private final RelayAddress relay;
  private final QuicConnection connection;
  private final CompletableFuture<byte[]> answer;
  private @Nullable SecureChannel channel;
  private @Nullable SendStream stream;

  JoinConversation(
      RegistrarLink.Call call,
      RelayAddress relay,
      QuicConnection connection,
      CompletableFuture<byte[]> answer) {
    this.call = call;
    this.relay = relay;
    this.connection = connection;
    this.answer = answer;
  }

  void start(SecureChannels tls, EventLoop loop) {
    StreamHeader header = new StreamHeader.Join(call.network(), new SecureRandom().nextLong());
    EndToEndTls.Settings settings =
        new EndToEndTls.Settings(call.self(), new AuthorityVerifier(call.network()));
    channel = tls.client(settings, loop, this);
    stream = connection.openStream(header, Urgency.SESSION_CONTROL);
    connection.setListener(this);
    channel.start();
  }

  @Override
  public void transmit(byte[] bytes) {
    if (stream != null) {
      stream.write(Unpooled.wrappedBuffer(bytes));
    }
  }

  @Override
  public void established(VerifiedPeer peer, byte[] secret) {
    if (channel != null) {
      channel.send(call.request().toBytes());
    }
  }

  @Override
  public void message(byte[] message) {
    answer.complete(message);
    end();
  }

  @Override
  public void failed(CloseCode code, String reason) {
    Kind kind = code == CloseCode.WRONG_PEER ? Kind.NOT_AUTHORISED : Kind.NOT_THERE;
    fail(kind, "no conversation with the registrar: " + reason);
  }

  @Override
  public void streamOpened(StreamHeader header, ReceiveStream opened) {
    if (header instanceof StreamHeader.Join) {
      opened.setListener(this);
    } else {
      opened.stop(CloseCode.PROTOCOL.code());
    }
  }

  @Override
  public void read(ByteBuf data) {
    if (channel == null) {
      data.release();
    } else {
      channel.receive(data);
    }
  }

  @Override
  public void finished() {
    fail(Kind.NOT_THERE, "the registrar ended the conversation: try again");
  }

  @Override
  public void closed(String cause) {
    fail(Kind.NOT_THERE, "the registrar is gone: " + cause);
  }

  @Override
  public void control(ControlMessage message) {
    if (message instanceof ControlMessage.CircuitClosed closed) {
      fail(Kind.NOT_THERE, reasonOf(closed.code()));
    } else if (message instanceof ControlMessage.Ping ping) {
      connection.send(new ControlMessage.Pong(ping.number()));
    }
  }

  @Override
  public void pathChanged(PathEvent event) {
    // The errand is over before it matters.
  }

  @Override
  public void closed(int code, String cause) {
    if (code == CloseCode.QUOTA.code()) {
      fail(busy(relay));
      return;
    }
    fail(Kind.NOT_THERE, "relay %s closed the connection: %s".formatted(relay.label(), cause));
  }

  private String reasonOf(int code) {
    if (code == CloseCode.PEER_OFFLINE.code()) {
      return "the registrar is not at relay %s: start 'quicmesh up' on the host that invited"
          .formatted(relay.label());
    }
    if (code == CloseCode.QUOTA.code()) {
      return busy(relay).oneLine();
    }
    return "relay %s ended it: %s".formatted(relay.label(), CloseCode.describe(code));
  }

  /** The relay admits only so many joins at once, and in a minute from one source. */
  static MembershipException busy(RelayAddress relay) {
    return new MembershipException(
        Kind.NOT_THERE,
        "relay %s is busy with others that join: try again in a minute".formatted(relay.label()));
  }

  private void fail(Kind kind, String oneLine) {
    fail(new MembershipException(kind, oneLine));
  }

  private void fail(MembershipException reason) {
    answer.completeExceptionally(reason);
    end();
  }

  private void end() {
    if (channel != null) {
      channel.close();
    }
    connection.close(CloseCode.NONE);
  }
}
