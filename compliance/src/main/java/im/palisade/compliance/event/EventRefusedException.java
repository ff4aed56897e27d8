package im.palisade.compliance.event;

/** An event does not follow the schema; the message names the field and what is wrong with it. */
public final class EventRefusedException extends IllegalArgumentException {
  EventRefusedException(String field, String why) {
    super(field + ": " + why);
  }
}
