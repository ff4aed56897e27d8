package im.palisade.server.sdk;

import static im.palisade.server.sdk.SdkUse.given;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.github.doocs.im.constant.NoSpeakingTime;
import io.github.doocs.im.model.request.AllowBannedObjectRequest;
import io.github.doocs.im.model.request.ForbidIllegalObjectRequest;
import io.github.doocs.im.model.request.GetAppInfoRequest;
import io.github.doocs.im.model.request.GetCosSigRequest;
import io.github.doocs.im.model.request.GetHistoryRequest;
import io.github.doocs.im.model.request.GetIpListRequest;
import io.github.doocs.im.model.request.GetNoSpeakingRequest;
import io.github.doocs.im.model.request.ImportMsgRequest;
import io.github.doocs.im.model.request.RawUrlItem;
import io.github.doocs.im.model.request.SetNoSpeakingRequest;
import io.github.doocs.im.model.response.GetHistoryResult;
import java.io.IOException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;

/** {@code client.operation}. */
final class OperationMethods {
  private static final int NOT_READY = 1004;

  private OperationMethods() {}

  static final List<SdkMethod<?>> ALL =
      List.of(
          SdkMethod.of(
              "Operation.setNoSpeaking",
              "openconfigsvr/setnospeaking",
              sdk ->
                  sdk.client()
                      .operation
                      .setNoSpeaking(
                          new SetNoSpeakingRequest(sdk.mia, NoSpeakingTime.FOREVER, 60L))),
          SdkMethod.of(
              "Operation.getNoSpeaking",
              "openconfigsvr/getnospeaking",
              sdk -> {
                given(
                    sdk.client()
                        .operation
                        .setNoSpeaking(
                            new SetNoSpeakingRequest(sdk.mia, NoSpeakingTime.FOREVER, 0L)));
                return sdk.client().operation.getNoSpeaking(new GetNoSpeakingRequest(sdk.mia));
              },
              result -> {
                assertEquals(NoSpeakingTime.FOREVER, result.getC2cMsgNoSpeakingTime());
                assertEquals(0, result.getGroupMsgNoSpeakingTime());
              }),
          SdkMethod.of(
              "Operation.getAppInfo",
              "openconfigsvr/getappinfo",
              sdk -> sdk.client().operation.getAppInfo(new GetAppInfoRequest()),
              result -> assertEquals("OK", result.getErrorInfo())),
          SdkMethod.of(
              "Operation.getHistory",
              "open_msg_svc/get_history",
              OperationMethods::history,
              result -> assertFalse(result.getFile().isEmpty())),
          SdkMethod.of(
              "Operation.getIpList",
              "ConfigSvc/GetIPList",
              sdk -> sdk.client().operation.getIpList(new GetIpListRequest()),
              result -> assertFalse(result.getIpList().isEmpty())),
          SdkMethod.of(
              "Operation.forbidIllegalObject",
              "im_cos_msg/forbid_illegal_object",
              sdk ->
                  sdk.client()
                      .operation
                      .forbidIllegalObject(new ForbidIllegalObjectRequest(sdk.uploaded()))),
          SdkMethod.of(
              "Operation.allowBannedObject",
              "im_cos_msg/allow_banned_object",
              sdk ->
                  sdk.client()
                      .operation
                      .allowBannedObject(new AllowBannedObjectRequest(sdk.uploaded()))),
          SdkMethod.of(
              "Operation.getCosSig",
              "im_cos_msg/get_cos_sig",
              sdk ->
                  sdk.client()
                      .operation
                      .getCosSig(new GetCosSigRequest(List.of(new RawUrlItem(1, sdk.uploaded())))),
              result -> {
                assertEquals(1, result.getPreSigUrls().getFirst().getResourceId());
                assertEquals(0, result.getPreSigUrls().getFirst().getStatus());
              }));

  /** An hour that is over, once its file is made. */
  private static GetHistoryResult history(SdkUse sdk) throws IOException {
    Instant earlier = Instant.now().minusSeconds(7200);
    SdkUse.given(
        sdk.client()
            .message
            .importMsg(
                new ImportMsgRequest(
                    2,
                    sdk.mia,
                    sdk.noah,
                    SdkUse.random(),
                    (int) earlier.getEpochSecond(),
                    SdkUse.text("old"))));
    String hour =
        DateTimeFormatter.ofPattern("uuuuMMddHH").format(earlier.atZone(ZoneId.of("+08:00")));
    GetHistoryResult result;
    int calls = 0;
    do {
      result = sdk.client().operation.getHistory(new GetHistoryRequest("C2C", hour));
    } while (result.getErrorCode() == NOT_READY && ++calls < 20);
    return result;
  }
}
