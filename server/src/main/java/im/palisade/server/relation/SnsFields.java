package im.palisade.server.relation;

import im.palisade.server.rest.Field;
import im.palisade.server.rest.Shape;
import java.util.List;

/** Fields that several commands of {@code sns} and {@code follow} share. */
final class SnsFields {
  static final int MAX_ACCOUNTS = 1000;

  static final Field<String> FROM_ACCOUNT =
      Field.named("From_Account", "whose relations they are").required();
  static final Field<String> TO_ACCOUNT = Field.named("To_Account", "the other account").required();
  static final Field<List<String>> TO_ACCOUNTS =
      Field.namedAccounts("To_Account", 1, MAX_ACCOUNTS, "the other accounts").required();
  static final Field<String> REMARK =
      Field.text("Remark", RelationLimits.REMARK_BYTES, "the owner's name for the friend");
  static final Field<String> ADD_SOURCE =
      Field.text("AddSource", 32, "AddSource_Type_ and 1 to 8 letters");
  static final Field<String> ADD_WORDING =
      Field.text("AddWording", RelationLimits.WORDING_BYTES, "what the requester says");
  static final Shape<String> LIST_NAME = new Shape.Text(1, RelationLimits.LIST_NAME_BYTES);
  static final Field<List<String>> ITEM_LISTS =
      Field.list("GroupName", LIST_NAME, 0, MAX_ACCOUNTS, "friend lists it goes into").orOne();

  private SnsFields() {}

  /** {@code …_Single} or {@code …_Both}, or the spelling of old clients. */
  static Field<String> checkType(String prefix) {
    return Field.word(
            "CheckType",
            List.of(prefix + "_Single", prefix + "_Singal", prefix + "_Both"),
            "whether the other side is looked at as well")
        .required();
  }
}
