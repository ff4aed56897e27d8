package im.palisade.server.sdk;

import static im.palisade.server.sdk.SdkUse.given;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.doocs.im.model.request.BlackListAddRequest;
import io.github.doocs.im.model.request.BlackListCheckRequest;
import io.github.doocs.im.model.request.BlackListDeleteRequest;
import io.github.doocs.im.model.request.BlackListGetRequest;
import io.github.doocs.im.model.request.FriendCheckRequest;
import io.github.doocs.im.model.request.FriendDeleteAllRequest;
import io.github.doocs.im.model.request.FriendDeleteRequest;
import io.github.doocs.im.model.request.FriendGetListRequest;
import io.github.doocs.im.model.request.FriendGetRequest;
import io.github.doocs.im.model.request.FriendImportRequest;
import io.github.doocs.im.model.request.FriendUpdateRequest;
import io.github.doocs.im.model.request.GroupAddRequest;
import io.github.doocs.im.model.request.GroupDeleteRequest;
import io.github.doocs.im.model.request.GroupGetRequest;
import io.github.doocs.im.model.request.ImportFriendItem;
import io.github.doocs.im.model.request.SnsItem;
import io.github.doocs.im.model.request.UpdateItem;
import io.github.doocs.im.model.response.ResultItem;
import java.io.IOException;
import java.util.List;

/** {@code client.sns}. */
final class RelationMethods {
  private RelationMethods() {}

  static final List<SdkMethod<?>> ALL =
      List.of(
          SdkMethod.of(
              "Sns.friendAdd",
              "sns/friend_add",
              sdk -> sdk.client().sns.friendAdd(sdk.friendAdd()),
              result -> fine(result.getResultItemList())),
          SdkMethod.of(
              "Sns.friendImport",
              "sns/friend_import",
              sdk -> {
                ImportFriendItem item = new ImportFriendItem(sdk.noah, "AddSource_Type_Import");
                item.setGroupName(List.of("Work", "Chess"));
                item.setAddTime(1_700_000_000);
                return sdk.client()
                    .sns
                    .friendImport(new FriendImportRequest(sdk.mia, List.of(item)));
              },
              result -> fine(result.getResultItemList())),
          SdkMethod.of(
              "Sns.friendUpdate",
              "sns/friend_update",
              sdk -> {
                sdk.befriend();
                List<SnsItem> items =
                    List.of(
                        new SnsItem("Tag_SNS_IM_Remark", "the other"),
                        new SnsItem("Tag_SNS_IM_Group", List.of("Chess")));
                return sdk.client()
                    .sns
                    .friendUpdate(
                        new FriendUpdateRequest(sdk.mia, List.of(new UpdateItem(sdk.noah, items))));
              },
              result -> fine(result.getResultItemList())),
          SdkMethod.of(
              "Sns.friendDelete",
              "sns/friend_delete",
              sdk -> {
                sdk.befriend();
                return sdk.client()
                    .sns
                    .friendDelete(
                        new FriendDeleteRequest(sdk.mia, List.of(sdk.noah), "Delete_Type_Both"));
              },
              result -> fine(result.getResultItemList())),
          SdkMethod.of(
              "Sns.friendDeleteAll",
              "sns/friend_delete_all",
              sdk -> {
                sdk.befriend();
                return sdk.client().sns.friendDeleteAll(new FriendDeleteAllRequest(sdk.mia));
              }),
          SdkMethod.of(
              "Sns.friendCheck",
              "sns/friend_check",
              sdk -> {
                sdk.befriend();
                return sdk.client()
                    .sns
                    .friendCheck(
                        new FriendCheckRequest(
                            sdk.mia, List.of(sdk.noah), "CheckResult_Type_Both"));
              },
              result ->
                  assertEquals(
                      "CheckResult_Type_BothWay",
                      result.getFriendCheckInfoItemList().getFirst().getRelation())),
          SdkMethod.of(
              "Sns.friendGet",
              "sns/friend_get",
              sdk -> {
                sdk.befriend();
                return sdk.client().sns.friendGet(new FriendGetRequest(sdk.mia, 0));
              },
              result -> {
                assertEquals(1, result.getFriendNum());
                assertEquals(1, result.getCompleteFlag());
                assertEquals(1, result.getUserDataItemList().size());
              }),
          SdkMethod.of(
              "Sns.friendGetList",
              "sns/friend_get_list",
              sdk -> {
                sdk.befriend();
                return sdk.client()
                    .sns
                    .friendGetList(
                        new FriendGetListRequest(
                            sdk.mia, List.of(sdk.noah), List.of("Tag_SNS_IM_Remark")));
              },
              result ->
                  assertEquals(
                      "N.",
                      result
                          .getInfoItemList()
                          .getFirst()
                          .getSnsProfileItemList()
                          .getFirst()
                          .getValue())),
          SdkMethod.of(
              "Sns.blackListAdd",
              "sns/black_list_add",
              sdk ->
                  sdk.client()
                      .sns
                      .blackListAdd(new BlackListAddRequest(sdk.mia, List.of(sdk.noah))),
              result -> fine(result.getResultItemList())),
          SdkMethod.of(
              "Sns.blackListDelete",
              "sns/black_list_delete",
              sdk -> {
                block(sdk);
                return sdk.client()
                    .sns
                    .blackListDelete(new BlackListDeleteRequest(sdk.mia, List.of(sdk.noah)));
              },
              result -> fine(result.getResultItemList())),
          SdkMethod.of(
              "Sns.blackListGet",
              "sns/black_list_get",
              sdk -> {
                block(sdk);
                return sdk.client().sns.blackListGet(new BlackListGetRequest(sdk.mia, 0, 30, 0));
              },
              result -> {
                assertEquals(1, result.getBlackListItemList().size());
                assertEquals(0, result.getStartIndex());
              }),
          SdkMethod.of(
              "Sns.blackListCheck",
              "sns/black_list_check",
              sdk -> {
                block(sdk);
                return sdk.client()
                    .sns
                    .blackListCheck(
                        new BlackListCheckRequest(
                            sdk.mia, List.of(sdk.noah), "BlackCheckResult_Type_Both"));
              },
              result ->
                  assertEquals(
                      "BlackCheckResult_Type_AWithB",
                      result.getBlackListCheckItemList().getFirst().getRelation())),
          SdkMethod.of(
              "Sns.groupAdd",
              "sns/group_add",
              sdk -> {
                sdk.befriend();
                return sdk.client()
                    .sns
                    .groupAdd(new GroupAddRequest(sdk.mia, List.of("Chess"), List.of(sdk.noah)));
              },
              result -> fine(result.getResultItemList())),
          SdkMethod.of(
              "Sns.groupDelete",
              "sns/group_delete",
              sdk -> {
                sdk.befriend();
                return sdk.client()
                    .sns
                    .groupDelete(new GroupDeleteRequest(sdk.mia, List.of("Work")));
              }),
          SdkMethod.of(
              "Sns.groupGet",
              "sns/group_get",
              sdk -> {
                sdk.befriend();
                return sdk.client()
                    .sns
                    .groupGet(
                        new GroupGetRequest(sdk.mia, "Need_Friend_Type_Yes", List.of("Work")));
              },
              result -> {
                assertEquals("Work", result.getResultItemList().getFirst().getGroupName());
                assertEquals(1, result.getResultItemList().getFirst().getToAccount().size());
              }));

  private static void block(SdkUse sdk) throws IOException {
    given(sdk.client().sns.blackListAdd(new BlackListAddRequest(sdk.mia, List.of(sdk.noah))));
  }

  private static void fine(List<ResultItem> items) {
    assertEquals(List.of(0), items.stream().map(ResultItem::getResultCode).toList());
  }
}
