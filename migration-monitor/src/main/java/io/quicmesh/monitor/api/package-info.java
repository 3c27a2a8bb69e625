/**
 * The JSON objects that the admin HTTP interface answers with, shared by node, relay and command
 * line; documented in {@code openapi.yaml}.
 *
 * <p>Keys are in snake case, times ISO-8601 in UTC with milliseconds, durations in milliseconds.
 * Every key is always present; what is not known is {@code null}.
 *
 * <p>Package kind: pure.
 */
@NullMarked
package io.quicmesh.monitor.api;

import org.jspecify.annotations.NullMarked;
