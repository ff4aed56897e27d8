package im.palisade.server.callback;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.app.App;
import im.palisade.server.app.Moderation;
import im.palisade.server.message.OutgoingMessage;
import im.palisade.server.message.Receipt;
import im.palisade.server.message.Target;
import im.palisade.server.moderation.Judgement;
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
 * through for somebody to look at, once it is stored and has a number; what passes, for an app that
 * wants that.
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

  /** A stored message, which somebody should look at or in which nothing was found. */
  void judged(OutgoingMessage message, Receipt receipt) {
    if (!announcer.fires(message.app(), COMMAND, Origin.SERVER)) {
      return;
    }
    Moderation settings = announcer.app(message.app()).settings().moderation();
    boolean looked = settings.text() && (!message.fromBackEnd() || settings.rest());
    if (message.body().doubt().isEmpty() && !(looked && settings.reportPassed())) {
      return;
    }
    List<String> texts = texts(message);
    if (texts.isEmpty()) {
      return;
    }
    String author = message.sender().userId();
    String custom = message.body().cloudCustomData().orElse("");
    Judgement found = message.body().doubt().orElse(Judgement.HARMLESS);
    switch (message.target()) {
      case Target.Pair pair ->
          tell(
              message.app(),
              new Subject(
                  "C2C", author, Optional.of(pair.recipient().userId()), Optional.empty(), custom),
              texts,
              receipt.key().toString(),
              found,
              false);
      case Target.Group group ->
          tell(
              message.app(),
              new Subject(
                  "Group", author, Optional.empty(), Optional.of(group.ref().groupId()), custom),
              texts,
              Long.toString(receipt.seq()),
              found,
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
    body.put("CtxcbSuggestion", suggestion(judgement.verdict()))
        .put("CtxcbLabel", judgement.label().wireName())
        .put("CloudCustomData", subject.customData());
    announcer.tell(app, app.appId(), COMMAND, Origin.SERVER, body);
  }

  /** What passes is called otherwise here than over REST. */
  private static String suggestion(Verdict verdict) {
    return verdict == Verdict.PASS ? "Normal" : verdict.wireName();
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
