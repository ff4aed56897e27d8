package im.palisade.server.message;

import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.protocol.Json;
import java.util.Optional;

/**
 * What a group is told of itself: a message from the system inside its conversation
 * (group-semantics §8.1). It never counts as unread.
 *
 * @param conversation the group's name on the client wire, {@code GROUP<groupId>}
 * @param content what {@code GroupTip} holds: OpType, Operator_Account, MemberList, …
 * @param stored whether it takes a sequence and is part of the history; else only those who are
 *     connected learn of it
 */
public record GroupTip(String conversation, ObjectNode content, boolean stored) {
  /** UserID that tips are from. */
  public static final String SENDER = "@TIM#SYSTEM";

  static final String ELEMENT = "TIMGroupTipElem";

  MessageBody body() {
    var elements = Json.mapper().createArrayNode();
    elements.addObject().put("MsgType", ELEMENT).set("MsgContent", content);
    return MessageBody.stored(Json.bytes(elements), Optional.empty());
  }
}
