package im.palisade.server.callback;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.app.App;
import im.palisade.server.app.Webhook.OnFailure;
import im.palisade.server.message.Bundles;
import im.palisade.server.message.MessageBody;
import im.palisade.server.message.MessageHooks.Verdict;
import im.palisade.server.message.OutgoingMessage;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import java.util.Optional;

/**
 * What the answers to before-webhooks mean in one family (callbacks §2).
 *
 * @param firstOwn a receiver may refuse with codes from here …
 * @param lastOwn … to here; any other that is not 0 or 2 stands for a plain refusal
 * @param refused said to the caller by a plain refusal
 */
record Verdicts(int firstOwn, int lastOwn, ErrorCode refused) {
  static final Verdicts PAIR = new Verdicts(120_001, 130_000, ErrorCode.REFUSED_BY_WEBHOOK);
  static final Verdicts GROUP = new Verdicts(10_100, 10_200, ErrorCode.GROUP_REFUSED_BY_WEBHOOK);

  private static final int PROCEED = 0;
  private static final int DROP = 2;

  /** What becomes of a message. */
  Verdict of(OutgoingMessage message, Answer answer, Bundles bundles, OnFailure policy) {
    return switch (answer) {
      case Answer.Given given when given.errorCode() == PROCEED ->
          replacement(message.app(), message.body(), given.json(), bundles)
              .map(body -> passed(message, body))
              .orElseGet(() -> failed(message, policy));
      case Answer.Given given when given.errorCode() == DROP -> new Verdict.Drop();
      case Answer.Given given -> new Verdict.Refuse(refusal(given));
      case Answer.Failed _ -> failed(message, policy);
    };
  }

  /**
   * Lets an act that is no message pass or not; a drop is malformed here.
   *
   * @throws ImException when it is refused
   */
  void obey(Answer answer, OnFailure policy) {
    switch (answer) {
      case Answer.Given given when given.errorCode() == PROCEED -> {}
      case Answer.Given given when given.errorCode() != DROP -> throw refusal(given);
      case Answer.Given _, Answer.Failed _ -> {
        if (policy == OnFailure.REFUSE) {
          throw new ImException(refused, "the app's own server could not be asked");
        }
      }
    }
  }

  /**
   * The content that may go on, empty when it is dropped in silence.
   *
   * @throws ImException when it is refused
   */
  Optional<MessageBody> content(
      App app, MessageBody body, Answer answer, Bundles bundles, OnFailure policy) {
    if (answer instanceof Answer.Given given) {
      if (given.errorCode() == DROP) {
        return Optional.empty();
      }
      if (given.errorCode() != PROCEED) {
        throw refusal(given);
      }
      Optional<MessageBody> replaced = replacement(app, body, given.json(), bundles);
      if (replaced.isPresent()) {
        return replaced;
      }
    }
    return switch (policy) {
      case PASS -> Optional.of(body);
      case REFUSE -> throw new ImException(ErrorCode.WEBHOOK_FAILED);
    };
  }

  /** The text is the receiver's, unchanged; a caller must still be told something. */
  ImException refusal(Answer.Given given) {
    long code = given.errorCode();
    boolean own = code >= firstOwn && code <= lastOwn;
    return new ImException(
        own ? (int) code : refused.number(),
        given.errorInfo().isEmpty() ? refused.meaning() : given.errorInfo());
  }

  /**
   * The content that an answer puts in the place of the sender's; the very same when it has none,
   * empty when it would not be accepted as a message.
   */
  static Optional<MessageBody> replacement(
      App app, MessageBody present, ObjectNode answer, Bundles bundles) {
    JsonNode body = answer.path("MsgBody");
    JsonNode custom = answer.path("CloudCustomData");
    boolean newBody = !body.isMissingNode() && !body.isNull();
    boolean newCustom = !custom.isMissingNode() && !custom.isNull();
    if (!newBody && !newCustom) {
      return Optional.of(present);
    }
    if (newCustom && !custom.isTextual()) {
      return Optional.empty();
    }
    try {
      return Optional.of(
              MessageBody.of(
                      newBody ? body : present.parsed(),
                      newCustom ? Optional.of(custom.textValue()) : present.cloudCustomData(),
                      app.settings().maxMessageBytes(),
                      ErrorCode.MESSAGE_TOO_LONG,
                      app.settings().strictMedia())
                  .noted(present.note()))
          .filter(replaced -> bundles.keepsThoseOf(app, replaced));
    } catch (ImException invalid) {
      return Optional.empty();
    }
  }

  private static Verdict passed(OutgoingMessage message, MessageBody body) {
    boolean replaced = body != message.body();
    return new Verdict.Pass(replaced ? message.withBody(body) : message, replaced);
  }

  private static Verdict failed(OutgoingMessage message, OnFailure policy) {
    return switch (policy) {
      case PASS -> new Verdict.Pass(message, false);
      case REFUSE -> new Verdict.Refuse(new ImException(ErrorCode.WEBHOOK_FAILED));
    };
  }
}
