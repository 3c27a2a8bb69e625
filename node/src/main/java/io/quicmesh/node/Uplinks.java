package io.quicmesh.node;

import io.netty.util.concurrent.Future;
import io.quicmesh.migration.BlackHoleDetector;
import io.quicmesh.migration.MigrationCause;
import io.quicmesh.migration.NetworkView;
import io.quicmesh.migration.UplinkChoice;
import io.quicmesh.migration.UplinkOutput;
import io.quicmesh.migration.UplinkPreference;
import io.quicmesh.transport.quic.PortSocket;
import io.quicmesh.transport.quic.QuicConnection;
import io.quicmesh.transport.quic.UdpPort;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * By which uplink the node's connections leave: moves them to another socket when {@link
 * UplinkChoice} says so, and finds out when the uplink in use swallows everything. Loop-owned.
 */
final class Uplinks {

  private static final Logger LOG = LoggerFactory.getLogger(Uplinks.class);

  /** What moves with the sockets. */
  interface Host {

    /** The connections that are up. */
    List<QuicConnection> connections();

    /** A connection sends by another socket now. */
    void moved(QuicConnection connection, MigrationCause cause);

    /** The node's socket is bound to an interface, or not any more. */
    void bound(@Nullable String interfaceName);

    /** Sends something that is answered on every connection. */
    void askAll();
  }

  private final NodeContext context;
  private final Host host;
  private final UplinkChoice choice;
  private final BlackHoleDetector detector = new BlackHoleDetector();
  private final LoopAlarm alarm;
  private @Nullable String current;

  Uplinks(NodeContext context, UplinkPreference preference, Host host) {
    this.context = context;
    this.host = host;
    this.choice = new UplinkChoice(preference);
    this.alarm = new LoopAlarm(context.loop(), this::handleAlarm);
  }

  /** The network as it is now. */
  void handleView(NetworkView now, @Nullable String kernelsChoice) {
    current = kernelsChoice;
    choice.handleView(now, context.nowNanos());
    drain();
  }

  /** Nothing is heard from a peer or relay; perhaps from nobody. */
  void handleSilent() {
    act(detector.handleSilent(context.nowNanos()));
  }

  /** Something that was sent at this time was answered. */
  void handleEcho(long sentNanos) {
    detector.handleEcho(sentNanos);
  }

  private void handleAlarm() {
    long now = context.nowNanos();
    act(detector.handleDeadline(now));
    choice.handleDeadline(now);
    drain();
  }

  private void act(BlackHoleDetector.Verdict verdict) {
    String uplink = choice.bound() == null ? current : choice.bound();
    if (verdict == BlackHoleDetector.Verdict.ASK) {
      host.askAll();
    } else if (verdict == BlackHoleDetector.Verdict.BLACK_HOLE
        && uplink != null
        && !host.connections().isEmpty()) {
      LOG.info("nothing is answered over an uplink local={}", uplink);
      choice.handleBlackHole(uplink, context.nowNanos());
    }
    arm();
  }

  private void drain() {
    for (UplinkOutput next = choice.poll(); next != null; next = choice.poll()) {
      if (next instanceof UplinkOutput.Bind bind) {
        LOG.info(
            "uplink chosen local={} cause={} reason={}",
            bind.interfaceName(),
            bind.cause().label(),
            bind.reason());
        bind(bind.interfaceName(), bind.cause());
      } else {
        LOG.info("uplink left to the kernel");
        use(port().first(), MigrationCause.UPLINK_PREFERENCE);
        host.bound(null);
      }
    }
    arm();
  }

  private void arm() {
    alarm.setAt(Math.min(choice.nextDeadlineNanos(), detector.nextDeadlineNanos()));
  }

  private void bind(String device, MigrationCause cause) {
    open(
        device,
        socket -> {
          if (device.equals(choice.bound())) {
            use(socket, cause);
            host.bound(device);
          }
        });
  }

  private void use(PortSocket socket, MigrationCause cause) {
    port().setDialling(socket);
    move(host.connections(), socket, cause);
  }

  /** Moves connections to a new local port on the uplink in use; tells which of them could be. */
  void moveToNewPort(
      List<QuicConnection> connections, MigrationCause cause, Consumer<Boolean> opened) {
    Future<PortSocket> socket = port().open(port().dialling().device());
    socket.addListener(
        done -> {
          if (done.isSuccess()) {
            move(connections, socket.getNow(), cause);
          } else {
            LOG.warn("no other local port cause={}", String.valueOf(done.cause()));
          }
          opened.accept(done.isSuccess());
        });
  }

  private void move(List<QuicConnection> connections, PortSocket socket, MigrationCause cause) {
    for (QuicConnection connection : connections) {
      if (context.endpoint().move(connection, socket)) {
        host.moved(connection, cause);
      }
    }
  }

  private void open(String device, Consumer<PortSocket> use) {
    Future<PortSocket> socket = port().open(device);
    socket.addListener(
        done -> {
          if (done.isSuccess()) {
            use.accept(socket.getNow());
          } else {
            LOG.warn(
                "no socket on an uplink local={} cause={}", device, String.valueOf(done.cause()));
          }
        });
  }

  private UdpPort port() {
    return context.endpoint().port();
  }
}
