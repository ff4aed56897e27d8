package im.palisade.server.sdk;

import static im.palisade.server.sdk.SdkUse.given;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.github.doocs.im.model.request.ImAddTagRequest;
import io.github.doocs.im.model.request.ImGetAttrNameRequest;
import io.github.doocs.im.model.request.ImGetAttrRequest;
import io.github.doocs.im.model.request.ImGetTagRequest;
import io.github.doocs.im.model.request.ImPushRequest;
import io.github.doocs.im.model.request.ImRemoveAllTagsRequest;
import io.github.doocs.im.model.request.ImRemoveAttrRequest;
import io.github.doocs.im.model.request.ImRemoveTagRequest;
import io.github.doocs.im.model.request.ImSetAttrNameRequest;
import io.github.doocs.im.model.request.ImSetAttrRequest;
import io.github.doocs.im.model.response.UserAttrItem;
import io.github.doocs.im.model.response.UserTagItem;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** {@code client.member}. Names of attributes are the whole app's: every use sets the same ones. */
final class PushMethods {
  private static final Map<String, String> NAMES = Map.of("0", "city", "1", "tier");

  private PushMethods() {}

  static final List<SdkMethod<?>> ALL =
      List.of(
          SdkMethod.of(
              "Member.imPush",
              "all_member_push/im_push",
              sdk ->
                  sdk.client()
                      .member
                      .imPush(new ImPushRequest(SdkUse.random(), SdkUse.text("to all"))),
              result -> assertFalse(result.getTaskId().isEmpty())),
          SdkMethod.of(
              "Member.imSetAttrName",
              "all_member_push/im_set_attr_name",
              sdk -> sdk.client().member.imSetAttrName(new ImSetAttrNameRequest(NAMES))),
          SdkMethod.of(
              "Member.imGetAttrName",
              "all_member_push/im_get_attr_name",
              sdk -> {
                given(sdk.client().member.imSetAttrName(new ImSetAttrNameRequest(NAMES)));
                return sdk.client().member.imGetAttrName(new ImGetAttrNameRequest());
              },
              result -> assertEquals(NAMES, result.getAttrNames())),
          SdkMethod.of(
              "Member.imSetAttr",
              "all_member_push/im_set_attr",
              sdk -> {
                given(sdk.client().member.imSetAttrName(new ImSetAttrNameRequest(NAMES)));
                return sdk.client().member.imSetAttr(new ImSetAttrRequest(List.of(lyon(sdk))));
              }),
          SdkMethod.of(
              "Member.imGetAttr",
              "all_member_push/im_get_attr",
              sdk -> {
                giveAttribute(sdk);
                return sdk.client().member.imGetAttr(new ImGetAttrRequest(List.of(sdk.mia)));
              },
              result ->
                  assertEquals(
                      Map.of("city", "Lyon"), result.getUserAttrs().getFirst().getAttrs())),
          SdkMethod.of(
              "Member.imRemoveAttr",
              "all_member_push/im_remove_attr",
              sdk -> {
                giveAttribute(sdk);
                return sdk.client()
                    .member
                    .imRemoveAttr(new ImRemoveAttrRequest(List.of(lyon(sdk))));
              }),
          SdkMethod.of(
              "Member.imAddTag",
              "all_member_push/im_add_tag",
              sdk -> sdk.client().member.imAddTag(new ImAddTagRequest(List.of(tags(sdk))))),
          SdkMethod.of(
              "Member.imGetTag",
              "all_member_push/im_get_tag",
              sdk -> {
                giveTags(sdk);
                return sdk.client().member.imGetTag(new ImGetTagRequest(List.of(sdk.mia)));
              },
              result ->
                  assertEquals(List.of("beta", "eu"), result.getUserTags().getFirst().getTags())),
          SdkMethod.of(
              "Member.imRemoveTag",
              "all_member_push/im_remove_tag",
              sdk -> {
                giveTags(sdk);
                return sdk.client().member.imRemoveTag(new ImRemoveTagRequest(List.of(tags(sdk))));
              }),
          SdkMethod.of(
              "Member.imRemoveAllTags",
              "all_member_push/im_remove_all_tags",
              sdk -> {
                giveTags(sdk);
                return sdk.client()
                    .member
                    .imRemoveAllTags(new ImRemoveAllTagsRequest(List.of(sdk.mia)));
              }));

  private static void giveAttribute(SdkUse sdk) throws IOException {
    given(sdk.client().member.imSetAttrName(new ImSetAttrNameRequest(NAMES)));
    given(sdk.client().member.imSetAttr(new ImSetAttrRequest(List.of(lyon(sdk)))));
  }

  private static void giveTags(SdkUse sdk) throws IOException {
    given(sdk.client().member.imAddTag(new ImAddTagRequest(List.of(tags(sdk)))));
  }

  private static UserAttrItem lyon(SdkUse sdk) {
    return new UserAttrItem(sdk.mia, Map.of("city", "Lyon"));
  }

  private static UserTagItem tags(SdkUse sdk) {
    return new UserTagItem(sdk.mia, List.of("beta", "eu"));
  }
}
