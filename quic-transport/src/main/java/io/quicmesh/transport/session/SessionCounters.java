package io.quicmesh.transport.session;

/**
 * What a session has counted since it began.
 *
 * @param framesSent frames accepted into a lane
 * @param framesReceived frames handed on
 * @param bytesSent bytes of those accepted
 * @param bytesReceived bytes of those handed on
 * @param framesResent frames sent again because their carrier changed
 * @param duplicatesDropped records that came twice and were dropped
 * @param stale staged frames dropped because they waited too long without a carrier
 * @param lostByRestart frames in flight when the peer lost its state
 * @param badRecords records that broke the format or did not open
 */
public record SessionCounters(
    long framesSent,
    long framesReceived,
    long bytesSent,
    long bytesReceived,
    long framesResent,
    long duplicatesDropped,
    long stale,
    long lostByRestart,
    long badRecords) {}
