package im.palisade.server.admin.door;

import java.util.Locale;

/** An enum whose words on the wire are not its names in lower case with hyphens. */
public interface Word {
  /** The word. */
  String word();

  /** How a constant stands on the wire. */
  static String of(Enum<?> constant) {
    return constant instanceof Word named
        ? named.word()
        : constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
