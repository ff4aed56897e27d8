package im.palisade.server.rest;

import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.protocol.ImException;
import java.util.List;
import java.util.Optional;

/** A JSON object of a request, read through the fields declared for it. */
public final class Fields {
  private final ObjectNode object;
  private final List<Field<?>> declared;
  private final Family family;

  Fields(ObjectNode object, List<Field<?>> declared, Family family) {
    this.object = object;
    this.declared = declared;
    this.family = family;
  }

  /**
   * The value, or the field's default, or empty when the field is absent or null.
   *
   * @throws ImException with the field's code when the value is wrong
   * @throws IllegalStateException when the field is not declared here
   */
  public <T> Optional<T> find(Field<T> field) {
    return declared(field).find(object, family);
  }

  /**
   * The value, or the field's default.
   *
   * @throws ImException with the field's code when the value is wrong or there is none
   * @throws IllegalStateException when the field is not declared here
   */
  public <T> T get(Field<T> field) {
    return declared(field).get(object, family);
  }

  /** The object as it came; must not be changed. */
  public ObjectNode json() {
    return object;
  }

  private <T> Field<T> declared(Field<T> field) {
    for (Field<?> each : declared) {
      if (each == field) {
        return field;
      }
    }
    throw new IllegalStateException("not a declared field: " + field.name());
  }
}
