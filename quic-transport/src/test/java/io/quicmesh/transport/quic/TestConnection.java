package io.quicmesh.transport.quic;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.netty.buffer.Unpooled;
import io.quicmesh.transport.stream.ReceiveStream;
import io.quicmesh.transport.stream.SendStream;
import io.quicmesh.transport.wire.CloseCode;
import io.quicmesh.transport.wire.ControlMessage;
import io.quicmesh.transport.wire.StreamHeader;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;

/** A connection and all that its listener was told, for a test's own thread. */
final class TestConnection implements QuicConnection.Listener {

  /** How a connection ended. */
  record Closed(int code, String cause) {}

  private final QuicConnection connection;
  private final TestHost host;
  private final BlockingQueue<TestStream> streams = new LinkedBlockingQueue<>();
  private final BlockingQueue<ControlMessage> messages = new LinkedBlockingQueue<>();
  private final BlockingQueue<PathEvent> paths = new LinkedBlockingQueue<>();
  private final CompletableFuture<Boolean> stranger = new CompletableFuture<>();
  private final CompletableFuture<Closed> closed = new CompletableFuture<>();

  private TestConnection(QuicConnection connection, TestHost host) {
    this.connection = connection;
    this.host = host;
  }

  /** Called on the loop. */
  static TestConnection listenTo(QuicConnection connection, TestHost host) {
    TestConnection test = new TestConnection(connection, host);
    connection.setListener(test);
    return test;
  }

  QuicConnection connection() {
    return connection;
  }

  TestHost host() {
    return host;
  }

  SendStream open() throws Exception {
    return host.call(() -> connection.openStream(new StreamHeader.Lane(), Urgency.DATA));
  }

  void write(SendStream stream, String text) throws Exception {
    host.run(() -> stream.write(Unpooled.copiedBuffer(text, StandardCharsets.UTF_8)));
  }

  TestStream accepted() throws Exception {
    return TestHost.present(
        streams.poll(TestHost.PATIENCE_SECONDS, SECONDS), "no stream was opened");
  }

  ControlMessage message() throws Exception {
    return TestHost.present(messages.poll(TestHost.PATIENCE_SECONDS, SECONDS), "no message came");
  }

  PathEvent pathEvent() throws Exception {
    return TestHost.present(paths.poll(TestHost.PATIENCE_SECONDS, SECONDS), "no path event came");
  }

  void awaitStranger() throws Exception {
    stranger.get(TestHost.PATIENCE_SECONDS, SECONDS);
  }

  void close(CloseCode code) throws Exception {
    host.run(() -> connection.close(code));
  }

  Closed closed() throws Exception {
    return closed.get(TestHost.PATIENCE_SECONDS, SECONDS);
  }

  @Override
  public void streamOpened(StreamHeader header, ReceiveStream stream) {
    TestStream test = new TestStream(header, stream, host);
    stream.setListener(test);
    streams.add(test);
  }

  @Override
  public void control(ControlMessage message) {
    messages.add(message);
  }

  @Override
  public void pathChanged(PathEvent event) {
    paths.add(event);
  }

  @Override
  public void strangerSent() {
    stranger.complete(true);
  }

  @Override
  public void closed(int code, String cause) {
    if (!closed.complete(new Closed(code, cause))) {
      throw new IllegalStateException("closed twice");
    }
  }
}
