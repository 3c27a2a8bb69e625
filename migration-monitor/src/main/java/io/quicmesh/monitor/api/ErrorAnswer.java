package io.quicmesh.monitor.api;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;

/**
 * The body of every answer that is not a success: one line that says what, why and the mend.
 *
 * @param exitCode what the command line ends with because of it
 */
@JsonNaming(SnakeCaseStrategy.class)
public record ErrorAnswer(String error, int exitCode) {}
