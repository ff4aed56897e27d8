package im.palisade.server.moderation;

import java.util.List;
import java.util.stream.Stream;

/** What is wrong with a text (K1 {@code Label}). */
public enum Label {
  NORMAL("Normal"),
  POLITY("Polity"),
  PORN("Porn"),
  ILLEGAL("Illegal"),
  ABUSE("Abuse"),
  TERROR("Terror"),
  AD("Ad"),
  SEXY("Sexy"),
  COMPOSITE("Composite");

  private final String wireName;

  Label(String wireName) {
    this.wireName = wireName;
  }

  /** On the wire and in the store. */
  public String wireName() {
    return wireName;
  }

  /** Every name. */
  public static List<String> wireNames() {
    return Stream.of(values()).map(Label::wireName).toList();
  }

  /** The label of that name; {@link #ILLEGAL} for a name that is none. */
  static Label ofWireName(String name) {
    return Stream.of(values())
        .filter(label -> label.wireName.equals(name))
        .findFirst()
        .orElse(ILLEGAL);
  }
}
