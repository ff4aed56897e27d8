package im.palisade.server.sdk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.doocs.im.constant.OperateType;
import io.github.doocs.im.model.message.TIMTextMsgElement;
import io.github.doocs.im.model.request.ChangeGroupOwnerRequest;
import io.github.doocs.im.model.request.DeleteGroupMsgBySenderRequest;
import io.github.doocs.im.model.request.GetGroupMsgReceiptDetailRequest;
import io.github.doocs.im.model.request.GetGroupMsgReceiptRequest;
import io.github.doocs.im.model.request.GroupGetKeyValuesRequest;
import io.github.doocs.im.model.request.GroupMsgGetSimpleRequest;
import io.github.doocs.im.model.request.GroupMsgItem;
import io.github.doocs.im.model.request.GroupMsgRecallRequest;
import io.github.doocs.im.model.request.GroupSetKeyValuesRequest;
import io.github.doocs.im.model.request.ImportGroupMsgRequest;
import io.github.doocs.im.model.request.ImportGroupRequest;
import io.github.doocs.im.model.request.ModifyGroupMsgRequest;
import io.github.doocs.im.model.request.MsgSeqItem;
import io.github.doocs.im.model.request.SendBroadcastMsgRequest;
import io.github.doocs.im.model.request.SendGroupMsgRequest;
import io.github.doocs.im.model.request.SendGroupSystemNotificationRequest;
import io.github.doocs.im.model.request.SetUnreadMsgNumRequest;
import java.util.List;

/** {@code client.group}: messages of groups. */
final class GroupMessageMethods {
  private GroupMessageMethods() {}

  static final List<SdkMethod<?>> ALL =
      List.of(
          SdkMethod.of(
              "Group.sendGroupMsg",
              "group_open_http_svc/send_group_msg",
              sdk -> {
                SdkGroup group = SdkGroup.make(sdk, "Public");
                SendGroupMsgRequest request =
                    new SendGroupMsgRequest(group.id(), SdkUse.random(), SdkUse.text("psst"));
                request.setFromAccount(sdk.mia);
                request.setToAccount(sdk.noah);
                request.setCloudCustomData("custom");
                request.setMsgPriority("High");
                return group.api().sendGroupMsg(request);
              },
              result -> {
                assertTrue(result.getMsgTime() > 1_700_000_000);
              }),
          SdkMethod.of(
              "Group.sendGroupSystemNotification",
              "group_open_http_svc/send_group_system_notification",
              sdk -> {
                SdkGroup group = SdkGroup.make(sdk, "Public");
                return group
                    .api()
                    .sendGroupSystemNotification(
                        new SendGroupSystemNotificationRequest(group.id(), "a round"));
              }),
          SdkMethod.of(
              "Group.groupMsgRecall",
              "group_open_http_svc/group_msg_recall",
              sdk -> {
                SdkGroup group = SdkGroup.make(sdk, "Public");
                return group
                    .api()
                    .groupMsgRecall(
                        new GroupMsgRecallRequest(
                            group.id(), List.of(new MsgSeqItem(group.said()))));
              },
              result -> {
                assertEquals(0, result.getRecallRetList().getFirst().getRetCode());
              }),
          SdkMethod.of(
              "Group.deleteGroupMsgBySender",
              "group_open_http_svc/delete_group_msg_by_sender",
              sdk -> {
                SdkGroup group = SdkGroup.make(sdk, "Public");
                group.said();
                return group
                    .api()
                    .deleteGroupMsgBySender(new DeleteGroupMsgBySenderRequest(group.id(), sdk.mia));
              }),
          SdkMethod.of(
              "Group.groupMsgGetSimple",
              "group_open_http_svc/group_msg_get_simple",
              sdk -> {
                SdkGroup group = SdkGroup.make(sdk, "Public");
                SdkUse.given(
                    group
                        .api()
                        .changeGroupOwner(new ChangeGroupOwnerRequest(group.id(), sdk.noah)));
                group.said();
                return group.api().groupMsgGetSimple(new GroupMsgGetSimpleRequest(group.id(), 20));
              },
              result -> {
                assertEquals(1, result.getIsFinished());
                var message = result.getRspMsgList().getFirst();
                assertEquals(2, message.getMsgSeq());
                assertEquals(
                    "hello",
                    ((TIMTextMsgElement) message.getMsgBody().getFirst())
                        .getMsgContent()
                        .getText());
                assertEquals(1, result.getRspMsgList().getLast().getIsSystemMsg(), "a tip");
              }),
          SdkMethod.of(
              "Group.modifyGroupMsg",
              "openim/modify_group_msg",
              sdk -> {
                SdkGroup group = SdkGroup.make(sdk, "Public");
                ModifyGroupMsgRequest request = new ModifyGroupMsgRequest(group.id(), group.said());
                request.setMsgBody(SdkUse.text("hello again"));
                return group.api().modifyGroupMsg(request);
              },
              result -> {
                assertEquals("succeed", result.getErrorInfo());
              }),
          SdkMethod.of(
              "Group.setUnreadMsgNum",
              "group_open_http_svc/set_unread_msg_num",
              sdk -> {
                SdkGroup group = SdkGroup.make(sdk, "Public");
                group.said();
                return group
                    .api()
                    .setUnreadMsgNum(new SetUnreadMsgNumRequest(group.id(), sdk.noah, 1));
              }),
          SdkMethod.of(
              "Group.importGroupMsg",
              "group_open_http_svc/import_group_msg",
              sdk -> {
                SdkGroup group = SdkGroup.make(sdk, "Public");
                ImportGroupRequest request = new ImportGroupRequest("Public", "like " + group.id());
                request.setCreateTime(1_600_000_000);
                var made = group.api().importGroup(request);
                SdkUse.given(made);
                return group
                    .api()
                    .importGroupMsg(
                        new ImportGroupMsgRequest(
                            made.getGroupId(),
                            List.of(
                                new GroupMsgItem(
                                    sdk.mia, SdkGroup.now() - 60, SdkUse.text("old")))));
              },
              result -> {
                assertEquals(0, result.getImportMsgResult().getFirst().getResult());
              }),
          SdkMethod.of(
              "Group.sendBroadcastMsg",
              "group_open_http_svc/send_broadcast_msg",
              sdk -> {
                SdkGroup group = SdkGroup.make(sdk, "AVChatRoom");
                return group
                    .api()
                    .sendBroadcastMsg(
                        new SendBroadcastMsgRequest(
                            SdkUse.random(), SdkUse.text("to all of " + group.id())));
              },
              result -> {
                assertTrue(result.getMsgSeq() > 0);
              }),
          SdkMethod.of(
              "Group.getGroupMsgReceipt",
              "group_open_http_svc/get_group_msg_receipt",
              sdk -> {
                SdkGroup group = SdkGroup.make(sdk, "Public");
                return group
                    .api()
                    .getGroupMsgReceipt(
                        new GetGroupMsgReceiptRequest(
                            group.id(), List.of(new MsgSeqItem(group.said()))));
              },
              result -> {
                assertEquals(10062, result.getGroupMsgReceiptList().getFirst().getCode());
              }),
          SdkMethod.of(
              "Group.getGroupMsgReceiptDetail",
              "group_open_http_svc/get_group_msg_receipt_detail",
              sdk -> {
                SdkGroup group = SdkGroup.make(sdk, "Public");
                var request = new GetGroupMsgReceiptDetailRequest(group.id(), 1, "", 20);
                request.setMsgSeq(group.askedFor());
                return group.api().getGroupMsgReceiptDetail(request);
              },
              result -> {
                assertEquals(1, result.getUnreadList().size());
                assertEquals(1, result.getIsFinished());
              }),
          SdkMethod.of(
              "Group.groupGetKeyValues",
              "openim_msg_ext_http_svc/group_get_key_values",
              sdk -> {
                SdkGroup group = SdkGroup.make(sdk, "Public");
                return group
                    .api()
                    .groupGetKeyValues(new GroupGetKeyValuesRequest(group.id(), group.said(), 0L));
              },
              result -> {
                assertEquals(1, result.getCompleteFlag());
              }),
          SdkMethod.of(
              "Group.groupSetKeyValues",
              "openim_msg_ext_http_svc/group_set_key_values",
              sdk -> {
                SdkGroup group = SdkGroup.make(sdk, "Public");
                return group
                    .api()
                    .groupSetKeyValues(
                        new GroupSetKeyValuesRequest(
                            group.id(), group.said(), OperateType.CLEAR, List.of()));
              }));
}
