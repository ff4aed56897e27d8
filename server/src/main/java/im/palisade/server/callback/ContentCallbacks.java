package im.palisade.server.callback;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.app.App;
import im.palisade.server.message.OutgoingMessage;
import im.palisade.server.message.Receipt;
import im.palisade.server.message.Target;
import im.palisade.server.moderation.Judgement;
import im.palisade.server.moderation.Label;
import im.palisade.server.moderation.ModerationHook;
import im.palisade.server.moderation.Verdict;
import im.palisade.server.protocol.Json;
import im.palisade.server.protocol.Origin;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * {@code ContentCallback.ResultNotify} (callbacks §4.10): what was refused, at once; what was let
 * through for somebody to look at, once it is stored and has a number.
 */
final class ContentCallbacks implements ModerationHook {
  private static final CallbackCommand COMMAND = CallbackCommand.CONTENT_RESULT;
  private static final int USER = 1;
  private static final int GROUP = 2;

  private final Announcer announcer;

  ContentCallbacks(Announcer announcer) {
    this.announcer = announcer;
  }

  @Override
  public void judged(App app, Subject subject, String text, Judgement judgement, boolean blocked) {
    if (announcer.fires(app, COMMAND, Origin.SERVER)) {
      tell(app, subject, List.of(text), "", judgement, blocked);
    }
  }

  /** A stored message somebody should look at. */
  void marked(OutgoingMessage message, Receipt receipt) {
    if (!announcer.fires(message.app(), COMMAND, Origin.SERVER)) {
      return;
    }
    String author = message.sender().userId();
    String custom = message.body().cloudCustomData().orElse("");
    Judgement doubtful =
        message.body().doubt().orElse(new Judgement(Verdict.REVIEW, 0, Label.ILLEGAL, List.of()));
    switch (message.target()) {
      case Target.Pair pair ->
          tell(
              message.app(),
              new Subject(
                  "C2C", author, Optional.of(pair.recipient().userId()), Optional.empty(), custom),
              texts(message),
              receipt.key().toString(),
              doubtful,
              false);
      case Target.Group group ->
          tell(
              message.app(),
              new Subject(
                  "Group", author, Optional.empty(), Optional.of(group.ref().groupId()), custom),
              texts(message),
              Long.toString(receipt.seq()),
              doubtful,
              false);
    }
  }

  private void tell(
      App app,
      Subject subject,
      List<String> texts,
      String messageId,
      Judgement judgement,
      boolean blocked) {
    ObjectNode body =
        Json.object()
            .put("Scene", subject.scene())
            .put("SdkAppId", app.appId())
            .put("From_Account", subject.author());
    subject
        .user()
        .ifPresent(
            to -> body.putObject("ContactItem").put("ContactType", USER).put("To_Account", to));
    subject
        .group()
        .ifPresent(
            to -> body.putObject("ContactItem").put("ContactType", GROUP).put("ToGroupId", to));
    body.put("ContentType", "Text");
    ArrayNode contents = body.putArray("TextContent");
    texts.forEach(contents::add);
    body.put("MsgID", messageId)
        .put("CtxcbResult", blocked ? 1 : 0)
        .put("CtxcbRequestId", UUID.randomUUID().toString());
    ArrayNode keywords = body.putArray("CtxcbKeywords");
    judgement.keywords().forEach(keywords::add);
    body.put("CtxcbSuggestion", judgement.verdict().wireName())
        .put("CtxcbLabel", judgement.label().wireName())
        .put("CloudCustomData", subject.customData());
    announcer.tell(app, app.appId(), COMMAND, Origin.SERVER, body);
  }

  private static List<String> texts(OutgoingMessage message) {
    List<String> texts = new ArrayList<>();
    for (JsonNode element : message.body().parsed()) {
      if (element.path("MsgType").asText().equals("TIMTextElem")) {
        texts.add(element.path("MsgContent").path("Text").asText());
      }
    }
    return texts;
  }
}
