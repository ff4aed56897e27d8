package im.palisade.server.sdk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.doocs.im.model.group.AppDefinedDataItem;
import io.github.doocs.im.model.group.GroupAttr;
import io.github.doocs.im.model.group.GroupCounterItem;
import io.github.doocs.im.model.group.GroupMemberItem;
import io.github.doocs.im.model.group.MemberProfile;
import io.github.doocs.im.model.request.AddGroupMemberRequest;
import io.github.doocs.im.model.request.BanGroupMemberRequest;
import io.github.doocs.im.model.request.ChangeGroupOwnerRequest;
import io.github.doocs.im.model.request.ClearGroupAttrRequest;
import io.github.doocs.im.model.request.CreateGroupRequest;
import io.github.doocs.im.model.request.CreateGroupTopicRequest;
import io.github.doocs.im.model.request.DeleteGroupCounterRequest;
import io.github.doocs.im.model.request.DeleteGroupMemberRequest;
import io.github.doocs.im.model.request.DestroyGroupRequest;
import io.github.doocs.im.model.request.DestroyGroupTopicRequest;
import io.github.doocs.im.model.request.ForbidSendMsgRequest;
import io.github.doocs.im.model.request.GetAppIdGroupListRequest;
import io.github.doocs.im.model.request.GetGroupAttrRequest;
import io.github.doocs.im.model.request.GetGroupBanMemberRequest;
import io.github.doocs.im.model.request.GetGroupCounterRequest;
import io.github.doocs.im.model.request.GetGroupInfoRequest;
import io.github.doocs.im.model.request.GetGroupMemberInfoRequest;
import io.github.doocs.im.model.request.GetGroupMutedAccountRequest;
import io.github.doocs.im.model.request.GetGroupTopicRequest;
import io.github.doocs.im.model.request.GetJoinedGroupListRequest;
import io.github.doocs.im.model.request.GetMembersRequest;
import io.github.doocs.im.model.request.GetOnlineMemberNumRequest;
import io.github.doocs.im.model.request.GetRoleInGroupRequest;
import io.github.doocs.im.model.request.ImportGroupMemberRequest;
import io.github.doocs.im.model.request.ImportGroupRequest;
import io.github.doocs.im.model.request.ImportGroupTopicRequest;
import io.github.doocs.im.model.request.MemberItem;
import io.github.doocs.im.model.request.MemberRequestItem;
import io.github.doocs.im.model.request.ModifyGroupAttrRequest;
import io.github.doocs.im.model.request.ModifyGroupBaseInfoRequest;
import io.github.doocs.im.model.request.ModifyGroupMemberInfoRequest;
import io.github.doocs.im.model.request.ModifyGroupTopicRequest;
import io.github.doocs.im.model.request.ModifyGroupUserInfoRequest;
import io.github.doocs.im.model.request.ResponseFilter;
import io.github.doocs.im.model.request.SetGroupAttrRequest;
import io.github.doocs.im.model.request.UnbanGroupMemberRequest;
import io.github.doocs.im.model.request.UpdateGroupCounterRequest;
import java.util.List;

/** {@code client.group}: groups, members, attributes, counters, live rooms, topics. */
final class GroupMethods {
  private static final List<GroupAttr> SEAT = List.of(new GroupAttr("seat", "mia"));

  private GroupMethods() {}

  static final List<SdkMethod<?>> ALL =
      List.of(
          SdkMethod.of(
              "Group.getAppIdGroupList",
              "group_open_http_svc/get_appid_group_list",
              sdk -> {
                SdkGroup group = SdkGroup.make(sdk, "Public");
                return group
                    .api()
                    .getAppIdGroupList(new GetAppIdGroupListRequest(10_000, 0L, "Public"));
              },
              result -> {
                assertTrue(result.getTotalCount() > 0);
                assertFalse(result.getGroupIdList().isEmpty());
                assertEquals(0, result.getNext());
              }),
          SdkMethod.of(
              "Group.createGroup",
              "group_open_http_svc/create_group",
              sdk -> {
                CreateGroupRequest request = new CreateGroupRequest("Public", "a club");
                request.setOwnerAccount(sdk.mia);
                request.setApplyJoinOption("NeedPermission");
                request.setAppDefinedData(
                    List.of(new AppDefinedDataItem("GroupTestData1", "value")));
                MemberProfile admin = new MemberProfile();
                admin.setMemberAccount(sdk.noah);
                admin.setRole("Admin");
                request.setMemberList(List.of(admin));
                return sdk.client().group.createGroup(request);
              },
              result -> assertTrue(result.getGroupId().startsWith("@TGS#2"))),
          SdkMethod.of(
              "Group.getGroupInfo",
              "group_open_http_svc/get_group_info",
              sdk -> {
                SdkGroup group = SdkGroup.make(sdk, "Public");
                return group.api().getGroupInfo(new GetGroupInfoRequest(List.of(group.id())));
              },
              result -> {
                var info = result.getGroupInfo().getFirst();
                assertEquals("Public", info.getType());
                assertEquals(2, info.getMemberNum());
                assertEquals("Owner", info.getMemberList().getFirst().getRole());
                assertEquals("Off", info.getMuteAllMember());
              }),
          SdkMethod.of(
              "Group.modifyGroupBaseInfo",
              "group_open_http_svc/modify_group_base_info",
              sdk -> {
                SdkGroup group = SdkGroup.make(sdk, "Public");
                ModifyGroupBaseInfoRequest request = new ModifyGroupBaseInfoRequest(group.id());
                request.setNotification("Friday 19:00");
                request.setMuteAllMember("On");
                return group.api().modifyGroupBaseInfo(request);
              }),
          SdkMethod.of(
              "Group.destroyGroup",
              "group_open_http_svc/destroy_group",
              sdk -> {
                SdkGroup group = SdkGroup.make(sdk, "Private");
                return group.api().destroyGroup(new DestroyGroupRequest(group.id()));
              }),
          SdkMethod.of(
              "Group.getJoinGroupList",
              "group_open_http_svc/get_joined_group_list",
              sdk -> {
                SdkGroup group = SdkGroup.make(sdk, "Public");
                GetJoinedGroupListRequest request = new GetJoinedGroupListRequest(sdk.noah);
                ResponseFilter filter = new ResponseFilter();
                filter.setGroupBaseInfoFilter(List.of("Type", "Name", "NextMsgSeq"));
                request.setResponseFilter(filter);
                return group.api().getJoinGroupList(request);
              },
              result -> {
                var joined = result.getGroupIdList().getFirst();
                assertEquals("Public", joined.getType());
                assertEquals(1, result.getTotalCount());
              }),
          SdkMethod.of(
              "Group.changeGroupOwner",
              "group_open_http_svc/change_group_owner",
              sdk -> {
                SdkGroup group = SdkGroup.make(sdk, "Public");
                return group
                    .api()
                    .changeGroupOwner(new ChangeGroupOwnerRequest(group.id(), sdk.noah));
              }),
          SdkMethod.of(
              "Group.addGroupMember",
              "group_open_http_svc/add_group_member",
              sdk -> {
                SdkGroup group = SdkGroup.make(sdk, "ChatRoom");
                return group
                    .api()
                    .addGroupMember(
                        new AddGroupMemberRequest(
                            group.id(), List.of(new MemberRequestItem(sdk.noah))));
              },
              result -> {
                assertEquals(2, result.getMemberList().getFirst().getResult());
              }),
          SdkMethod.of(
              "Group.deleteGroupMember",
              "group_open_http_svc/delete_group_member",
              sdk -> {
                SdkGroup group = SdkGroup.make(sdk, "Public");
                return group
                    .api()
                    .deleteGroupMember(
                        new DeleteGroupMemberRequest(group.id(), 1, "spam", List.of(sdk.noah)));
              }),
          SdkMethod.of(
              "Group.getGroupMemberInfo",
              "group_open_http_svc/get_group_member_info",
              sdk -> {
                SdkGroup group = SdkGroup.make(sdk, "Community");
                GetGroupMemberInfoRequest request = new GetGroupMemberInfoRequest(group.id());
                request.setLimit(1);
                request.setNext("");
                return group.api().getGroupMemberInfo(request);
              },
              result -> {
                assertEquals(2, result.getMemberNum());
                assertEquals(1, result.getMemberList().size());
                assertEquals("AcceptAndNotify", result.getMemberList().getFirst().getMsgFlag());
                assertFalse(result.getNext().isEmpty());
              }),
          SdkMethod.of(
              "Group.modifyGroupMemberInfo",
              "group_open_http_svc/modify_group_member_info",
              sdk -> {
                SdkGroup group = SdkGroup.make(sdk, "Public");
                ModifyGroupMemberInfoRequest request =
                    new ModifyGroupMemberInfoRequest(group.id(), sdk.noah);
                request.setRole("Admin");
                request.setNameCard("N.");
                request.setMuteTime(60L);
                return group.api().modifyGroupMemberInfo(request);
              }),
          SdkMethod.of(
              "Group.getRoleInGroup",
              "group_open_http_svc/get_role_in_group",
              sdk -> {
                SdkGroup group = SdkGroup.make(sdk, "Public");
                return group
                    .api()
                    .getRoleInGroup(
                        new GetRoleInGroupRequest(group.id(), List.of(sdk.mia, "nobody")));
              },
              result -> {
                assertEquals("Owner", result.getUserIdList().getFirst().getRole());
                assertEquals("NotMember", result.getUserIdList().getLast().getRole());
              }),
          SdkMethod.of(
              "Group.forbidSendMsg",
              "group_open_http_svc/forbid_send_msg",
              sdk -> {
                SdkGroup group = SdkGroup.make(sdk, "Public");
                return group
                    .api()
                    .forbidSendMsg(new ForbidSendMsgRequest(group.id(), List.of(sdk.noah), 60L));
              }),
          SdkMethod.of(
              "Group.getGroupMutedAccount",
              "group_open_http_svc/get_group_muted_account",
              sdk -> {
                SdkGroup group = SdkGroup.make(sdk, "Public");
                SdkUse.given(
                    group
                        .api()
                        .forbidSendMsg(
                            new ForbidSendMsgRequest(
                                group.id(), List.of(sdk.noah), 4_294_967_295L)));
                return group
                    .api()
                    .getGroupMutedAccount(new GetGroupMutedAccountRequest(group.id()));
              },
              result -> {
                assertEquals(4294967295L, result.getMutedAccountList().getFirst().getMutedUntil());
              }),
          SdkMethod.of(
              "Group.importGroup",
              "group_open_http_svc/import_group",
              sdk -> {
                SdkGroup group = SdkGroup.make(sdk, "Public");
                ImportGroupRequest request = new ImportGroupRequest("Public", "like " + group.id());
                request.setOwnerAccount(sdk.mia);
                request.setCreateTime(1_600_000_000);
                return group.api().importGroup(request);
              },
              result -> {
                assertTrue(result.getGroupId().startsWith("@TGS#2"));
              }),
          SdkMethod.of(
              "Group.importGroupMember",
              "group_open_http_svc/import_group_member",
              sdk -> {
                SdkGroup group = SdkGroup.make(sdk, "Public");
                return group
                    .api()
                    .importGroupMember(
                        new ImportGroupMemberRequest(
                            group.id(),
                            List.of(new MemberItem(sdk.noah), new MemberItem("nobody"))));
              },
              result -> {
                assertEquals(2, result.getMemberList().getFirst().getResult());
                assertEquals(0, result.getMemberList().getLast().getResult());
              }),
          SdkMethod.of(
              "Group.getGroupAttr",
              "group_open_attr_http_svc/get_group_attr",
              sdk -> {
                SdkGroup group = SdkGroup.make(sdk, "Public");
                SdkUse.given(group.api().setGroupAttr(new SetGroupAttrRequest(group.id(), SEAT)));
                return group.api().getGroupAttr(new GetGroupAttrRequest(group.id()));
              },
              result -> {
                assertEquals("seat", result.getGroupAttrs().getFirst().getKey());
                assertEquals("mia", result.getGroupAttrs().getFirst().getValue());
              }),
          SdkMethod.of(
              "Group.modifyGroupAttr",
              "group_open_http_svc/modify_group_attr",
              sdk -> {
                SdkGroup group = SdkGroup.make(sdk, "Public");
                return group.api().modifyGroupAttr(new ModifyGroupAttrRequest(group.id(), SEAT));
              }),
          SdkMethod.of(
              "Group.setGroupAttr",
              "group_open_http_svc/set_group_attr",
              sdk -> {
                SdkGroup group = SdkGroup.make(sdk, "AVChatRoom");
                return group.api().setGroupAttr(new SetGroupAttrRequest(group.id(), SEAT));
              }),
          SdkMethod.of(
              "Group.clearGroupAttr",
              "group_open_http_svc/clear_group_attr",
              sdk -> {
                SdkGroup group = SdkGroup.make(sdk, "Public");
                return group.api().clearGroupAttr(new ClearGroupAttrRequest(group.id()));
              }),
          SdkMethod.of(
              "Group.getGroupCounter",
              "group_open_http_svc/get_group_counter",
              sdk -> {
                SdkGroup group = SdkGroup.make(sdk, "Public");
                return group.api().getGroupCounter(new GetGroupCounterRequest(group.id()));
              },
              result -> {
                assertTrue(result.getGroupCounter().isEmpty());
              }),
          SdkMethod.of(
              "Group.updateGroupCounter",
              "group_open_http_svc/update_group_counter",
              sdk -> {
                SdkGroup group = SdkGroup.make(sdk, "Public");
                return group
                    .api()
                    .updateGroupCounter(
                        new UpdateGroupCounterRequest(
                            group.id(), List.of(new GroupCounterItem("like", 2L)), "Increase"));
              },
              result -> {
                assertEquals(2, result.getGroupCounter().getFirst().getValue());
              }),
          SdkMethod.of(
              "Group.deleteGroupCounter",
              "group_open_http_svc/delete_group_counter",
              sdk -> {
                SdkGroup group = SdkGroup.make(sdk, "Public");
                return group
                    .api()
                    .deleteGroupCounter(new DeleteGroupCounterRequest(group.id(), List.of("like")));
              }),
          SdkMethod.of(
              "Group.getOnlineMemberNum",
              "group_open_http_svc/get_online_member_num",
              sdk -> {
                SdkGroup group = SdkGroup.make(sdk, "AVChatRoom");
                return group.api().getOnlineMemberNum(new GetOnlineMemberNumRequest(group.id()));
              },
              result -> {
                assertEquals(0, result.getOnlineMemberNum());
              }),
          SdkMethod.of(
              "Group.getMembers",
              "group_open_avchatroom_http_svc/get_members",
              sdk -> {
                SdkGroup group = SdkGroup.make(sdk, "AVChatRoom");
                return group.api().getMembers(new GetMembersRequest(group.id(), 0));
              },
              result -> {
                assertTrue(result.getMemberList().isEmpty());
                assertEquals(0, result.getNextTimestamp());
              }),
          SdkMethod.of(
              "Group.modifyGroupUserInfo",
              "group_open_avchatroom_http_svc/modify_user_info",
              sdk -> {
                SdkGroup group = SdkGroup.make(sdk, "AVChatRoom");
                return group
                    .api()
                    .modifyGroupUserInfo(
                        new ModifyGroupUserInfoRequest(
                            group.id(),
                            1,
                            List.of(new GroupMemberItem(sdk.noah, List.of(500, 1000)))));
              },
              result -> {
                assertEquals(1, result.getCommandType());
                assertEquals(List.of(500, 1000), result.getMemberList().getFirst().getMarks());
              }),
          SdkMethod.of(
              "Group.banGroupMember",
              "group_open_http_svc/ban_group_member",
              sdk -> {
                SdkGroup group = SdkGroup.make(sdk, "AVChatRoom");
                return group
                    .api()
                    .banGroupMember(new BanGroupMemberRequest(group.id(), List.of(sdk.noah), 60L));
              }),
          SdkMethod.of(
              "Group.unbanGroupMember",
              "group_open_http_svc/unban_group_member",
              sdk -> {
                SdkGroup group = SdkGroup.make(sdk, "AVChatRoom");
                return group
                    .api()
                    .unbanGroupMember(new UnbanGroupMemberRequest(group.id(), List.of(sdk.noah)));
              }),
          SdkMethod.of(
              "Group.getGroupBanMember",
              "group_open_http_svc/get_group_ban_member",
              sdk -> {
                SdkGroup group = SdkGroup.make(sdk, "AVChatRoom");
                SdkUse.given(
                    group
                        .api()
                        .banGroupMember(
                            new BanGroupMemberRequest(group.id(), List.of(sdk.noah), 60L)));
                return group
                    .api()
                    .getGroupBanMember(new GetGroupBanMemberRequest(group.id(), 20, 0));
              },
              result -> {
                assertEquals(1, result.getBannedAccountList().size());
                assertEquals(0, result.getNextOffset());
              }),
          SdkMethod.of(
              "Group.createGroupTopic",
              "million_group_open_http_svc/create_topic",
              sdk -> {
                SdkGroup group = SdkGroup.withTopics(sdk);
                return group
                    .api()
                    .createGroupTopic(new CreateGroupTopicRequest(group.id(), "Openings"));
              },
              result -> {
                assertTrue(result.getTopicId().contains("@TOPIC#_@TOPIC#c"));
              }),
          SdkMethod.of(
              "Group.getGroupTopic",
              "million_group_open_http_svc/get_topic",
              sdk -> {
                SdkGroup group = SdkGroup.withTopics(sdk);
                group.topic();
                return group.api().getGroupTopic(new GetGroupTopicRequest(group.id(), sdk.mia));
              },
              result -> {
                var topic = result.getTopicAndSelfInfo().getFirst();
                assertEquals(0, topic.getTopicInfo().getShutUpAllFlag());
                assertEquals(1, topic.getTopicInfo().getNextMsgSeq());
                assertEquals("AcceptAndNotify", topic.getSelfInfo().getMsgFlag());
              }),
          SdkMethod.of(
              "Group.modifyGroupTopic",
              "million_group_open_http_svc/modify_topic",
              sdk -> {
                SdkGroup group = SdkGroup.withTopics(sdk);
                ModifyGroupTopicRequest request =
                    new ModifyGroupTopicRequest(group.id(), group.topic());
                request.setMuteAllMember("On");
                return group.api().modifyGroupTopic(request);
              }),
          SdkMethod.of(
              "Group.destroyGroupTopic",
              "million_group_open_http_svc/destroy_topic",
              sdk -> {
                SdkGroup group = SdkGroup.withTopics(sdk);
                return group
                    .api()
                    .destroyGroupTopic(
                        new DestroyGroupTopicRequest(group.id(), List.of(group.topic())));
              },
              result -> {
                assertEquals(0, result.getDestroyResultItems().getFirst().getErrorCode());
              }),
          SdkMethod.of(
              "Group.importGroupTopic",
              "group_open_http_svc/import_topic",
              sdk -> {
                SdkGroup group = SdkGroup.withTopics(sdk);
                return group
                    .api()
                    .importGroupTopic(new ImportGroupTopicRequest(group.id(), "Endgames"));
              },
              result -> {
                assertTrue(result.getTopicId().contains("@TOPIC#_@TOPIC#c"));
              }));
}
