package io.quicmesh.transport.session;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.quicmesh.transport.stream.ReceiveStream;
import io.quicmesh.transport.stream.SendStream;
import io.quicmesh.transport.wire.CloseCode;
import io.quicmesh.transport.wire.Fingerprint;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One end of a simulated carrier. Streams are reliable; each has its own queue of chunks. */
final class SimulatedCarrier implements Carrier {

  private static final long SPLICED_LATENCY_NANOS = 1_000_000;

  private final SimulatedWorld world;
  private final Kind kind;
  private final String name;
  private final FlightBudget budget = new FlightBudget(12 << 20);
  private final List<ReceiveStream> waiting = new ArrayList<>();
  private final List<Stream> streams = new ArrayList<>();
  private @Nullable SimulatedCarrier other;
  private @Nullable Listener listener;
  private long latencyNanos;
  private long nanosPerByte;
  private long busyUntilNanos;
  private boolean silent;
  private boolean closed;

  private SimulatedCarrier(SimulatedWorld world, Kind kind, String name, long latencyNanos) {
    this.world = world;
    this.kind = kind;
    this.name = name;
    this.latencyNanos = latencyNanos;
    world.atEnd(() -> end("the world ended"));
  }

  /** Both ends of a carrier. */
  record Pair(SimulatedCarrier left, SimulatedCarrier right) {

    /** Nothing passes any more, and nobody is told. */
    void silence() {
      left.silent = true;
      right.silent = true;
    }

    /** What streams that are there now have in flight, or send from now on, never comes. */
    void stickStreams() {
      left.streams.forEach(stream -> stream.stuck = true);
      right.streams.forEach(stream -> stream.stuck = true);
    }

    void slow(long nanosPerByte) {
      left.nanosPerByte = nanosPerByte;
      right.nanosPerByte = nanosPerByte;
    }

    /** Both ends see the carrier close, each after the latency. */
    void kill() {
      left.silent = true;
      right.silent = true;
      left.world.after(left.latencyNanos, () -> left.end("killed"));
      right.world.after(right.latencyNanos, () -> right.end("killed"));
    }
  }

  static Pair pair(SimulatedWorld world, Kind kind, String name, long latencyNanos) {
    return pair(world, new Kind[] {kind, kind}, name, latencyNanos);
  }

  /** Two ends that somebody in the middle has put together; they need not be of one kind. */
  static Pair spliced(SimulatedWorld world, Kind leftKind, Kind rightKind, String name) {
    return pair(world, new Kind[] {leftKind, rightKind}, name, SPLICED_LATENCY_NANOS);
  }

  private static Pair pair(SimulatedWorld world, Kind[] kinds, String name, long latencyNanos) {
    SimulatedCarrier left = new SimulatedCarrier(world, kinds[0], name, latencyNanos);
    SimulatedCarrier right = new SimulatedCarrier(world, kinds[1], name, latencyNanos);
    left.other = right;
    right.other = left;
    return new Pair(left, right);
  }

  @Override
  public Kind kind() {
    return kind;
  }

  @Override
  public @Nullable Fingerprint relay() {
    return kind == Kind.DIRECT ? null : Fingerprint.of(new byte[32]);
  }

  @Override
  public String description() {
    return name;
  }

  @Override
  public FlightBudget flightBudget() {
    return budget;
  }

  @Override
  public SendStream openStream(int urgency) {
    Stream stream = new Stream();
    streams.add(stream);
    return stream;
  }

  @Override
  public void setListener(Listener to) {
    listener = to;
    List<ReceiveStream> early = List.copyOf(waiting);
    waiting.clear();
    early.forEach(to::streamOpened);
  }

  @Override
  public void close(CloseCode code) {
    if (!closed) {
      end(code.text());
      SimulatedCarrier peer = other;
      if (peer != null) {
        world.after(latencyNanos, () -> peer.end(code.text()));
      }
    }
  }

  private void end(String cause) {
    if (closed) {
      return;
    }
    closed = true;
    List.copyOf(streams).forEach(stream -> stream.carrierEnded(cause));
    SimulatedCarrier peer = other;
    if (peer != null) {
      List.copyOf(peer.streams).forEach(stream -> stream.receiverEnded(cause));
    }
    if (listener != null) {
      listener.closed(cause);
    }
  }

  private void accept(ReceiveStream stream) {
    if (listener != null) {
      listener.streamOpened(stream);
    } else {
      waiting.add(stream);
    }
  }

  /** A stream from this end to the other. */
  private final class Stream implements SendStream, ReceiveStream {
    private final List<ByteBuf> arrived = new ArrayList<>();
    private SendStream.@Nullable Listener sender;
    private ReceiveStream.@Nullable Listener receiver;
    private boolean announced;
    private boolean paused;
    private boolean over;
    private boolean stopped;
    private boolean stuck;
    private boolean finishing;
    private long pending;

    @Override
    public void write(ByteBuf data) {
      if (closed || over) {
        data.release();
        return;
      }
      ByteBuf copy = Unpooled.copiedBuffer(data);
      data.release();
      int bytes = copy.readableBytes();
      pending += bytes;
      send(
          bytes,
          () -> {
            pending -= bytes;
            receive(copy);
            if (sender != null && pending < 64 * 1024 && pending + bytes >= 64 * 1024) {
              sender.writable();
            }
          });
    }

    private void send(int bytes, Runnable arrival) {
      busyUntilNanos = Math.max(busyUntilNanos, world.nowNanos()) + bytes * nanosPerByte;
      world.at(
          busyUntilNanos + latencyNanos,
          () -> {
            if (!silent && !stuck) {
              arrival.run();
            }
          });
    }

    private void receive(ByteBuf copy) {
      SimulatedCarrier peer = other;
      if (peer == null || peer.closed || stopped) {
        return;
      }
      arrived.add(copy);
      if (!announced) {
        announced = true;
        peer.accept(this);
      }
      deliver();
    }

    private void deliver() {
      while (!paused && receiver != null && !arrived.isEmpty() && !stopped) {
        ByteBuf all = arrived.remove(0);
        int cut = world.random.nextInt(all.readableBytes() + 1);
        ByteBuf first = all.readBytes(cut);
        receiver.read(first);
        if (receiver != null && !stopped && !paused) {
          receiver.read(all);
        } else if (!stopped) {
          arrived.add(0, all);
        }
      }
      if (finishing && arrived.isEmpty() && receiver != null && !paused) {
        ReceiveStream.Listener to = receiver;
        receiver = null;
        to.finished();
      }
    }

    @Override
    public boolean isWritable() {
      return !closed && !over && pending < 64 * 1024;
    }

    @Override
    public long pendingBytes() {
      return pending;
    }

    @Override
    public void setListener(SendStream.Listener to) {
      sender = to;
    }

    @Override
    public void finish() {
      over = true;
      send(
          0,
          () -> {
            finishing = true;
            deliver();
          });
    }

    @Override
    public void reset(int code) {
      over = true;
      world.after(latencyNanos, () -> receiverEnded("reset " + code));
    }

    @Override
    public void setListener(ReceiveStream.Listener to) {
      receiver = to;
      world.after(0, this::deliver);
    }

    @Override
    public void pause() {
      paused = true;
    }

    @Override
    public void resume() {
      paused = false;
      world.after(0, this::deliver);
    }

    @Override
    public void stop(int code) {
      stopped = true;
      receiver = null;
      arrived.clear();
      world.after(
          latencyNanos,
          () -> {
            if (!over && !silent) {
              carrierEnded("stopped " + code);
            }
          });
    }

    private void carrierEnded(String cause) {
      over = true;
      SendStream.Listener to = sender;
      sender = null;
      if (to != null) {
        to.closed(cause);
      }
    }

    private void receiverEnded(String cause) {
      ReceiveStream.Listener to = receiver;
      receiver = null;
      stopped = true;
      if (to != null) {
        to.closed(cause);
      }
    }
  }
}
