package im.palisade.server.sdk;

import io.github.doocs.im.ImClient;
import io.github.doocs.im.model.message.TIMMsgElement;
import io.github.doocs.im.model.message.TIMTextMsgElement;
import io.github.doocs.im.model.request.AddFriendItem;
import io.github.doocs.im.model.request.ContactItem;
import io.github.doocs.im.model.request.CreateContactGroupRequest;
import io.github.doocs.im.model.request.FriendAddRequest;
import io.github.doocs.im.model.request.GroupContactItem;
import io.github.doocs.im.model.request.MultiAccountImportRequest;
import io.github.doocs.im.model.request.SendMsgRequest;
import io.github.doocs.im.model.response.GenericResult;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;

/**
 * The SDK as one test uses it: with users that nobody else has, prepared through the SDK itself.
 */
final class SdkUse {
  private static final int NOT_SERVED = 60009;
  private static final AtomicLong NUMBERS = new AtomicLong(1);

  private final ImClient client;
  private final UnaryOperator<String> uploads;

  /** Accounts of this use alone. */
  final String mia;

  final String noah;

  SdkUse(ImClient client, UnaryOperator<String> uploads) throws IOException {
    this.client = client;
    this.uploads = uploads;
    long number = NUMBERS.getAndIncrement();
    mia = "mia" + number;
    noah = "noah" + number;
    given(client.account.multiAccountImport(new MultiAccountImportRequest(List.of(mia, noah))));
  }

  ImClient client() {
    return client;
  }

  /** What must have worked before the call that is tried; what is not served yet is left out. */
  static void given(GenericResult result) {
    if (result.getErrorCode() != 0 && result.getErrorCode() != NOT_SERVED) {
      throw new AssertionError(result.getErrorCode() + " " + result.getErrorInfo());
    }
  }

  static long random() {
    return NUMBERS.getAndIncrement() + 0xF000_0000L;
  }

  static List<TIMMsgElement> text(String text) {
    return List.of(new TIMTextMsgElement(text));
  }

  /** Sends from mia to noah, allowing extensions; the MsgKey. */
  String sent() throws IOException {
    SendMsgRequest request = new SendMsgRequest(noah, random(), text("hello"));
    request.setFromAccount(mia);
    request.setSyncOtherMachine(1);
    request.setSupportMessageExtension(1);
    var result = client.message.sendMsg(request);
    given(result);
    return result.getMsgKey();
  }

  /** The URL of a media file that mia has uploaded, which this SDK has no method for. */
  String uploaded() {
    return uploads.apply(mia);
  }

  /** Makes mia and noah friends. */
  void befriend() throws IOException {
    given(client.sns.friendAdd(friendAdd()));
  }

  FriendAddRequest friendAdd() {
    return new FriendAddRequest(
        mia,
        List.of(new AddFriendItem(noah, "N.", "Work", "AddSource_Type_Web", "hi")),
        "Add_Type_Both",
        1);
  }

  /** Puts mia's conversation with noah into a conversation group "work". */
  void arrange() throws IOException {
    given(client.recentContact.createContactGroup(contactGroup()));
  }

  CreateContactGroupRequest contactGroup() {
    return new CreateContactGroupRequest(
        mia, List.of(new GroupContactItem("work", List.of(contact()))));
  }

  /** The conversation with noah. */
  ContactItem contact() {
    ContactItem contact = new ContactItem(1);
    contact.setToAccount(noah);
    return contact;
  }
}
