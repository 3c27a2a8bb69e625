package io.quicmesh.node.world;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.quicmesh.transport.quic.QuicConnection;
import io.quicmesh.transport.quic.Urgency;
import io.quicmesh.transport.stream.ReceiveStream;
import io.quicmesh.transport.stream.SendStream;
import io.quicmesh.transport.wire.CloseCode;
import io.quicmesh.transport.wire.Fingerprint;
import io.quicmesh.transport.wire.StreamHeader;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** A stream with both its ends: bytes arrive in order, in pieces of any size, or not at all. */
public final class WorldStream implements SendStream, ReceiveStream {

  private static final long WRITABLE_BYTES = 128 * 1024;
  private static final long WINDOW_BYTES = 1024 * 1024;
  private static final int HEADER_BYTES = 41;
  private static final int SET_UP = 1;
  private static final byte[] UNKNOWN_RECORD = {0, 0, 3, 0x2f, 1, 2, 3};

  private final WorldConnection from;
  private final StreamHeader header;
  private final boolean urgent;
  private final Wire.Order order = new Wire.Order();

  private SendStream.@Nullable Listener sender;
  private boolean announced;
  private boolean isFirst = true;
  private boolean isSetUp;
  private boolean finished;
  private boolean told;
  private @Nullable String closedCause;
  private long pending;

  private final Deque<byte[]> arrived = new ArrayDeque<>();
  private ReceiveStream.@Nullable Listener receiver;
  private boolean queued;
  private boolean paused;
  private boolean stopped;
  private boolean finishArrived;
  private boolean over;
  private @Nullable String failure;
  private long arrivedBytes;
  private long creditOwed;

  WorldStream(WorldConnection from, StreamHeader header, int urgency) {
    this.from = from;
    this.header = header;
    this.urgent = urgency < Urgency.DATA;
  }

  StreamHeader header() {
    return header;
  }

  /** The host that sends on it. */
  public WorldHost sendingHost() {
    return from.host();
  }

  /** The connection that it was opened on, and what it is for, in a word. */
  public String carrier() {
    return header instanceof StreamHeader.Circuit circuit
        ? from.id() + "/" + circuit.nonce()
        : from.id();
  }

  /** Whether a relay sends it, as a copy of another. */
  public boolean isSplice() {
    return isCircuit() && from.role() == QuicConnection.Role.SERVER;
  }

  /** Who the session is with. */
  public Fingerprint peer() {
    return header instanceof StreamHeader.Circuit circuit ? circuit.peer() : from.peer().key();
  }

  /** Whether its records are sealed. */
  public boolean isCircuit() {
    return header instanceof StreamHeader.Circuit;
  }

  // The sending end.

  void announce() {
    if (!announced && closedCause == null) {
      announced = true;
      from.transmit(HEADER_BYTES, urgent, order, this::begin);
    }
  }

  @Override
  public void write(ByteBuf data) {
    if (closedCause != null || finished || from.hasEnded() || !data.isReadable()) {
      data.release();
      return;
    }
    byte[] bytes = ByteBufUtil.getBytes(data);
    data.release();
    announce();
    pending += bytes.length;
    from.host().underlay().tap().written(this, bytes);
    from.transmit(bytes.length, urgent, order, () -> receive(bytes));
    isSetUp |= isFirst && bytes[0] == SET_UP;
    isFirst = false;
    if (isSetUp && from.host().isLater() && !isSplice()) {
      from.transmit(UNKNOWN_RECORD.length, urgent, order, () -> receive(UNKNOWN_RECORD.clone()));
      pending += UNKNOWN_RECORD.length;
    }
  }

  @Override
  public boolean isWritable() {
    return closedCause == null && !finished && pending < WRITABLE_BYTES;
  }

  @Override
  public long pendingBytes() {
    return pending;
  }

  @Override
  public void setListener(SendStream.Listener next) {
    sender = next;
    if (closedCause != null) {
      tellClosed();
    }
  }

  @Override
  public void finish() {
    if (!finished && closedCause == null) {
      announce();
      finished = true;
      from.transmit(
          1,
          urgent,
          order,
          () -> {
            finishArrived = true;
            queue();
          });
      from.forgetOutgoing(this);
    }
  }

  @Override
  public void reset(int code) {
    if (closedCause == null) {
      told = true;
      closedCause = "reset";
      from.forgetOutgoing(this);
      order.drop();
      from.transmit(
          10,
          true,
          new Wire.Order(),
          () -> {
            failure = "reset: " + CloseCode.describe(code);
            queue();
          });
    }
  }

  /** Something between the two ends ends the stream. */
  void lose() {
    reset(CloseCode.QUOTA.code());
    told = false;
    from.process().execute(this::tellClosed);
  }

  void senderEnded(String cause) {
    if (closedCause == null) {
      closedCause = cause;
      from.forgetOutgoing(this);
      tellClosed();
    }
  }

  private void tellClosed() {
    if (!told && sender != null) {
      told = true;
      sender.closed(String.valueOf(closedCause));
    }
  }

  private void credit(long bytes) {
    boolean wasFull = pending >= WRITABLE_BYTES;
    pending -= bytes;
    if (wasFull && pending < WRITABLE_BYTES) {
      from.process()
          .execute(
              () -> {
                if (sender != null && isWritable()) {
                  sender.writable();
                }
              });
    }
  }

  // The receiving end.

  private WorldConnection at() {
    WorldConnection end = from.other();
    if (end == null) {
      throw new IllegalStateException("a stream to nowhere");
    }
    return end;
  }

  private void begin() {
    at().accept(this);
  }

  private void receive(byte[] bytes) {
    if (stopped || over) {
      credit(bytes.length);
      return;
    }
    arrived.add(bytes);
    arrivedBytes += bytes.length;
    if (arrivedBytes > WINDOW_BYTES) {
      creditOwed += bytes.length;
    } else {
      credit(bytes.length);
    }
    queue();
  }

  private void queue() {
    if (!queued && !over) {
      queued = true;
      at().process().execute(this::deliver);
    }
  }

  private void deliver() {
    queued = false;
    while (!over && !paused && receiver != null && !arrived.isEmpty()) {
      byte[] next = arrived.remove();
      arrivedBytes -= next.length;
      handOver(next);
    }
    if (creditOwed > 0 && arrivedBytes <= WINDOW_BYTES) {
      long owed = creditOwed;
      creditOwed = 0;
      credit(owed);
    }
    if (!over && !paused && receiver != null && arrived.isEmpty()) {
      if (failure != null) {
        receiverEnded(failure);
      } else if (finishArrived) {
        over = true;
        at().forgetIncoming(this);
        receiver.finished();
      }
    }
  }

  /** Cuts what came anywhere. */
  private void handOver(byte[] bytes) {
    int cut = from.host().underlay().clock().between(0, bytes.length + 1);
    if (cut > 0 && receiver != null) {
      receiver.read(buffer(bytes, 0, cut));
    }
    if (cut < bytes.length && receiver != null && !over) {
      if (paused) {
        byte[] rest = java.util.Arrays.copyOfRange(bytes, cut, bytes.length);
        arrived.addFirst(rest);
        arrivedBytes += rest.length;
      } else {
        receiver.read(buffer(bytes, cut, bytes.length - cut));
      }
    }
  }

  private ByteBuf buffer(byte[] bytes, int offset, int length) {
    return at().host().allocator().directBuffer(length).writeBytes(bytes, offset, length);
  }

  void receiverEnded(String cause) {
    if (!over) {
      over = true;
      at().forgetIncoming(this);
      if (receiver != null) {
        receiver.closed(cause);
      }
    }
  }

  @Override
  public void setListener(ReceiveStream.Listener next) {
    receiver = next;
    queue();
  }

  @Override
  public void pause() {
    paused = true;
  }

  @Override
  public void resume() {
    if (paused) {
      paused = false;
      queue();
    }
  }

  @Override
  public void stop(int code) {
    if (!stopped && !over) {
      stopped = true;
      credit(creditOwed);
      creditOwed = 0;
      arrived.clear();
      arrivedBytes = 0;
      over = true;
      at().forgetIncoming(this);
      at().transmit(
              20,
              true,
              new Wire.Order(),
              () -> {
                if (!finished) {
                  senderEnded("stopped: " + CloseCode.describe(code));
                }
              });
    }
  }
}
