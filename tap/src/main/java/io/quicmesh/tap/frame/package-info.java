/**
 * Ethernet frames, virtio-net headers, checksums and segmentation, as plain bytes.
 *
 * <p>Package kind: pure.
 */
@NullMarked
package io.quicmesh.tap.frame;

import org.jspecify.annotations.NullMarked;
