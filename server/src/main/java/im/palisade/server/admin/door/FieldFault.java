package im.palisade.server.admin.door;

/**
 * What is wrong with one field.
 *
 * @param field its name; of nested ones with dots and indexes, as {@code grants[0].role}
 */
public record FieldFault(
    @Meaning("the field, nested ones as grants[0].role") String field,
    @Meaning("what is wrong with it") Fault fault,
    @Meaning("the bound that was broken, or what is allowed; empty for none") String detail) {

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
