package im.palisade.server.sdk;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.doocs.im.model.request.DelContactGroupRequest;
import io.github.doocs.im.model.request.DeleteRecentContactRequest;
import io.github.doocs.im.model.request.GetContactGroupRequest;
import io.github.doocs.im.model.request.GetRecentContactListRequest;
import io.github.doocs.im.model.request.MarkContactItem;
import io.github.doocs.im.model.request.MarkContactRequest;
import io.github.doocs.im.model.request.SearchContactGroupRequest;
import io.github.doocs.im.model.request.UpdateContactGroupRequest;
import io.github.doocs.im.model.request.UpdateGroup;
import java.util.List;

/** {@code client.recentContact}. */
final class ContactMethods {
  private ContactMethods() {}

  static final List<SdkMethod<?>> ALL =
      List.of(
          SdkMethod.of(
              "RecentContact.recentContactList",
              "recentcontact/get_list",
              sdk -> {
                sdk.sent();
                return sdk.client()
                    .recentContact
                    .recentContactList(new GetRecentContactListRequest(sdk.mia, 0, 0, 0, 0, 0));
              },
              result -> {
                assertEquals(1, result.getSessionItem().size());
                assertEquals(1, result.getSessionItem().getFirst().getType());
                assertEquals("", result.getErrorDisplay());
              }),
          SdkMethod.of(
              "RecentContact.deleteRecentContact",
              "recentcontact/delete",
              sdk -> {
                sdk.sent();
                DeleteRecentContactRequest request = new DeleteRecentContactRequest(sdk.mia, 1);
                request.setToAccount(sdk.noah);
                return sdk.client().recentContact.deleteRecentContact(request);
              }),
          SdkMethod.of(
              "RecentContact.createContactGroup",
              "recentcontact/create_contact_group",
              sdk -> sdk.client().recentContact.createContactGroup(sdk.contactGroup()),
              result -> {
                var created = result.getGroupResultItem().getFirst();
                assertEquals("work", created.getGroupItem().getGroupName());
                assertEquals(0, created.getResultItem().getFirst().getResultCode());
              }),
          SdkMethod.of(
              "RecentContact.updateContactGroup",
              "recentcontact/update_contact_group",
              sdk -> {
                sdk.arrange();
                UpdateGroup update =
                    UpdateGroup.builder()
                        .updateGroupType(1)
                        .oldGroupName("work")
                        .newGroupName("office")
                        .build();
                return sdk.client()
                    .recentContact
                    .updateContactGroup(new UpdateContactGroupRequest(sdk.mia, 1, update));
              },
              result -> assertEquals("office", result.getUpdateGroupResult().getGroupName())),
          SdkMethod.of(
              "RecentContact.delContactGroup",
              "recentcontact/del_contact_group",
              sdk -> {
                sdk.arrange();
                return sdk.client()
                    .recentContact
                    .delContactGroup(new DelContactGroupRequest(sdk.mia, List.of("work")));
              },
              result -> assertEquals("work", result.getGroupItem().getFirst().getGroupName())),
          SdkMethod.of(
              "RecentContact.markContact",
              "recentcontact/mark_contact",
              sdk -> {
                MarkContactItem mark = new MarkContactItem();
                mark.setOptType(3);
                mark.setContactItem(sdk.contact());
                mark.setSetMark(List.of(1, 33));
                mark.setCustomMark("vip");
                return sdk.client()
                    .recentContact
                    .markContact(new MarkContactRequest(sdk.mia, List.of(mark)));
              },
              result -> assertEquals(0, result.getResultItem().getFirst().getResultCode())),
          SdkMethod.of(
              "RecentContact.searchContactGroup",
              "recentcontact/search_contact_group",
              sdk -> {
                sdk.arrange();
                return sdk.client()
                    .recentContact
                    .searchContactGroup(
                        new SearchContactGroupRequest(sdk.mia, List.of(sdk.contact())));
              },
              result ->
                  assertEquals(
                      1, result.getContactResultItem().getFirst().getContactGroupId().size())),
          SdkMethod.of(
              "RecentContact.getContactGroup",
              "recentcontact/get_contact_group",
              sdk -> {
                sdk.arrange();
                return sdk.client()
                    .recentContact
                    .getContactGroup(new GetContactGroupRequest(sdk.mia, 0));
              },
              result -> {
                assertEquals(1, result.getCompleteFlag());
                assertEquals(1, result.getContactItem().size());
              }));
}
