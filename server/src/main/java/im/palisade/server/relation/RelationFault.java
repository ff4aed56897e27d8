package im.palisade.server.relation;

import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;

/** Why one account of a call failed: the code and the end of its {@code Err_…} identifier. */
public enum RelationFault {
  ACCOUNT_NOT_EXIST(ErrorCode.RELATION_ACCOUNT_NOT_FOUND, "Account_Not_Exist"),
  SELF(ErrorCode.RELATION_INVALID_PARAMETER, "To_Account_Is_From_Account"),
  INVALID(ErrorCode.RELATION_INVALID_PARAMETER, "Invalid_Parameter"),
  PROHIBITED(ErrorCode.TEXT_PROHIBITED, "Prohibited_Text"),
  REQUESTS_BARRED(ErrorCode.FRIEND_REQUESTS_BARRED, "Forbid_Send_Out"),
  PEER_IS_BLOCKED(ErrorCode.PEER_IS_BLOCKED, "Peer_In_Own_Black_List"),
  BLOCKED_BY_PEER(ErrorCode.BLOCKED_BY_PEER, "Own_In_Peer_Black_List"),
  ALREADY_FRIEND(ErrorCode.RELATION_INVALID_PARAMETER, "Already_Friend"),
  FRIENDS_FULL(ErrorCode.FRIENDS_FULL, "My_Friend_Num_Exceed_Threshold"),
  PEER_FRIENDS_FULL(ErrorCode.PEER_FRIENDS_FULL, "Peer_Friend_Num_Exceed_Threshold"),
  LISTS_FULL(ErrorCode.FRIEND_LISTS_FULL, "Group_Num_Exceed_Threshold"),
  REFUSED(ErrorCode.FRIENDS_REFUSED, "Peer_Deny_Any"),
  PENDING(ErrorCode.FRIEND_REQUEST_PENDING, "Need_Confirm"),
  REQUESTS_FULL(ErrorCode.FRIEND_REQUESTS_FULL, "Pendency_Num_Exceed_Threshold"),
  NO_REQUEST(ErrorCode.RELATION_INVALID_PARAMETER, "Pendency_Not_Exist"),
  FRIEND_NOT_EXIST(ErrorCode.RELATION_INVALID_PARAMETER, "Friend_Not_Exist"),
  NO_FRIEND_TO_DELETE(ErrorCode.FRIEND_NOT_FOUND, "Friend_Not_Exist"),
  STRANGER(ErrorCode.FRIEND_LIST_STRANGER, "ToTinyId_Not_Friend"),
  ALREADY_BLOCKED(ErrorCode.RELATION_INVALID_PARAMETER, "Already_Exist"),
  NOT_BLOCKED(ErrorCode.RELATION_INVALID_PARAMETER, "Not_Exist"),
  BLOCKLIST_FULL(ErrorCode.BLOCKLIST_FULL, "Black_Num_Exceed_Threshold"),
  FOLLOWS_FULL(ErrorCode.FOLLOWS_FULL, "Following_Num_Exceed_Threshold");

  private final ErrorCode code;
  private final String reason;

  RelationFault(ErrorCode code, String reason) {
    this.code = code;
    this.reason = reason;
  }

  /** What refuses a whole call for this. */
  ImException refusal() {
    return new ImException(code);
  }

  /** {@code ResultCode}. */
  public int number() {
    return code.number();
  }

  /** {@code ResultInfo} of a command such as {@code FriendAdd}. */
  public String info(String command) {
    return "Err_SNS_" + command + "_" + reason;
  }
}
