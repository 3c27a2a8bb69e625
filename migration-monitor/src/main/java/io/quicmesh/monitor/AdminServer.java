package io.quicmesh.monitor;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.quicmesh.monitor.api.AdminEvent;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.file.Files;
import java.security.SecureRandom;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The admin HTTP server of a node or relay: the page, the JSON interface, the event stream and the
 * metrics, on a loopback TCP port and on a socket in the state directory. It runs on one thread of
 * its own and holds the data path up with nothing but one snapshot, at most five times a second.
 *
 * <p>Its methods may be called from any thread.
 */
public final class AdminServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AdminServer.class);

  private static final int PORTS_TRIED_MAX = 100;
  private static final int BACKLOG = 128;
  private static final WriteBufferWaterMark WRITE_BUFFER =
      new WriteBufferWaterMark(64 * 1024, 256 * 1024);

  private final AdminConfig config;
  private final MultiThreadIoEventLoopGroup group;
  private final EventLoop loop;
  private final AdminService service;
  private final AdminLimits limits;

  /** Written once, before the server is handed to its owner. */
  private InetSocketAddress address;

  private boolean socketBound;

  private AdminServer(
      AdminConfig config,
      FactsSource source,
      AdminRoutes routes,
      HistoryRing history,
      AdminLimits limits) {
    this.config = config;
    this.address = config.address();
    this.limits = limits;
    this.group =
        new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("quicmesh-admin", true), EpollIoHandler.newFactory());
    this.loop = group.next();
    this.service = new AdminService(loop, source, routes, history, config.version());
  }

  /**
   * Starts the server and returns when both its addresses are bound.
   *
   * @throws AdminStartException with one line for the operator
   */
  public static AdminServer start(AdminConfig config, FactsSource source, AdminRoutes routes)
      throws IOException {
    return start(config, source, routes, new HistoryRing(), AdminLimits.DEFAULT);
  }

  static AdminServer start(
      AdminConfig config,
      FactsSource source,
      AdminRoutes routes,
      HistoryRing history,
      AdminLimits limits)
      throws IOException {
    requireLoopback(config.address());
    AdminFiles.prepareDirectory(config.stateDirectory());
    AdminFiles.clearSocket(config.socketFile());
    String token = AdminFiles.token(config.tokenFile(), new SecureRandom());
    AdminServer server = new AdminServer(config, source, routes, history, limits);
    try {
      server.open(token);
      return server;
    } catch (IOException | RuntimeException e) {
      server.close();
      throw e;
    }
  }

  /** The TCP address that the server listens on. */
  public InetSocketAddress address() {
    return address;
  }

  /** Tells everyone who listens, and counts it; never waits. */
  public void publish(AdminEvent event) {
    service.events().publish(event);
  }

  /**
   * Stops listening, closes all connections and removes the socket; waits for that, and so must not
   * be called by a handler of a route.
   */
  @Override
  public void close() {
    group.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(5, TimeUnit.SECONDS);
    if (socketBound) {
      try {
        Files.deleteIfExists(config.socketFile());
      } catch (IOException e) {
        LOG.debug("admin socket {} stays: {}", config.socketFile(), e.toString());
      }
    }
  }

  private void open(String token) throws IOException {
    Channel tcp = bindTcp(token);
    bind(
        EpollServerDomainSocketChannel.class,
        AdminPipeline.forSocket(service, limits),
        new DomainSocketAddress(config.socketFile().toFile()));
    socketBound = true;
    AdminFiles.protect(config.socketFile());
    address = (InetSocketAddress) tcp.localAddress();
    var unused = loop.scheduleAtFixedRate(service.events()::tick, 0, 1, TimeUnit.SECONDS);
  }

  private Channel bindTcp(String token) throws IOException {
    InetSocketAddress wanted = config.address();
    AdminPipeline pipeline = AdminPipeline.forTcp(service, limits, token);
    for (int tried = 0; ; tried++) {
      InetSocketAddress next =
          new InetSocketAddress(
              wanted.getAddress(), wanted.getPort() == 0 ? 0 : wanted.getPort() + tried);
      try {
        return bind(EpollServerSocketChannel.class, pipeline, next);
      } catch (IOException e) {
        if (config.addressAsked()) {
          throw new AdminStartException(
              "admin address "
                  + wanted.getHostString()
                  + ":"
                  + wanted.getPort()
                  + " cannot be bound ("
                  + e.getMessage()
                  + "): choose another",
              e);
        }
        if (tried == PORTS_TRIED_MAX) {
          throw new AdminStartException(
              "no free admin port from "
                  + wanted.getPort()
                  + " on: name one that is free with --admin",
              e);
        }
      }
    }
  }

  private Channel bind(
      Class<? extends ServerChannel> type, AdminPipeline pipeline, SocketAddress address)
      throws IOException {
    ServerBootstrap bootstrap =
        new ServerBootstrap()
            .group(group)
            .channel(type)
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, WRITE_BUFFER)
            .childHandler(pipeline);
    ChannelFuture future = bootstrap.bind(address).awaitUninterruptibly();
    Throwable cause = future.cause();
    if (cause != null) {
      throw cause instanceof IOException e ? e : new IOException(cause.getMessage(), cause);
    }
    return future.channel();
  }

  private static void requireLoopback(InetSocketAddress address) throws AdminStartException {
    if (address.isUnresolved() || !address.getAddress().isLoopbackAddress()) {
      throw new AdminStartException(
          "admin address "
              + address.getHostString()
              + " is not a loopback address: use 127.0.0.1 or ::1, and ssh -L from afar");
    }
  }
}
