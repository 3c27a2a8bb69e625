package io.quicmesh.monitor;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectWriter;
import io.quicmesh.monitor.api.ApiJson;
import io.quicmesh.monitor.api.Facts;

/** Turns the admin server's objects into JSON bytes. Owned by the admin thread. */
final class FactsEncoder {
  private final ObjectWriter writer = ApiJson.mapper().writer();

  EncodedFacts encode(Facts facts) {
    return new EncodedFacts(facts, this);
  }

  byte[] json(Object body) {
    try {
      return writer.writeValueAsBytes(body);
    } catch (JsonProcessingException e) {
      throw new AdminFailure(
          AdminFailure.Kind.INTERNAL,
          "answer cannot be written as JSON: " + e.getOriginalMessage());
    }
  }
}
