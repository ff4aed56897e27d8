package im.palisade.server.sdk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.doocs.im.constant.OperateType;
import io.github.doocs.im.model.message.TIMTextMsgElement;
import io.github.doocs.im.model.request.AdminGetRoamMsgRequest;
import io.github.doocs.im.model.request.AdminMsgWithdrawRequest;
import io.github.doocs.im.model.request.AdminSetMsgReadRequest;
import io.github.doocs.im.model.request.BatchSendMsgRequest;
import io.github.doocs.im.model.request.GetC2cUnreadMsgRequest;
import io.github.doocs.im.model.request.GetKeyValuesRequest;
import io.github.doocs.im.model.request.ImportMsgRequest;
import io.github.doocs.im.model.request.ModifyC2cMsgRequest;
import io.github.doocs.im.model.request.SendMsgRequest;
import io.github.doocs.im.model.request.SetKeyValuesRequest;
import java.time.Instant;
import java.util.List;

/** {@code client.message}. */
final class MessageMethods {
  private MessageMethods() {}

  static final List<SdkMethod<?>> ALL =
      List.of(
          SdkMethod.of(
              "Message.sendMsg",
              "openim/sendmsg",
              sdk ->
                  sdk.client()
                      .message
                      .sendMsg(new SendMsgRequest(sdk.noah, SdkUse.random(), SdkUse.text("hello"))),
              result -> {
                assertTrue(result.getMsgTime() > 1_700_000_000);
                assertTrue(result.getMsgKey().contains("_"));
              }),
          SdkMethod.of(
              "Message.batchSendMsg",
              "openim/batchsendmsg",
              sdk -> {
                List<String> to = List.of(sdk.mia, sdk.noah);
                return sdk.client()
                    .message
                    .batchSendMsg(new BatchSendMsgRequest(to, SdkUse.random(), SdkUse.text("all")));
              },
              result -> assertTrue(result.getMsgKey().contains("_"))),
          SdkMethod.of(
              "Message.importMsg",
              "openim/importmsg",
              sdk -> {
                int time = now() - 3600;
                return sdk.client()
                    .message
                    .importMsg(
                        new ImportMsgRequest(
                            2, sdk.mia, sdk.noah, SdkUse.random(), time, SdkUse.text("old")));
              }),
          SdkMethod.of(
              "Message.getRoamMsg",
              "openim/admin_getroammsg",
              sdk -> {
                sdk.sent();
                return sdk.client()
                    .message
                    .getRoamMsg(
                        new AdminGetRoamMsgRequest(sdk.mia, sdk.noah, 10, now() - 60, now() + 60));
              },
              result -> {
                assertEquals(1, result.getMsgCnt());
                assertEquals(1, result.getComplete());
                TIMTextMsgElement element =
                    (TIMTextMsgElement) result.getMsgList().getFirst().getMsgBody().getFirst();
                assertEquals("hello", element.getMsgContent().getText());
              }),
          SdkMethod.of(
              "Message.msgWithdraw",
              "openim/admin_msgwithdraw",
              sdk ->
                  sdk.client()
                      .message
                      .msgWithdraw(new AdminMsgWithdrawRequest(sdk.mia, sdk.noah, sdk.sent()))),
          SdkMethod.of(
              "Message.setMsgRead",
              "openim/admin_set_msg_read",
              sdk -> {
                sdk.sent();
                return sdk.client()
                    .message
                    .setMsgRead(new AdminSetMsgReadRequest(sdk.noah, sdk.mia, now()));
              }),
          SdkMethod.of(
              "Message.getC2cUnreadMsgNum",
              "openim/get_c2c_unread_msg_num",
              sdk -> {
                sdk.sent();
                return sdk.client()
                    .message
                    .getC2cUnreadMsgNum(new GetC2cUnreadMsgRequest(sdk.noah, List.of(sdk.mia)));
              },
              result -> assertEquals(1, result.getUnreadMsgNumList().getFirst().getUnreadMsgNum())),
          SdkMethod.of(
              "Message.modifyC2cMsg",
              "openim/modify_c2c_msg",
              sdk ->
                  sdk.client()
                      .message
                      .modifyC2cMsg(
                          new ModifyC2cMsgRequest(
                              sdk.mia, sdk.noah, sdk.sent(), SdkUse.text("better"), "data")),
              result -> assertEquals("succeed", result.getErrorInfo())),
          // This version cannot read a pair in any answer: its class has no constructor for that.
          SdkMethod.of(
              "Message.setKeyValues",
              "openim_msg_ext_http_svc/set_key_values",
              sdk ->
                  sdk.client()
                      .message
                      .setKeyValues(
                          new SetKeyValuesRequest(
                              sdk.mia, sdk.noah, sdk.sent(), OperateType.CLEAR, List.of()))),
          SdkMethod.of(
              "Message.getKeyValues",
              "openim_msg_ext_http_svc/get_key_values",
              sdk ->
                  sdk.client()
                      .message
                      .getKeyValues(new GetKeyValuesRequest(sdk.mia, sdk.noah, sdk.sent(), 0L)),
              result -> assertEquals(1, result.getCompleteFlag())));

  private static int now() {
    return Math.toIntExact(Instant.now().getEpochSecond());
  }
}
