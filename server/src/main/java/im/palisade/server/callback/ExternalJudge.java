package im.palisade.server.callback;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.app.App;
import im.palisade.server.app.Webhook.OnFailure;
import im.palisade.server.callback.CallbackCommand.Kind;
import im.palisade.server.moderation.ContentJudge;
import im.palisade.server.moderation.Judgement;
import im.palisade.server.moderation.Label;
import im.palisade.server.moderation.Verdict;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.protocol.Origin;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A moderation service of the app's own, asked like a before-webhook (an extension of ours). The
 * body has {@code Scene} and {@code Text}; the answer {@code ErrorCode} 0, {@code Suggestion}
 * ({@code Pass}, {@code Review} or {@code Block}) and, if it likes, {@code Label}, {@code Score}
 * and {@code Keywords}.
 */
final class ExternalJudge implements ContentJudge {
  /** With a before-webhook's two seconds a message is held for no more than 2.5 s. */
  private static final Duration BUDGET = Duration.ofMillis(500);

  private static final int MOST_KEYWORDS = 100;
  private static final int WORST = 100;

  private final Receivers receivers;

  ExternalJudge(Receivers receivers) {
    this.receivers = receivers;
  }

  @Override
  public Judgement judge(App offered, String policy, String text) {
    App app = receivers.current(offered);
    String url = app.settings().webhook().moderation();
    if (url.isEmpty()) {
      return failed(app);
    }
    CallbackCommand command = CallbackCommand.JUDGE_TEXT;
    ObjectNode body = MessageBodies.head(command).put("Scene", policy).put("Text", text);
    Callback callback = new Callback(command.wireName(), Origin.SERVER, MessageBodies.text(body));
    return switch (receivers.call(app, url, Kind.BEFORE, callback, BUDGET)) {
      case Answer.Given given when given.errorCode() == 0 ->
          judgement(given.json()).orElseGet(() -> failed(app));
      case Answer.Given _, Answer.Failed _ -> failed(app);
    };
  }

  private static Judgement failed(App app) {
    OnFailure policy = app.settings().webhook().moderationFailure();
    return switch (policy) {
      case PASS -> Judgement.HARMLESS;
      case REFUSE -> throw new ImException(ErrorCode.MODERATION_LATE);
    };
  }

  private static Optional<Judgement> judgement(ObjectNode answer) {
    String suggestion = answer.path("Suggestion").asText();
    Optional<Verdict> verdict =
        suggestion.equals("Normal")
            ? Optional.of(Verdict.PASS)
            : Stream.of(Verdict.values())
                .filter(each -> each.wireName().equals(suggestion))
                .findFirst();
    return verdict.map(
        found ->
            new Judgement(
                found,
                Math.clamp(
                    answer.path("Score").asLong(found == Verdict.PASS ? 0 : WORST), 0, WORST),
                label(answer.path("Label").asText(), found),
                keywords(answer.path("Keywords"))));
  }

  private static Label label(String name, Verdict verdict) {
    return Stream.of(Label.values())
        .filter(label -> label.wireName().equals(name))
        .findFirst()
        .orElse(verdict == Verdict.PASS ? Label.NORMAL : Label.ILLEGAL);
  }

  private static List<String> keywords(JsonNode list) {
    List<String> found = new ArrayList<>();
    for (JsonNode each : list) {
      if (each.isTextual() && found.size() < MOST_KEYWORDS) {
        found.add(each.textValue());
      }
    }
    return found;
  }
}
