package io.quicmesh.node.cli;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.quicmesh.node.Node;
import io.quicmesh.node.NodeJournal;
import io.quicmesh.node.membership.JoinDesk;
import io.quicmesh.node.membership.Membership;
import io.quicmesh.node.membership.MembershipException;
import io.quicmesh.node.membership.RegistrarService;
import io.quicmesh.transport.carrier.RelayClient;
import io.quicmesh.transport.identity.EndToEndTls;
import io.quicmesh.transport.identity.JoinerVerifier;
import io.quicmesh.transport.identity.SecureChannel;
import io.quicmesh.transport.identity.TransportIdentity;
import io.quicmesh.transport.identity.VerifiedPeer;
import io.quicmesh.transport.quic.Urgency;
import io.quicmesh.transport.stream.ReceiveStream;
import io.quicmesh.transport.stream.SendStream;
import io.quicmesh.transport.wire.CloseCode;
import io.quicmesh.transport.wire.Fingerprint;
import io.quicmesh.transport.wire.StreamHeader;
import java.time.InstantSource;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where a running registrar meets hosts that join, renew or rotate: a secure channel over the
 * streams that a relay splices, then one request and its answer.
 */
final class RegistrarDesk implements AutoCloseable, NodeJournal.JoinHandler {

  private static final Logger LOG = LoggerFactory.getLogger(RegistrarDesk.class);

  private final Node node;
  private final JoinDesk desk;
  private final TransportIdentity authority;
  private final ExecutorService registrar =
      Executors.newSingleThreadExecutor(RegistrarDesk::thread);

  private RegistrarDesk(Node node, JoinDesk desk, TransportIdentity authority) {
    this.node = node;
    this.desk = desk;
    this.authority = authority;
  }

  static @Nullable RegistrarDesk open(Membership membership, Node node) throws MembershipException {
    RegistrarService service = membership.registrar().orElse(null);
    if (service == null) {
      return null;
    }
    RegistrarDesk opened =
        new RegistrarDesk(
            node, new JoinDesk(service, InstantSource.system()), service.authority().identity());
    node.onJoin(opened);
    return opened;
  }

  private static Thread thread(Runnable task) {
    Thread thread = new Thread(task, "quicmesh-registrar");
    thread.setDaemon(true);
    return thread;
  }

  @Override
  public void joinOpened(RelayClient relay, StreamHeader.Join header, ReceiveStream stream) {
    SendStream reply = relay.connection().openStream(header, Urgency.SESSION_CONTROL);
    stream.setListener(new Visit(header.party(), reply));
  }

  @Override
  public void close() {
    registrar.shutdown();
  }

  /** One visitor. Owned by the node's event loop. */
  private final class Visit implements ReceiveStream.Listener, SecureChannel.Listener {

    private final Fingerprint visitor;
    private final SendStream reply;
    private final SecureChannel channel;

    Visit(Fingerprint visitor, SendStream reply) {
      this.visitor = visitor;
      this.reply = reply;
      this.channel =
          node.serveSecurely(new EndToEndTls.Settings(authority, new JoinerVerifier()), this);
      channel.start();
    }

    @Override
    public void transmit(byte[] bytes) {
      reply.write(Unpooled.wrappedBuffer(bytes));
    }

    @Override
    public void established(VerifiedPeer peer, byte[] secret) {
      if (!peer.key().equals(visitor)) {
        LOG.warn("a host that joins showed two keys: {}", visitor.shortText());
        end();
      }
    }

    @Override
    public void message(byte[] message) {
      registrar.execute(
          () -> {
            byte[] answer = desk.answer(visitor, message, System.nanoTime());
            node.execute(
                () -> {
                  channel.send(answer);
                });
          });
    }

    @Override
    public void failed(CloseCode code, String reason) {
      LOG.info("a host did not join: {} {}", visitor.shortText(), reason);
      reply.finish();
    }

    @Override
    public void read(ByteBuf data) {
      channel.receive(data);
    }

    @Override
    public void finished() {
      end();
    }

    @Override
    public void closed(String cause) {
      end();
    }

    private void end() {
      channel.close();
      reply.finish();
    }
  }
}
