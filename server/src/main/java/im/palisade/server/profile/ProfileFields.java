package im.palisade.server.profile;

import im.palisade.server.app.AllowType;
import im.palisade.server.app.App;
import im.palisade.server.app.CustomField;
import im.palisade.server.profile.ProfileField.Values;
import im.palisade.server.protocol.ErrorCode;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The catalogue of profile fields (rest-accounts B0): the standard ones and an app's own. */
public final class ProfileFields {
  private static final String CUSTOM = "Tag_Profile_Custom_";
  private static final int MAX_BYTES = 500;
  private static final int MAX_LOCATION_BYTES = 16;

  /** {@code AdminForbidType} of an account that may not send friend requests. */
  static final String FORBID_SEND_OUT = "AdminForbid_Type_SendOut";

  public static final ProfileField NICK = text("Nick");
  public static final ProfileField GENDER =
      words("Gender", "Gender_Type_Unknown", "Gender_Type_Female", "Gender_Type_Male");
  public static final ProfileField SELF_SIGNATURE = text("SelfSignature");
  public static final ProfileField ALLOW_TYPE =
      words(
          "AllowType",
          Arrays.stream(AllowType.values()).map(AllowType::wireName).toArray(String[]::new));
  public static final ProfileField IMAGE = text("Image");
  public static final ProfileField ADMIN_FORBID_TYPE =
      words("AdminForbidType", "AdminForbid_Type_None", FORBID_SEND_OUT);

  private static final Map<String, ProfileField> STANDARD =
      Stream.of(
              NICK,
              GENDER,
              number("BirthDay"),
              ProfileField.standard(
                  "Tag_Profile_IM_Location",
                  new Values.Text(MAX_LOCATION_BYTES, ErrorCode.PROFILE_VALUE_NOT_ALLOWED)),
              SELF_SIGNATURE,
              ALLOW_TYPE,
              number("Language"),
              IMAGE,
              number("MsgSettings"),
              ADMIN_FORBID_TYPE,
              number("Level"),
              number("Role"))
          .collect(
              Collectors.toMap(ProfileField::tag, field -> field, (a, b) -> a, LinkedHashMap::new));

  private ProfileFields() {}

  /** Every standard field. */
  public static Collection<ProfileField> standard() {
    return STANDARD.values();
  }

  /** The field of that tag, if the app knows it. */
  public static Optional<ProfileField> find(App app, String tag) {
    ProfileField standard = STANDARD.get(tag);
    if (standard != null) {
      return Optional.of(standard);
    }
    if (!tag.startsWith(CUSTOM)) {
      return Optional.empty();
    }
    String name = tag.substring(CUSTOM.length());
    return app.settings().profileFields().stream()
        .filter(field -> field.name().equals(name))
        .findFirst()
        .map(ProfileFields::custom);
  }

  /** The app's own fields. */
  public static List<ProfileField> custom(App app) {
    return app.settings().profileFields().stream().map(ProfileFields::custom).toList();
  }

  /** Every field of an app's profiles that its administrators may read: the standard ones first. */
  public static List<ProfileField> readableByAdministrators(App app) {
    return Stream.concat(standard().stream(), custom(app).stream())
        .filter(ProfileField::isReadableByAdministrators)
        .toList();
  }

  private static ProfileField custom(CustomField.Profile field) {
    return new ProfileField(
        CUSTOM + field.name(),
        new Values.Text(MAX_BYTES, ErrorCode.PROFILE_VALUE_TOO_LONG),
        true,
        field.readableBy(),
        field.writableBy());
  }

  private static ProfileField text(String name) {
    return ProfileField.standard(
        "Tag_Profile_IM_" + name, new Values.Text(MAX_BYTES, ErrorCode.PROFILE_VALUE_TOO_LONG));
  }

  private static ProfileField words(String name, String... allowed) {
    return ProfileField.standard("Tag_Profile_IM_" + name, new Values.Words(Set.of(allowed)));
  }

  private static ProfileField number(String name) {
    return ProfileField.standard("Tag_Profile_IM_" + name, new Values.Whole());
  }
}
