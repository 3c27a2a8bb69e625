package io.quicmesh.node.registrar;

/**
 * What a registrar decided about one request.
 *
 * @param <T> what is granted
 */
public sealed interface Ruling<T> {

  /**
   * Yes.
   *
   * @param next the state to make durable before the grant is told
   * @param grant what is granted
   */
  record Granted<T>(RegistrarState next, T grant) implements Ruling<T> {}

  /** No; nothing changes. */
  record Refused<T>(Refusal refusal) implements Ruling<T> {}

  /** No, for this reason. */
  static <T> Ruling<T> no(Refusal refusal) {
    return new Refused<>(refusal);
  }
}
