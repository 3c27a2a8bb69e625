package io.quicmesh.transport.session;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.quicmesh.transport.wire.CloseCode;
import io.quicmesh.transport.wire.Fingerprint;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One side of a session under test: sends numbered frames in flows and checks, at every frame that
 * arrives, that its flow is complete and in order.
 */
final class SimulatedNode implements SessionEnvironment, SessionListener {

  static final int FLOWS = 7;

  private final SimulatedWorld world;
  private final String name;
  private final Fingerprint self;
  private final Fingerprint peer;
  private final FlightBudget budget = new FlightBudget(16 << 20);
  final Session session;
  final List<String> log = new ArrayList<>();
  private final int[] nextSent = new int[FLOWS];
  private final int[] nextReceived = new int[FLOWS];
  private int nextMessageSent;
  private int nextMessageReceived;
  boolean autoCommit = true;
  boolean commitSilent;
  int sent;
  int received;
  int established;
  int attachedCount;

  SimulatedNode(SimulatedWorld world, String name, Fingerprint self, Fingerprint peer) {
    this.world = world;
    this.name = name;
    this.self = self;
    this.peer = peer;
    this.session = new Session(SessionConfig.of(self, peer), this, this);
    world.atEnd(session::close);
  }

  void sendFrame(int bytes) {
    int flow = world.random.nextInt(FLOWS);
    ByteBuf buffer = Unpooled.directBuffer(4 + bytes);
    buffer.writeInt(0).writeInt(flow).writeInt(nextSent[flow]).writeZero(bytes - 8);
    if (session.hasRoom(bytes, flow * 0x9e3779b9)) {
      nextSent[flow]++;
      sent++;
      session.offer(buffer, 4, bytes, flow * 0x9e3779b9);
      session.flush();
    }
    buffer.release();
  }

  void sendMessage() {
    ByteBuf message = Unpooled.buffer().writeInt(nextMessageSent++);
    session.sendMessage(message);
    message.release();
  }

  boolean hasAllOf(SimulatedNode other) {
    return received == other.sent && nextMessageReceived == other.nextMessageSent;
  }

  // Environment.

  @Override
  public long nowNanos() {
    return world.nowNanos();
  }

  @Override
  public void setAlarm(long atNanos) {
    world.at(atNanos, session::handleAlarm);
  }

  @Override
  public void fillRandom(byte[] bytes) {
    world.random.nextBytes(bytes);
  }

  @Override
  public ByteBufAllocator allocator() {
    return world.allocator;
  }

  @Override
  public FlightBudget flightBudget() {
    return budget;
  }

  @Override
  public KeyExchange newKeyExchange(boolean client, KeyExchange.Listener to) {
    return new SimulatedKeyExchange(client, to);
  }

  /**
   * Three messages: hello, answer with the secret, and greetings that follow. Hello and answer
   * begin with the sender's id, and another than the expected one fails.
   */
  private final class SimulatedKeyExchange implements KeyExchange {
    private final boolean client;
    private final Listener to;
    private final ByteBuf input = Unpooled.buffer();

    SimulatedKeyExchange(boolean client, Listener to) {
      this.client = client;
      this.to = to;
    }

    @Override
    public void start() {
      if (client) {
        transmit('h', self.toBytes());
      }
    }

    @Override
    public void receive(ByteBuf bytes) {
      input.writeBytes(bytes);
      bytes.release();
      while (input.readableBytes() >= 5) {
        int type = input.readByte();
        byte[] body = new byte[input.readInt()];
        input.readBytes(body);
        if (type != 'm' && !Arrays.equals(Arrays.copyOf(body, 32), peer.toBytes())) {
          to.failed(CloseCode.WRONG_PEER, "another node answered");
          return;
        } else if (type == 'h') {
          byte[] secret = new byte[32];
          fillRandom(secret);
          transmit('s', CarrierLink.join(self.toBytes(), secret));
          to.established(secret);
        } else if (type == 's') {
          to.established(Arrays.copyOfRange(body, 32, 64));
        } else {
          to.message(body);
        }
      }
    }

    private void transmit(int type, byte[] body) {
      ByteBuf out = Unpooled.buffer(5 + body.length, 5 + body.length);
      to.transmit(out.writeByte(type).writeInt(body.length).writeBytes(body).array());
    }

    @Override
    public void send(byte[] message) {
      transmit('m', message);
    }

    @Override
    public void close() {}
  }

  // Listener.

  @Override
  public void frame(ByteBuf frame) {
    int flow = frame.readInt();
    int number = frame.readInt();
    if (number != nextReceived[flow]) {
      throw new AssertionError(
          name + ": flow " + flow + " got " + number + " instead of " + nextReceived[flow]);
    }
    nextReceived[flow]++;
    received++;
  }

  @Override
  public void framesDone() {}

  @Override
  public void message(ByteBuf message) {
    int number = message.readInt();
    if (number != nextMessageReceived) {
      throw new AssertionError(name + ": message " + number + ", not " + nextMessageReceived);
    }
    nextMessageReceived++;
  }

  @Override
  public byte[] greeting() {
    return name.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public @Nullable String greeted(byte[] greeting) {
    return null;
  }

  @Override
  public void established() {
    established++;
  }

  @Override
  public void renewed() {
    log.add("renewed");
  }

  @Override
  public void peerRestarted(int framesLost) {
    log.add("restarted, lost " + framesLost);
  }

  @Override
  public void failed(@Nullable Carrier carrier, CloseCode code, String reason) {
    log.add("failed " + code + " " + reason);
  }

  @Override
  public void resumed(Carrier carrier) {
    if (autoCommit) {
      session.commit(carrier, commitSilent);
    }
  }

  @Override
  public void resumeFailed(Carrier carrier, String reason) {
    log.add("resume failed: " + reason);
  }

  @Override
  public void peerResumes(Carrier carrier) {
    log.add("peer resumes " + carrier.description());
  }

  @Override
  public void attached(Carrier carrier, LaneMove move) {
    attachedCount++;
    String how = (move.isByPeer() ? " by peer" : "") + (move.isOldSilent() ? " silent" : "");
    log.add("attached " + carrier.description() + how + " " + move.framesResent());
  }

  @Override
  public void peerFollowed(Carrier carrier) {
    log.add("peer followed " + carrier.description());
  }

  @Override
  public void resent(Carrier carrier, int records) {
    log.add("resent " + records);
  }

  @Override
  public void detached(Carrier carrier, String cause) {
    log.add("detached " + carrier.description());
  }

  @Override
  public void laneLost(Carrier carrier, String cause) {
    log.add("lane lost " + carrier.description() + " " + cause);
    session.attach(carrier);
  }

  @Override
  public void idle(Carrier carrier) {
    log.add("idle " + carrier.description());
  }

  @Override
  public void echoed(Carrier carrier, long number) {
    log.add("echo " + carrier.description() + " " + number);
  }

  @Override
  public void recordsSent(Carrier carrier) {}

  @Override
  public void acknowledged(Carrier carrier, long newestSentNanos, long bytes) {}

  @Override
  public void carrierClosed(Carrier carrier, String cause) {
    log.add("closed " + carrier.description());
  }

  @Override
  public void drained() {}
}
