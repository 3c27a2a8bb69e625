/**
 * State machines of migration, handover, path health, carrier choice and retry.
 *
 * <p>Package kind: pure.
 *
 * <p>What belongs to a connection: {@link io.quicmesh.migration.MigrationTracker} with {@link
 * io.quicmesh.migration.MigrationMonitor}. What belongs to a carrier: {@link
 * io.quicmesh.migration.PathHealth}. What belongs to a session: {@link
 * io.quicmesh.migration.CarrierChoice}, {@link io.quicmesh.migration.DirectRetry}, {@link
 * io.quicmesh.migration.DirectReplacement} and {@link io.quicmesh.migration.Handover}. What belongs
 * to a node: {@link io.quicmesh.migration.WarmRelays}, {@link
 * io.quicmesh.migration.NetworkClassifier}, {@link io.quicmesh.migration.UplinkChoice}, {@link
 * io.quicmesh.migration.BlackHoleDetector} and {@link io.quicmesh.migration.SleepDetector}.
 *
 * <p>How a session's machines meet, in the hands of the shell:
 *
 * <pre>
 *   PathHealth   Silent, HeardAgain, SmallPacketsOnly, quality  to CarrierChoice and Handover
 *   CarrierChoice  Move                       to Handover.handleStart
 *   DirectRetry    RoundStarted               to Handover.handleStartDial
 *   Handover       Listen                     gather candidates, then Handover.handleCandidates
 *   Handover       Dial of a direct carrier   to DirectRetry.handleRetryNow
 *   DirectRetry    RoundConnected, RoundFailed  to Handover.handleConnected, handleConnectFailed
 *   Handover       Report                     to CarrierChoice.handleHandoverEnded
 * </pre>
 *
 * <p>Each machine takes facts and the monotonic time, names the time at which it wants to be called
 * again, and is drained of its outputs. A wall time comes in only where something is stamped.
 */
@NullMarked
package io.quicmesh.migration;

import org.jspecify.annotations.NullMarked;
