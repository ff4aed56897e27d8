package im.palisade.server.app;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What an app's administrator may set about groups (console-features §18).
 *
 * @param community whether communities may be made
 * @param topics whether communities may have topics
 * @param counters whether groups have counters
 * @param receipts wire names of the types whose messages may ask for receipts
 * @param memberList whether the online list of live rooms holds 1,000 instead of 30
 * @param ban whether accounts may be banned from live rooms
 * @param broadcast whether one message may go to all live rooms
 * @param broadcastRate how many a second, 1 to 5
 * @param replay messages of the last 24 hours that who enters a live room is shown, 0 to 20
 * @param nameBytes longest name of a group or topic in UTF-8 bytes, 1 to 512
 * @param groupsPerUser most groups an account may be in
 * @param communities most communities of the app
 * @param groups most groups of the app; 0 for no limit
 * @param liveRooms most live rooms of the app; 0 for no limit
 * @param ratePerSecond messages per second and group, 10 to 1000
 * @param rateReject whether what is beyond that is refused instead of dropped
 * @param legacyNames whether answers carry retired field names beside the present ones
 * @param groupFields custom fields of groups; at most {@value #MAX_GROUP_FIELDS}
 * @param memberFields custom fields of members; at most {@value #MAX_MEMBER_FIELDS}
 * @param rules what is different from the rules of a built-in type, by its wire name
 * @param customTypes types of the app's own
 * @param groupsPerDay most groups that may be made in a day of the app's, less those dissolved on
 *     it; 0 for no limit
 * @param recycleAfterSeconds after how long without a message or a change of members a group is
 *     dissolved, by the name of its type; types without an entry are kept
 * @param guests whether live rooms may be watched without an account
 * @param removeAwayAfterDays after how many days without a connection members are removed, by the
 *     name of the type; in types without an entry they stay
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record GroupSettings(
    Boolean community,
    Boolean topics,
    Boolean counters,
    Set<String> receipts,
    Boolean memberList,
    Boolean ban,
    Boolean broadcast,
    Integer broadcastRate,
    Integer replay,
    Integer nameBytes,
    Integer groupsPerUser,
    Integer communities,
    Integer groups,
    Integer liveRooms,
    Integer ratePerSecond,
    Boolean rateReject,
    Boolean legacyNames,
    List<Field> groupFields,
    List<Field> memberFields,
    Map<String, Map<String, String>> rules,
    List<CustomType> customTypes,
    Integer groupsPerDay,
    Map<String, Integer> recycleAfterSeconds,
    Boolean guests,
    Map<String, Integer> removeAwayAfterDays) {

  /** Most custom fields of groups; the public documentation's samples use ten. */
  public static final int MAX_GROUP_FIELDS = 10;

  /** Most custom fields of members. */
  public static final int MAX_MEMBER_FIELDS = 5;

  /** Names no type of an app's own may have (group-semantics §1.2). */
  private static final Set<String> BUILT_IN =
      Set.of(
          "Private",
          "Work",
          "Public",
          "ChatRoom",
          "Meeting",
          "AVChatRoom",
          "BChatRoom",
          "Community");

  private static final int MAX_NAME_BYTES = 512;

  /** Every setting at its default. */
  public static final GroupSettings DEFAULT =
      new GroupSettings(
          null, null, null, null, null, null, null, null, null, null, null, null, null, null, null,
          null, null, null, null, null, null, null, null, null, null);

  /** Who may read or write a custom field; each includes those before it. */
  public enum Level {
    APP_ADMIN,
    OWNER,
    ADMIN,
    MEMBER,
    ANYONE
  }

  /**
   * A custom field of groups or members (group-semantics §6.3).
   *
   * @param name 1 to 16 bytes of letters, digits and underscores, no digit in front
   * @param types wire names of the group types that have it; empty for all
   * @param read who may read it
   * @param write who may write it
   * @param selfWrite whether a member may write its own, whatever {@code write} says
   */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Field(String name, Set<String> types, Level read, Level write, Boolean selfWrite) {
    public Field {
      if (name == null || !name.matches("[A-Za-z_][A-Za-z0-9_]{0,15}")) {
        throw new IllegalArgumentException(
            "a group field's name is 1 to 16 letters, digits and underscores, no digit in front");
      }
      types = types == null ? Set.of() : Set.copyOf(types);
      read = read == null ? Level.MEMBER : read;
      write = write == null ? Level.ADMIN : write;
      selfWrite = selfWrite == null || selfWrite;
    }

    /** Whether groups of that type have the field. */
    public boolean in(String type) {
      return types.isEmpty() || types.contains(type);
    }
  }

  /**
   * A type of the app's own (group-semantics §1.3).
   *
   * @param name 1 to 32 letters, digits and underscores
   * @param base wire name of the built-in type it follows
   * @param overrides rules that are different, by the names of the rule table
   */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record CustomType(String name, String base, Map<String, String> overrides) {
    public CustomType {
      if (name == null || !name.matches("[A-Za-z0-9_]{1,32}")) {
        throw new IllegalArgumentException(
            "a group type's name is 1 to 32 letters, digits and underscores");
      }
      if (BUILT_IN.contains(name)) {
        throw new IllegalArgumentException("there is a group type " + name + " already");
      }
      if (base == null) {
        throw new IllegalArgumentException("group type " + name + " has no base");
      }
      overrides = overrides == null ? Map.of() : Map.copyOf(overrides);
    }
  }

  public GroupSettings {
    community = community == null || community;
    topics = topics == null || topics;
    counters = counters == null || counters;
    receipts = receipts == null ? Set.of("Private", "Public", "ChatRoom") : Set.copyOf(receipts);
    memberList = memberList != null && memberList;
    ban = ban == null || ban;
    broadcast = broadcast != null && broadcast;
    broadcastRate = within("broadcastRate", broadcastRate == null ? 1 : broadcastRate, 1, 5);
    replay = within("replay", replay == null ? 0 : replay, 0, 20);
    nameBytes = within("nameBytes", nameBytes == null ? 30 : nameBytes, 1, MAX_NAME_BYTES);
    groupsPerUser = groupsPerUser == null ? 3_000 : groupsPerUser;
    communities = communities == null ? 100_000 : communities;
    groups = groups == null ? 0 : groups;
    liveRooms = liveRooms == null ? 0 : liveRooms;
    ratePerSecond = within("ratePerSecond", ratePerSecond == null ? 40 : ratePerSecond, 10, 1_000);
    rateReject = rateReject != null && rateReject;
    legacyNames = legacyNames == null || legacyNames;
    groupFields = checked(groupFields, MAX_GROUP_FIELDS);
    memberFields = checked(memberFields, MAX_MEMBER_FIELDS);
    rules = rules == null ? Map.of() : Map.copyOf(rules);
    customTypes = customTypes == null ? List.of() : List.copyOf(customTypes);
    groupsPerDay = groupsPerDay == null ? 0 : groupsPerDay;
    recycleAfterSeconds = recycleAfterSeconds == null ? Map.of() : Map.copyOf(recycleAfterSeconds);
    recycleAfterSeconds.forEach(
        (type, seconds) -> within("recycleAfterSeconds." + type, seconds, 1, Integer.MAX_VALUE));
    guests = guests != null && guests;
    removeAwayAfterDays = removeAwayAfterDays == null ? Map.of() : Map.copyOf(removeAwayAfterDays);
    removeAwayAfterDays.forEach(
        (type, days) -> within("removeAwayAfterDays." + type, days, 1, 3_650));
    Set<String> groupNames = new HashSet<>();
    groupFields.forEach(field -> groupNames.add(field.name()));
    for (Field field : memberFields) {
      if (groupNames.contains(field.name())) {
        throw new IllegalArgumentException(
            "field " + field.name() + " is declared for groups and members");
      }
    }
  }

  /** Names of the custom fields of groups, in the order declared. */
  public List<String> groupFieldNames() {
    return groupFields.stream().map(Field::name).toList();
  }

  private static int within(String name, int value, int min, int max) {
    if (value < min || value > max) {
      throw new IllegalArgumentException(name + " must be within " + min + " to " + max);
    }
    return value;
  }

  private static List<Field> checked(List<Field> fields, int max) {
    if (fields == null) {
      return List.of();
    }
    if (fields.size() > max) {
      throw new IllegalArgumentException("more than " + max + " custom fields");
    }
    Set<String> names = new HashSet<>();
    for (Field field : fields) {
      if (!names.add(field.name())) {
        throw new IllegalArgumentException("field " + field.name() + " is declared twice");
      }
    }
    return List.copyOf(fields);
  }
}
