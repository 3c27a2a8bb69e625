package io.quicmesh.transport.quic;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.handler.codec.quic.QuicStreamType;
import io.netty.util.collection.LongObjectHashMap;
import io.netty.util.collection.LongObjectMap;
import io.netty.util.concurrent.Future;
import io.quicmesh.transport.wire.StreamHeader;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;

/** The streams of one connection. Owned by the event loop. */
final class StreamTable {

  /** What the streams need from their connection. */
  interface Owner {

    /** The header of a stream that the peer opened has been read. */
    void announced(StreamHeader header, IncomingStream stream);

    /** The peer should stop sending on this stream. */
    void askToStop(long streamId, int code);
  }

  private final QuicChannel channel;
  private final IoBatch batch;
  private final Owner owner;
  private final Counters counters;
  private final Set<OutgoingStream> waiting = new LinkedHashSet<>();
  private final LongObjectMap<OutgoingStream> outgoing = new LongObjectHashMap<>();
  private final Set<IncomingStream> incoming = new HashSet<>();
  private boolean headersQueued;
  private final Queue<OutgoingStream> headersToFlush = new ArrayDeque<>();
  private boolean ended;

  StreamTable(QuicChannel channel, IoBatch batch, Owner owner, Counters counters) {
    this.channel = channel;
    this.batch = batch;
    this.owner = owner;
    this.counters = counters;
  }

  IoBatch batch() {
    return batch;
  }

  Counters counters() {
    return counters;
  }

  /** Opens a stream towards the peer, or lets it wait until the peer's limit has room. */
  OutgoingStream open(StreamHeader header, int urgency) {
    ByteBuf bytes = channel.alloc().directBuffer(StreamHeader.BYTES_MAX);
    header.write(bytes);
    return open(bytes, urgency);
  }

  /** Opens a stream that begins with these bytes. */
  OutgoingStream open(ByteBuf header, int urgency) {
    OutgoingStream stream = new OutgoingStream(this, header, urgency);
    if (ended) {
      stream.closed("the connection has ended");
      return stream;
    }
    waiting.add(stream);
    openWaiting();
    return stream;
  }

  /**
   * Opens what the peer's limit allows; one stream too many would cost the codec an id for ever.
   */
  void openWaiting() {
    while (!waiting.isEmpty() && channel.peerAllowedStreams(QuicStreamType.UNIDIRECTIONAL) > 0) {
      OutgoingStream next = waiting.iterator().next();
      waiting.remove(next);
      channel
          .createStream(QuicStreamType.UNIDIRECTIONAL, next)
          .addListener((Future<QuicStreamChannel> made) -> made(next, made));
    }
  }

  private void made(OutgoingStream stream, Future<QuicStreamChannel> made) {
    if (made.isSuccess()) {
      outgoing.put(made.getNow().streamId(), stream);
      stream.opened(made.getNow());
      headersToFlush.add(stream);
      if (!headersQueued) {
        headersQueued = true;
        channel.eventLoop().execute(this::flushHeaders);
      }
    } else {
      stream.closed("not opened: " + made.cause());
    }
  }

  private void flushHeaders() {
    headersQueued = false;
    headersToFlush.forEach(OutgoingStream::flushHeader);
    headersToFlush.clear();
  }

  /** The peer has opened a stream; its header comes first. */
  void accept(QuicStreamChannel made) {
    if (ended) {
      return;
    }
    IncomingStream stream = new IncomingStream(made, this);
    incoming.add(stream);
    made.pipeline().addLast(stream);
    stream.setListener(new HeaderReader(stream, this, channel.eventLoop()));
    channel
        .eventLoop()
        .register(made)
        .addListener(
            registered -> {
              if (!registered.isSuccess()) {
                remove(stream);
              }
            });
  }

  void announced(StreamHeader header, IncomingStream stream) {
    owner.announced(header, stream);
  }

  void askToStop(long streamId, int code) {
    owner.askToStop(streamId, code);
  }

  /** The peer asks for a stop of one of our streams. */
  void stopped(long streamId, int code) {
    OutgoingStream stream = outgoing.get(streamId);
    if (stream != null) {
      stream.stopped(code);
    }
  }

  void remove(OutgoingStream stream) {
    outgoing.remove(stream.id());
    waiting.remove(stream);
  }

  void remove(IncomingStream stream) {
    incoming.remove(stream);
  }

  /** Whether the connection does not take all that its streams would send. */
  boolean isHeldBack() {
    for (OutgoingStream stream : outgoing.values()) {
      if (stream.pendingBytes() > 0) {
        return true;
      }
    }
    return false;
  }

  int outgoingCount() {
    return outgoing.size() + waiting.size();
  }

  int incomingCount() {
    return incoming.size();
  }

  /** Ends all streams and tells their listeners. */
  void end(String cause) {
    ended = true;
    List<IncomingStream> in = new ArrayList<>(incoming);
    in.forEach(stream -> stream.connectionEnded(cause));
    List<OutgoingStream> out = new ArrayList<>(outgoing.values());
    out.addAll(waiting);
    out.forEach(stream -> stream.connectionEnded(cause));
  }
}
