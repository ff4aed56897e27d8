package im.palisade.server.groupmessage;

import im.palisade.server.account.Account;
import im.palisade.server.account.AccountService;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.rest.Field;
import im.palisade.server.rest.Fields;
import im.palisade.server.rest.RestCall;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;

/** Fields that most of these endpoints share, and what they name. */
final class GroupFields {
  static final int MAX_TEXT = 1 << 20;

  static final Field<String> GROUP_ID = Field.text("GroupId", MAX_TEXT, "the group").required();
  static final Field<String> TOPIC_ID =
      Field.text("TopicId", MAX_TEXT, "a topic of the community instead of its own stream");
  static final Field<Long> ITEM_SEQ = Field.u32("MsgSeq", "sequence of a message").required();

  private GroupFields() {}

  /** Sequences as {@code [{MsgSeq}]}. */
  static Field<List<Fields>> seqs(int max) {
    return Field.objects("MsgSeqList", 1, max, List.of(ITEM_SEQ), "sequences of messages")
        .required();
  }

  /** The sequences of such a list, in its order. */
  static List<Long> seqs(RestCall call, Field<List<Fields>> field) {
    return call.get(field).stream().map(each -> each.get(ITEM_SEQ)).toList();
  }

  static List<Long> distinct(List<Long> seqs) {
    return List.copyOf(new LinkedHashSet<>(seqs));
  }

  /** The place a call names. */
  static Place place(RestCall call, Places places) {
    Optional<String> topic = call.find(TOPIC_ID).filter(id -> !id.isEmpty());
    return places.named(call.app(), call.get(GROUP_ID), topic);
  }

  /**
   * The account of that UserID.
   *
   * @throws ImException GROUP_ACCOUNT_NOT_FOUND
   */
  static Account account(RestCall call, AccountService accounts, String userId) {
    return accounts
        .find(call.app(), userId)
        .orElseThrow(() -> new ImException(ErrorCode.GROUP_ACCOUNT_NOT_FOUND));
  }
}
