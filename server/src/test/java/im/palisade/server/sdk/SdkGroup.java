package im.palisade.server.sdk;

import im.palisade.server.protocol.Json;
import io.github.doocs.im.ClientConfiguration;
import io.github.doocs.im.core.Group;
import io.github.doocs.im.model.group.MemberProfile;
import io.github.doocs.im.model.request.CreateGroupRequest;
import io.github.doocs.im.model.request.CreateGroupTopicRequest;
import io.github.doocs.im.model.request.GroupMsgGetSimpleRequest;
import io.github.doocs.im.model.request.SendGroupMsgRequest;
import io.github.doocs.im.util.HttpUtil;
import java.io.IOException;
import java.time.Instant;
import java.util.List;

/** A group of a use of the SDK, made through the SDK: mia owns it, noah belongs to it. */
record SdkGroup(SdkUse sdk, String id) {
  private static final String TEXT =
      "[{\"MsgType\":\"TIMTextElem\",\"MsgContent\":{\"Text\":\"hello\"}}]";

  static SdkGroup make(SdkUse sdk, String type) throws IOException {
    return make(sdk, type, 0);
  }

  static SdkGroup withTopics(SdkUse sdk) throws IOException {
    return make(sdk, "Community", 1);
  }

  private static SdkGroup make(SdkUse sdk, String type, int topics) throws IOException {
    CreateGroupRequest request = new CreateGroupRequest(type, "group of " + sdk.mia);
    request.setOwnerAccount(sdk.mia);
    if (!type.equals("AVChatRoom")) {
      MemberProfile noah = new MemberProfile();
      noah.setMemberAccount(sdk.noah);
      request.setMemberList(List.of(noah));
    }
    if (topics == 1) {
      request.setSupportTopic(1);
    }
    var made = sdk.client().group.createGroup(request);
    SdkUse.given(made);
    return new SdkGroup(sdk, made.getGroupId());
  }

  /** The SDK's methods of groups. */
  Group api() {
    return sdk.client().group;
  }

  /** A topic's id. */
  String topic() throws IOException {
    var made = api().createGroupTopic(new CreateGroupTopicRequest(id, "topic"));
    SdkUse.given(made);
    return made.getTopicId();
  }

  /** A message of mia's; its sequence. */
  long said() throws IOException {
    SendGroupMsgRequest request =
        new SendGroupMsgRequest(id, SdkUse.random(), SdkUse.text("hello"));
    request.setFromAccount(sdk.mia);
    request.setSupportMessageExtension(1);
    var sent = api().sendGroupMsg(request);
    SdkUse.given(sent);
    // This version looks for the number under another name, and never finds it.
    var newest = api().groupMsgGetSimple(new GroupMsgGetSimpleRequest(id, 1));
    SdkUse.given(newest);
    return newest.getRspMsgList().getFirst().getMsgSeq();
  }

  /** A message of mia's that asks for receipts, which this SDK has no setter for. */
  long askedFor() throws IOException {
    String url = sdk.client().getUrl(Group.SERVICE_NAME, Group.SEND_GROUP_MSG_COMMAND);
    String body =
        Json.object()
            .put("GroupId", id)
            .put("Random", SdkUse.random())
            .put("From_Account", sdk.mia)
            .put("NeedReadReceipt", 1)
            .set("MsgBody", Json.mapper().readTree(TEXT))
            .toString();
    return Json.mapper()
        .readTree(HttpUtil.post(url, body, new ClientConfiguration()))
        .path("MsgSeq")
        .asLong();
  }

  static int now() {
    return Math.toIntExact(Instant.now().getEpochSecond());
  }
}
