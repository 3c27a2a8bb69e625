package io.quicmesh.relay.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.quicmesh.transport.stream.ReceiveStream;
import io.quicmesh.transport.stream.SendStream;
import io.quicmesh.transport.wire.CloseCode;
import io.quicmesh.transport.wire.ControlMessage;
import io.quicmesh.transport.wire.Fingerprint;
import io.quicmesh.transport.wire.StreamHeader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A relay with simulated connections and streams around it: applies every output as the shell does,
 * and fails as soon as one of them must not be.
 */
final class RelaySimulation {

  /** One connection, and what its peer has been told on it. */
  static final class Peer {
    final long number;
    final Party party;
    final Fingerprint network;
    final Fingerprint key;
    long bootId;
    boolean welcomed;
    final Set<Fingerprint> present = new LinkedHashSet<>();
    final List<Long> pings = new ArrayList<>();

    Peer(long number, Party party, Fingerprint network, Fingerprint key) {
      this.number = number;
      this.party = party;
      this.network = network;
      this.key = key;
    }
  }

  /** A stream that a peer opened, and what it was spliced to. */
  static final class Stream {
    final long number;
    final Peer from;
    final StreamHeader header;
    final FakeReceiveStream in = new FakeReceiveStream();
    @Nullable Peer to;
    @Nullable FakeSendStream out;
    @Nullable StreamSplice splice;

    Stream(long number, Peer from, StreamHeader header) {
      this.number = number;
      this.from = from;
      this.header = header;
    }
  }

  final Switchboard switchboard;
  final Meters meters;
  final Map<Long, Peer> peers = new LinkedHashMap<>();
  final Map<Long, Stream> streams = new LinkedHashMap<>();
  final List<Output> trace = new ArrayList<>();
  private final List<Stream> dead = new ArrayList<>();
  long nowNanos = 1;
  private long numbers;

  RelaySimulation(RelayLimits limits) {
    switchboard = new Switchboard(limits, null, Board.GREETING);
    meters = new Meters(limits.rates());
  }

  Peer connect(Party party, Fingerprint network, Fingerprint key, int address) {
    Peer peer = new Peer(++numbers, party, network, key);
    peers.put(peer.number, peer);
    meters.acquire(network, key, nowNanos);
    switchboard.handleConnected(peer.number, party, Board.address(address), nowNanos);
    settle();
    return peer;
  }

  void message(Peer from, ControlMessage message) {
    switchboard.handleMessage(from.number, message, nowNanos);
    settle();
  }

  Stream open(Peer from, StreamHeader header) {
    Stream stream = new Stream(++numbers, from, header);
    streams.put(stream.number, stream);
    switchboard.handleStream(from.number, stream.number, header, nowNanos);
    settle();
    return stream;
  }

  void disconnect(Peer peer) {
    forget(peer);
    switchboard.handleDisconnected(peer.number, "gone", nowNanos);
    settle();
  }

  void sleep(long nanos) {
    nowNanos += nanos;
    switchboard.handleDeadline(nowNanos);
    meters.handleDeadline(nowNanos);
    assertThat(switchboard.nextDeadlineNanos()).isGreaterThan(nowNanos);
    settle();
  }

  /** Applies what the switchboard wants, and reports the streams that have ended. */
  void settle() {
    boolean again = true;
    while (again) {
      for (Output output = switchboard.poll(); output != null; output = switchboard.poll()) {
        trace.add(output);
        apply(output);
      }
      dead.clear();
      for (Stream stream : streams.values()) {
        if (stream.splice != null && stream.splice.isEnded()) {
          dead.add(stream);
        }
      }
      for (Stream stream : dead) {
        streams.remove(stream.number);
        StreamSplice splice = Objects.requireNonNull(stream.splice);
        switchboard.handleStreamEnded(stream.number, splice.refusal(), nowNanos);
      }
      again = !dead.isEmpty();
    }
  }

  private void apply(Output output) {
    if (output instanceof Output.Send send) {
      receive(live(send.connection()), send.message());
    } else if (output instanceof Output.Close close) {
      forget(live(close.connection()));
      switchboard.handleDisconnected(close.connection(), "closed", nowNanos);
    } else if (output instanceof Output.Splice splice) {
      splice(Objects.requireNonNull(streams.get(splice.stream())), splice);
    } else if (output instanceof Output.EndStream end) {
      end(end.stream(), end.code());
    }
  }

  private Peer live(long number) {
    Peer peer = peers.get(number);
    assertThat(peer).as("connection %d is open", number).isNotNull();
    return Objects.requireNonNull(peer);
  }

  private void receive(Peer to, ControlMessage message) {
    if (message instanceof ControlMessage.Welcome) {
      to.welcomed = true;
      to.present.clear();
    } else if (message instanceof ControlMessage.Presence presence) {
      assertThat(to.welcomed).isTrue();
      if (presence.up()) {
        to.present.add(presence.peer());
      } else {
        assertThat(to.present.remove(presence.peer())).isTrue();
      }
    } else if (message instanceof ControlMessage.Ping ping) {
      to.pings.add(ping.number());
    }
  }

  private void splice(Stream stream, Output.Splice wanted) {
    Peer to = live(wanted.connection());
    checkEnds(stream, to, wanted.header());
    assertThat(stream.splice).isNull();
    FakeSendStream out = new FakeSendStream(5_000);
    StreamSplice splice =
        new StreamSplice(
            stream.in,
            out,
            new StreamSplice.Meters(meter(stream.from), meter(to)),
            wanted.bytesMax());
    stream.to = to;
    stream.out = out;
    stream.splice = splice;
    out.setListener(new SendListener(splice));
    stream.in.setListener(new ReceiveListener(splice));
    stream.in.pause();
    splice.start(nowNanos);
  }

  private Meter meter(Peer peer) {
    return Objects.requireNonNull(meters.find(peer.network, peer.key));
  }

  private void checkEnds(Stream stream, Peer to, StreamHeader header) {
    assertThat(peers).containsValue(stream.from);
    assertThat(to).isNotSameAs(stream.from);
    if (stream.header instanceof StreamHeader.Circuit asked) {
      assertThat(to.network).isEqualTo(stream.from.network);
      assertThat(to.party).isInstanceOf(Party.Node.class);
      assertThat(to.key).isEqualTo(asked.peer());
      assertThat(header).isEqualTo(new StreamHeader.Circuit(stream.from.key, asked.nonce()));
    } else if (stream.header instanceof StreamHeader.Join asked
        && header instanceof StreamHeader.Join told) {
      boolean answer = told.party().equals(stream.from.network);
      assertThat(told.nonce()).isEqualTo(asked.nonce());
      if (answer) {
        assertThat(to.key).isEqualTo(asked.party());
      } else {
        assertThat(to.network).isEqualTo(asked.party());
        assertThat(told.party()).isEqualTo(stream.from.key);
      }
    } else {
      throw new AssertionError("spliced " + stream.header + " as " + header);
    }
  }

  private void end(long number, CloseCode code) {
    Stream stream = streams.remove(number);
    if (stream != null && stream.splice != null) {
      stream.splice.end(code);
    } else if (stream != null) {
      stream.in.stop(code.code());
    }
  }

  /** A connection is over: its streams fail first, as they do in QUIC. */
  private void forget(Peer peer) {
    peers.remove(peer.number);
    for (Stream stream : List.copyOf(streams.values())) {
      if (stream.from == peer) {
        stream.in.fail();
      }
      if (stream.to == peer && stream.out != null) {
        stream.out.fail();
      }
      if (stream.from == peer && stream.splice == null) {
        streams.remove(stream.number);
      }
    }
    meters.release(peer.network, peer.key);
  }

  private final class SendListener implements SendStream.Listener {
    private final StreamSplice splice;

    SendListener(StreamSplice splice) {
      this.splice = splice;
    }

    @Override
    public void writable() {
      splice.handleWritable(nowNanos);
    }

    @Override
    public void closed(String cause) {
      splice.handleSendClosed();
    }
  }

  private final class ReceiveListener implements ReceiveStream.Listener {
    private final StreamSplice splice;

    ReceiveListener(StreamSplice splice) {
      this.splice = splice;
    }

    @Override
    public void read(ByteBuf data) {
      splice.handleRead(data, nowNanos);
    }

    @Override
    public void finished() {
      splice.handleFinished();
    }

    @Override
    public void closed(String cause) {
      splice.handleReceiveClosed();
    }
  }
}
