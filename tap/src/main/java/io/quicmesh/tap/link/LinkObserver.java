package io.quicmesh.tap.link;

import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.LinkedHashSet;
import java.util.Queue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Turns what an rtnetlink socket says into snapshots. A notification only tells <em>that</em>
 * something changed: once the burst is over, everything is asked for anew, because Linux is silent
 * about some changes (the IPv4 routes that go with a link) and drops notifications when they come
 * too fast. Nothing is delivered unless the answer differs from the last one.
 *
 * <p>Never throws on what it is fed: messages that are cut are skipped.
 */
public final class LinkObserver {
  private static final int ROUTES_MAX = 4_096;

  /** A dump that takes this long is lost, and begun again. */
  private static final long DUMP_NANOS_MAX = 2_000_000_000L;

  /** Where dumps are slow, the next one waits this many times their duration. */
  private static final long REST_FACTOR = 10;

  /** On a busy host a dump of a few entries takes as long. */
  private static final long SLOW_DUMP_NANOS = 20_000_000L;

  private static final int RTM_NEWLINK = 16;
  private static final int RTM_NEWADDR = 20;
  private static final int RTM_NEWROUTE = 24;

  /** What the owner has to do. */
  public sealed interface Output {
    /** Ask the kernel. */
    record Request(Part part, int sequence) implements Output {
      /** Writes the request's message. */
      public void write(ByteBuf out) {
        switch (part) {
          case LINKS -> NetlinkRequests.dumpLinks(out, sequence);
          case ADDRESSES -> NetlinkRequests.dumpAddresses(out, sequence);
          case ROUTES -> NetlinkRequests.dumpRoutes(out, sequence);
        }
      }
    }

    /** Tell the listener. */
    record Changed(LinkSnapshot snapshot, LinkChange change) implements Output {}
  }

  /** What is asked for, in this order. */
  public enum Part {
    LINKS,
    ADDRESSES,
    ROUTES
  }

  private final QuietPeriod changes;
  private final Queue<Output> outputs = new ArrayDeque<>();
  private final Set<Link> links = new LinkedHashSet<>();
  private final Set<LinkAddress> addresses = new LinkedHashSet<>();
  private final Set<Route> routes = new LinkedHashSet<>();

  private LinkSnapshot last = LinkSnapshot.EMPTY;
  private @Nullable Part dumping;
  private int sequence;
  private boolean interrupted;
  private boolean routesComplete;
  private long dumpBeganNanos;
  private long restUntilNanos;

  /**
   * @param quietNanos how long nothing must have changed before the host is looked at
   * @param delayMaxNanos how long changes one after the other can put that off
   */
  public LinkObserver(long quietNanos, long delayMaxNanos, long nowNanos) {
    changes = new QuietPeriod(quietNanos, delayMaxNanos);
    restUntilNanos = nowNanos;
  }

  /** Begins with a look at the host as it is. */
  public void handleStart(long nowNanos) {
    beginDump(nowNanos);
  }

  /** Takes what one read from the socket returned. */
  public void handleMessages(ByteBuf in, long nowNanos) {
    int offset = in.readerIndex();
    while (in.writerIndex() - offset >= NetlinkMessage.HEADER_BYTES) {
      long length = in.getUnsignedIntLE(offset);
      if (length < NetlinkMessage.HEADER_BYTES || length > in.writerIndex() - offset) {
        return;
      }
      handleMessage(in, offset, (int) length, nowNanos);
      offset += Math.min(NetlinkMessage.align((int) length), in.writerIndex() - offset);
    }
  }

  /** Notifications or answers were lost: whatever was under way is void. */
  public void handleOverrun(long nowNanos) {
    dumping = null;
    changes.handleEvent(nowNanos);
  }

  /** When {@link #handleDeadline} is due; {@link Long#MAX_VALUE} for never. */
  public long nextDeadlineNanos() {
    if (dumping != null) {
      return dumpBeganNanos + DUMP_NANOS_MAX;
    }
    if (!changes.isPending()) {
      return Long.MAX_VALUE;
    }
    long due = changes.deadlineNanos();
    return due - restUntilNanos < 0 ? restUntilNanos : due;
  }

  /** Looks at the host if it is time. */
  public void handleDeadline(long nowNanos) {
    long deadline = nextDeadlineNanos();
    if (deadline != Long.MAX_VALUE && deadline - nowNanos <= 0) {
      beginDump(nowNanos);
    }
  }

  /** The next thing to do, null when there is none. */
  public @Nullable Output poll() {
    return outputs.poll();
  }

  private void handleMessage(ByteBuf in, int offset, int length, long nowNanos) {
    int flags = in.getUnsignedShortLE(offset + NetlinkMessage.FLAGS_OFFSET);
    int type = in.getUnsignedShortLE(offset + NetlinkMessage.TYPE_OFFSET);
    boolean answer =
        type == NetlinkMessage.TYPE_ERROR || (flags & NetlinkMessage.FLAG_MULTIPART) != 0;
    if (!answer) {
      changes.handleEvent(nowNanos);
      return;
    }
    boolean late = in.getIntLE(offset + NetlinkMessage.SEQUENCE_OFFSET) != sequence;
    if (dumping == null || late) {
      return;
    }
    interrupted |= (flags & NetlinkMessage.FLAG_DUMP_INTERRUPTED) != 0;
    int body = offset + NetlinkMessage.HEADER_BYTES;
    switch (type) {
      case RTM_NEWLINK -> addLink(LinkParser.link(in, body, offset + length));
      case RTM_NEWADDR -> addAddress(LinkParser.address(in, body, offset + length));
      case RTM_NEWROUTE -> RouteParser.parse(in, body, offset + length, this::addRoute);
      case NetlinkMessage.TYPE_DONE -> endPart(nowNanos);
      case NetlinkMessage.TYPE_ERROR -> handleOverrun(nowNanos);
      default -> {}
    }
  }

  private void addLink(@Nullable Link link) {
    if (link != null) {
      links.add(link);
    }
  }

  private void addAddress(@Nullable LinkAddress address) {
    if (address != null) {
      addresses.add(address);
    }
  }

  private void addRoute(Route route) {
    if (routes.size() < ROUTES_MAX) {
      routes.add(route);
    } else {
      routesComplete = false;
    }
  }

  private void beginDump(long nowNanos) {
    changes.clear();
    links.clear();
    addresses.clear();
    routes.clear();
    routesComplete = true;
    interrupted = false;
    dumpBeganNanos = nowNanos;
    request(Part.LINKS);
  }

  private void request(Part part) {
    dumping = part;
    sequence++;
    outputs.add(new Output.Request(part, sequence));
  }

  private void endPart(long nowNanos) {
    if (dumping == Part.LINKS) {
      request(Part.ADDRESSES);
    } else if (dumping == Part.ADDRESSES) {
      request(Part.ROUTES);
    } else {
      endDump(nowNanos);
    }
  }

  private void endDump(long nowNanos) {
    dumping = null;
    long tookNanos = nowNanos - dumpBeganNanos;
    restUntilNanos = nowNanos + (tookNanos < SLOW_DUMP_NANOS ? 1 : REST_FACTOR) * tookNanos;
    if (interrupted) {
      changes.handleEvent(nowNanos);
      return;
    }
    LinkSnapshot snapshot = new LinkSnapshot(links, addresses, routes, routesComplete);
    LinkChange change = LinkChange.between(last, snapshot);
    if (!change.isEmpty()) {
      last = snapshot;
      outputs.add(new Output.Changed(snapshot, change));
    }
  }
}
