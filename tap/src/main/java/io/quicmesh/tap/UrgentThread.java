package io.quicmesh.tap;

import com.sun.jna.LastErrorException;
import com.sun.jna.Memory;

/**
 * Makes a thread run before all ordinary ones and wake at the time it asked for, as a tool needs
 * that stands for a cable or a stopwatch while the rest of the machine is busy (sched(7),
 * PR_SET_TIMERSLACK(2const)). Such a thread must sleep whenever it can.
 */
public final class UrgentThread {

  private static final int SCHED_FIFO = 1;
  private static final int PR_SET_TIMERSLACK = 29;
  private static final int CALLING_THREAD = 0;

  private UrgentThread() {}

  /**
   * Makes the calling thread urgent, and the threads that it starts from now on.
   *
   * @param priority who goes first among urgent threads: 1, the last, to 99
   * @return whether the host allowed it; it needs CAP_SYS_NICE
   */
  public static boolean makeCurrent(int priority) {
    try {
      PacketCalls.prctl(PR_SET_TIMERSLACK, 1L);
      Memory parameter = new Memory(Integer.BYTES);
      parameter.setInt(0, priority);
      PacketCalls.sched_setscheduler(CALLING_THREAD, SCHED_FIFO, parameter);
      return true;
    } catch (LastErrorException e) {
      return false;
    }
  }
}
