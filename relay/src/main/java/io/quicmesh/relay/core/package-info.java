/**
 * The relay's decisions: who may be here, who is told of whom, which stream is spliced to which,
 * within which limits.
 *
 * <p>{@link io.quicmesh.relay.core.Switchboard} takes facts about connections and streams, which
 * the shell numbers, and answers with {@link io.quicmesh.relay.core.Output}s. The bytes of a
 * circuit never meet it: {@link io.quicmesh.relay.core.StreamSplice} copies them, under the quotas
 * of {@link io.quicmesh.relay.core.Meters}.
 *
 * <p>Package kind: pure.
 */
@NullMarked
package io.quicmesh.relay.core;

import org.jspecify.annotations.NullMarked;
