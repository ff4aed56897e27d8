package im.palisade.server.gateway;

import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.protocol.ImException;
import java.util.List;
import java.util.Optional;

/** A JSON object of a request, read through the fields declared for it. */
public final class Params {
  /** Of a command that declares none. */
  static final Params NONE = new Params(List.of(), List.of());

  private final List<Param<?>> declared;
  private final List<Optional<?>> values;

  private Params(List<Param<?>> declared, List<Optional<?>> values) {
    this.declared = declared;
    this.values = values;
  }

  /**
   * Reads every declared field, in the order declared.
   *
   * @throws ImException with the code of the first that is wrong
   */
  @SuppressWarnings("unchecked")
  static Params read(ObjectNode object, List<Param<?>> declared, Wrong wrong, boolean grouped) {
    if (declared.isEmpty()) {
      return NONE;
    }
    Optional<?>[] values = new Optional<?>[declared.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = declared.get(i).read(object, wrong, grouped);
    }
    return new Params(declared, List.of(values));
  }

  /**
   * The value, or the default; empty when there is neither.
   *
   * @throws IllegalStateException when the field is not declared here
   */
  @SuppressWarnings("unchecked")
  public <T> Optional<T> find(Param<T> param) {
    for (int i = 0; i < declared.size(); i++) {
      if (declared.get(i) == param) {
        return (Optional<T>) values.get(i);
      }
    }
    throw new IllegalStateException("not a declared field: " + param.name());
  }

  /**
   * The value of a field that is required or has a default.
   *
   * @throws IllegalStateException when it is neither, or not declared here
   */
  public <T> T get(Param<T> param) {
    return find(param)
        .orElseThrow(() -> new IllegalStateException("may be absent: " + param.name()));
  }
}
