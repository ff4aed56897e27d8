package im.palisade.server.admin.door;

import java.util.Optional;

/**
 * What is wrong with one field.
 *
 * @param field its name; of nested ones with dots and indexes, as {@code grants[0].role}
 */
@Meaning("What is wrong with a field.")
public record FieldFault(
    @Meaning("the field, nested ones as grants[0].role") String field,
    @Meaning("what is wrong with it") Fault fault,
    @Meaning("the bound that was broken, or what is allowed; empty for none") String detail,
    @Meaning("why exactly, where that is not plain") Optional<Reason> reason) {

  /** A fault that is plain. */
  public FieldFault(String field, Fault fault, String detail) {
    this(field, fault, detail, Optional.empty());
  }

  /** A fault that needs a reason. */
  public FieldFault(String field, Fault fault, Reason reason) {
    this(field, fault, "", Optional.of(reason));
  }

  /** The kinds of fault. */
  public enum Fault {
    MISSING,
    UNKNOWN,
    WRONG_TYPE,
    TOO_SHORT,
    TOO_LONG,
    OUT_OF_RANGE,
    NOT_ALLOWED,
    TAKEN
  }
}
