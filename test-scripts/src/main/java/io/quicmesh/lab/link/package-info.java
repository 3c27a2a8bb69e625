/**
 * The model of one link as a lab emulates it: settings in words, and for each direction what
 * happens to a frame and when it arrives.
 *
 * <p>Package kind: pure.
 */
@NullMarked
package io.quicmesh.lab.link;

import org.jspecify.annotations.NullMarked;
