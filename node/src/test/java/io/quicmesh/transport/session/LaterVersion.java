package io.quicmesh.transport.session;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.lang.reflect.Field;

/** What a node of a later version may send on a session's lanes. */
public final class LaterVersion {

  private static final int UNKNOWN_TYPE = 0x40;

  private LaterVersion() {}

  /** Sends a numbered record of a type that nobody knows, and that need not be known. */
  public static void sendRecord(Session session, byte[] payload) {
    try {
      Field lanes = Session.class.getDeclaredField("sendLanes");
      lanes.setAccessible(true);
      Field messages = SendLanes.class.getDeclaredField("messages");
      messages.setAccessible(true);
      FlowQueue queue = (FlowQueue) messages.get(lanes.get(session));
      ByteBuf record = Unpooled.directBuffer(payload.length).writeBytes(payload);
      queue.stage(UNKNOWN_TYPE, record, 0, payload.length, session.environment().nowNanos());
      record.release();
      session.flush();
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("sessions stage their messages in another way now", e);
    }
  }
}
