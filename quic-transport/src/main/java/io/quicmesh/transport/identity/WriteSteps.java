package io.quicmesh.transport.identity;

import java.io.IOException;
import java.nio.file.Path;

/**
 * Is told every step of a durable write before it is taken. Throwing stands for what may happen
 * there: an {@link IOException} for a full disk, anything unchecked for the end of the process.
 */
@FunctionalInterface
public interface WriteSteps {

  /** Called before the step. */
  void before(Step step) throws IOException;

  /**
   * A step of a write.
   *
   * @param name what is about to happen
   * @param file the file that is written
   */
  record Step(String name, Path file) {}
}
