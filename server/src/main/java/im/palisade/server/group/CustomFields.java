package im.palisade.server.group;

import im.palisade.server.app.App;
import im.palisade.server.app.GroupSettings;
import im.palisade.server.app.GroupSettings.Field;
import im.palisade.server.app.GroupSettings.Level;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Custom fields of groups and of members (group-semantics §6.3). */
final class CustomFields {
  /** Longest value of a group's field in UTF-8 bytes. */
  static final int MAX_GROUP_VALUE = 512;

  /** Longest value of a member's field in UTF-8 bytes. */
  static final int MAX_MEMBER_VALUE = 64;

  private CustomFields() {}

  /**
   * Lets pass values of a group's declared fields.
   *
   * @throws ImException GROUP_INVALID_PARAMETER
   */
  static void checkGroup(App app, GroupType type, Map<String, String> values) {
    check(app.settings().groups().groupFields(), type, values, MAX_GROUP_VALUE);
  }

  /**
   * Lets pass values of members' declared fields.
   *
   * @throws ImException GROUP_INVALID_PARAMETER
   */
  static void checkMember(App app, GroupType type, Map<String, String> values) {
    if (!values.isEmpty() && !type.allows(Rule.MEMBER_FIELDS)) {
      throw new ImException(ErrorCode.GROUP_INVALID_PARAMETER, "the type has no member fields");
    }
    check(app.settings().groups().memberFields(), type, values, MAX_MEMBER_VALUE);
  }

  /** Whether somebody of that standing may write the group's field. */
  static boolean mayWriteGroup(App app, String name, Standing standing) {
    return find(app.settings().groups().groupFields(), name)
        .map(field -> reaches(standing, field.write()))
        .orElse(false);
  }

  /** Whether somebody of that standing may write the field of a member, itself or another. */
  static boolean mayWriteMember(App app, String name, Standing standing, boolean own) {
    return find(app.settings().groups().memberFields(), name)
        .map(field -> (own && field.selfWrite()) || reaches(standing, field.write()))
        .orElse(false);
  }

  /** The group's fields that somebody of that standing may read. */
  static Map<String, String> readable(App app, Map<String, String> values, Standing standing) {
    return visible(app.settings().groups().groupFields(), values, standing);
  }

  /** A member's fields that somebody of that standing may read. */
  static Map<String, String> readableOfMember(
      App app, Map<String, String> values, Standing standing) {
    return visible(app.settings().groups().memberFields(), values, standing);
  }

  /** The values after a change: listed ones are set, an empty one deletes. */
  static Map<String, String> merged(Map<String, String> present, Map<String, String> change) {
    Map<String, String> merged = new LinkedHashMap<>(present);
    change.forEach(
        (name, value) -> {
          if (value.isEmpty()) {
            merged.remove(name);
          } else {
            merged.put(name, value);
          }
        });
    return merged;
  }

  private static void check(
      List<Field> declared, GroupType type, Map<String, String> values, int maxBytes) {
    values.forEach(
        (name, value) -> {
          if (find(declared, name).filter(field -> field.in(type.base().wireName())).isEmpty()) {
            throw new ImException(
                ErrorCode.GROUP_INVALID_PARAMETER, "field " + name + " is not declared");
          }
          if (value.getBytes(StandardCharsets.UTF_8).length > maxBytes) {
            throw new ImException(
                ErrorCode.GROUP_INVALID_PARAMETER, "field " + name + " is too long");
          }
        });
  }

  private static Map<String, String> visible(
      List<Field> declared, Map<String, String> values, Standing standing) {
    Map<String, String> visible = new LinkedHashMap<>();
    for (Field field : declared) {
      String value = values.get(field.name());
      if (value != null && reaches(standing, field.read())) {
        visible.put(field.name(), value);
      }
    }
    return visible;
  }

  private static Optional<Field> find(List<Field> declared, String name) {
    return declared.stream().filter(field -> field.name().equals(name)).findFirst();
  }

  private static boolean reaches(Standing standing, GroupSettings.Level level) {
    return switch (level) {
      case Level.APP_ADMIN -> standing == Standing.APP;
      case Level.OWNER -> standing.atLeast(Role.OWNER);
      case Level.ADMIN -> standing.atLeast(Role.ADMIN);
      case Level.MEMBER -> standing.atLeast(Role.MEMBER);
      case Level.ANYONE -> true;
    };
  }
}
