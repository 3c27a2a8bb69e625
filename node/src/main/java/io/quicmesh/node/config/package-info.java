/**
 * The node's config file.
 *
 * <p>Package kind: shell.
 */
@NullMarked
package io.quicmesh.node.config;

import org.jspecify.annotations.NullMarked;
