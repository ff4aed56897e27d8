package im.palisade.server.app;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** A field that an app declares for itself: its name, 1 to 8 ASCII letters, is the tag's end. */
public sealed interface CustomField {
  /** Most fields of one kind an app may declare. */
  int MAX_FIELDS = 20;

  /** The name without the tag's beginning. */
  String name();

  /** What a field holds. Both stand as text on the wire. */
  enum Type {
    STRING,
    BYTES
  }

  /** Who may read a profile field. */
  enum Reader {
    SELF,
    FRIENDS,
    ANYONE,
    ADMIN
  }

  /** Who may write a profile field. */
  enum Writer {
    SELF,
    ADMIN
  }

  /**
   * {@code Tag_Profile_Custom_…}.
   *
   * @param readableBy at least one; everybody when not given
   * @param writableBy at least one; everybody when not given
   */
  record Profile(String name, Type type, Set<Reader> readableBy, Set<Writer> writableBy)
      implements CustomField {
    public Profile {
      checkName(name);
      type = type == null ? Type.STRING : type;
      readableBy = readableBy == null ? Set.of(Reader.values()) : Set.copyOf(readableBy);
      writableBy = writableBy == null ? Set.of(Writer.values()) : Set.copyOf(writableBy);
      if (readableBy.isEmpty() || writableBy.isEmpty()) {
        throw new IllegalArgumentException("field " + name + " must be readable and writable");
      }
    }
  }

  /** {@code Tag_SNS_Custom_…}. */
  record Friend(String name, Type type) implements CustomField {
    public Friend {
      checkName(name);
      type = type == null ? Type.STRING : type;
    }
  }

  private static void checkName(String name) {
    if (name == null || !name.matches("[A-Za-z]{1,8}")) {
      throw new IllegalArgumentException("a custom field's name is 1 to 8 letters");
    }
  }

  /** A declaration as it may stand in the settings; nothing given is none. */
  static <F extends CustomField> List<F> checked(List<F> fields) {
    if (fields == null) {
      return List.of();
    }
    Set<String> names = new HashSet<>();
    for (F field : fields) {
      if (!names.add(field.name())) {
        throw new IllegalArgumentException("field " + field.name() + " is declared twice");
      }
    }
    if (fields.size() > MAX_FIELDS) {
      throw new IllegalArgumentException("more than " + MAX_FIELDS + " custom fields");
    }
    return List.copyOf(fields);
  }
}
