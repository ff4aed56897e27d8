package im.palisade.server.admin.page;

import im.palisade.server.admin.door.AdminCall;
import im.palisade.server.admin.door.AdminEndpoint;
import im.palisade.server.admin.door.AdminException;
import im.palisade.server.admin.door.FieldFault.Fault;
import im.palisade.server.admin.door.Lines;
import im.palisade.server.admin.door.Meaning;
import im.palisade.server.admin.door.Nothing;
import im.palisade.server.admin.door.Reason;
import im.palisade.server.admin.door.Within;
import im.palisade.server.admin.identity.Permission;
import im.palisade.server.app.App;
import im.palisade.server.app.Webhook;
import im.palisade.server.callback.CallbackCommand;
import im.palisade.server.callback.CallbackService;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** An app's webhooks: what is told, how it goes, trial and replay. */
public final class WebhooksApi {
  private static final String TAG = "webhooks";
  private static final Duration LONGEST_REPLAY = Duration.ofDays(7);

  private final CallbackService callbacks;

  WebhooksApi(CallbackService callbacks) {
    this.callbacks = callbacks;
  }

  List<AdminEndpoint<?, ?>> endpoints() {
    return List.of(
        AdminEndpoint.get("/apps/{app}/webhooks", TAG, "Settings, switches and what secrets exist")
            .needs(Permission.WEBHOOKS_READ)
            .recordsNone("shows no secret and no user's data")
            .handledBy(Nothing.class, WebhookDetail.class, (call, in) -> detail(call.app())),
        AdminEndpoint.get("/apps/{app}/webhooks/status", TAG, "Backlog and the last failures")
            .needs(Permission.WEBHOOKS_READ)
            .passive()
            .recordsNone("shows counts and reasons, no user's data")
            .handledBy(Nothing.class, WebhookStatus.class, (call, in) -> status(call.app())),
        AdminEndpoint.post("/apps/{app}/webhooks", TAG, "Changes settings and switches")
            .needs(Permission.WEBHOOKS_WRITE)
            .records("config.callback.set")
            .handledBy(WebhookFields.class, WebhookDetail.class, this::change),
        AdminEndpoint.post("/apps/{app}/webhooks/secrets", TAG, "Replaces secrets and certificates")
            .needs(Permission.WEBHOOKS_WRITE)
            .confirmed()
            .records("config.callback.secret")
            .handledBy(WebhookSecrets.class, Nothing.class, this::changeSecrets),
        AdminEndpoint.post("/apps/{app}/webhooks/test", TAG, "Calls the receiver once")
            .needs(Permission.WEBHOOKS_WRITE)
            .recordsNone("a call that says nothing of any user and changes nothing")
            .handledBy(Nothing.class, TestCall.class, this::test),
        AdminEndpoint.post("/apps/{app}/webhooks/replay", TAG, "Sends past after-webhooks again")
            .needs(Permission.WEBHOOKS_WRITE)
            .confirmed()
            .records("callback.replay")
            .handledBy(Span.class, Replayed.class, this::replay));
  }

  /** Webhooks. */
  @Meaning("An app's webhooks.")
  public record WebhookDetail(
      @Meaning("address of the receiver; empty for none") String url,
      @Meaning("whether calls are signed") boolean signed,
      @Meaning("what a before-webhook that fails does between two and to friends")
          Webhook.OnFailure c2cFailure,
      @Meaning("the same in groups and for official accounts") Webhook.OnFailure groupFailure,
      @Meaning("whether after-webhooks are sent until they arrive") boolean retried,
      @Meaning("hours that is tried") int keptHours,
      @Meaning("how many may wait") int backlog,
      @Meaning("address of a service that judges texts; empty for none") String moderationUrl,
      @Meaning("what becomes of texts it gives no judgement of")
          Webhook.OnFailure moderationFailure,
      @Meaning("whether there is a secret to sign with") boolean hasToken,
      @Meaning("whether the receiver's authorities are pinned") boolean hasAuthorities,
      @Meaning("whether there is a client certificate") boolean hasIdentity,
      @Meaning("everything that can be told") List<WebhookSwitch> switches) {}

  /** A switch. */
  @Meaning("One thing that can be told.")
  public record WebhookSwitch(
      @Meaning("its word in settings") String event,
      @Meaning("what it is about") CallbackCommand.Topic topic,
      @Meaning("before or after the act") CallbackCommand.Kind kind,
      @Meaning("when it is told, in English") String meaning,
      @Meaning("whether it is switched on") boolean on) {}

  /** A change; what is absent stays. */
  public record WebhookFields(
      @Meaning("address of the receiver; empty for none") @Within(max = 1000) Optional<String> url,
      @Meaning("whether calls are signed") Optional<Boolean> signed,
      @Meaning("words of what is switched on; all others are off") @Within(max = 200)
          Optional<List<String>> events,
      @Meaning("what a before-webhook that fails does between two and to friends")
          Optional<Webhook.OnFailure> c2cFailure,
      @Meaning("the same in groups and for official accounts")
          Optional<Webhook.OnFailure> groupFailure,
      @Meaning("whether after-webhooks are sent until they arrive") Optional<Boolean> retried,
      @Meaning("hours that is tried") @Within(min = 1, max = 168) Optional<Integer> keptHours,
      @Meaning("how many may wait") @Within(min = 1, max = 100_000_000) Optional<Integer> backlog,
      @Meaning("address of a service that judges texts; empty for none") @Within(max = 1000)
          Optional<String> moderationUrl,
      @Meaning("what becomes of texts it gives no judgement of")
          Optional<Webhook.OnFailure> moderationFailure) {}

  /** Secrets; what is absent stays. */
  public record WebhookSecrets(
      @Meaning("secret to sign with; empty takes it away") @Within(max = 200)
          Optional<String> token,
      @Meaning("PEM certificates of the receiver's authorities; empty takes them away")
          @Lines
          @Within(max = 100_000)
          Optional<String> authorities,
      @Meaning("PEM client certificate with its key; empty takes it away")
          @Lines
          @Within(max = 100_000)
          Optional<String> identity) {}

  /** How it goes. */
  @Meaning("How an app's webhooks are doing.")
  public record WebhookStatus(
      @Meaning("stored webhooks that have not arrived") long waiting,
      @Meaning("since when the oldest of them waits") Optional<Instant> oldest,
      @Meaning("whether the receiver is left alone for now, having failed again and again")
          boolean suspended,
      @Meaning("last failures on this node, newest first") List<FailedWebhook> failures) {}

  /** A failure. */
  @Meaning("A webhook call that failed.")
  public record FailedWebhook(
      @Meaning("when") Instant at,
      @Meaning("which webhook") String command,
      @Meaning("why, in one word") String diagnosis,
      @Meaning("more of it") String detail) {}

  /** What came of a trial. */
  @Meaning("What came of a trial call.")
  public record TestCall(
      @Meaning("whether the receiver answered as it must") boolean answered,
      @Meaning("what it answered, or what went wrong") String diagnosis,
      @Meaning("milliseconds it took") long millis) {}

  /** From when to when. */
  public record Span(@Meaning("inclusive") Instant from, @Meaning("exclusive") Instant to) {}

  /** How many. */
  @Meaning("How many webhooks were queued again.")
  public record Replayed(@Meaning("webhooks") int count) {}

  private WebhookDetail detail(App app) {
    Webhook webhook = app.settings().webhook();
    CallbackService.SecretState held = callbacks.secrets(app);
    return new WebhookDetail(
        webhook.url(),
        webhook.signed(),
        webhook.c2cFailure(),
        webhook.groupFailure(),
        webhook.retried(),
        webhook.keptHours(),
        webhook.backlog(),
        webhook.moderation(),
        webhook.moderationFailure(),
        held.token(),
        held.authorities(),
        held.identity(),
        switches(webhook));
  }

  private static List<WebhookSwitch> switches(Webhook webhook) {
    // Two webhooks may hang on one switch; the first of them speaks for it.
    Map<String, WebhookSwitch> byWord =
        Arrays.stream(CallbackCommand.values())
            .map(
                each ->
                    new WebhookSwitch(
                        each.switchName(),
                        each.topic(),
                        each.kind(),
                        each.fires(),
                        webhook.events().contains(each.switchName())))
            .collect(Collectors.toMap(WebhookSwitch::event, each -> each, (one, _) -> one));
    return byWord.values().stream()
        .sorted(Comparator.comparing(WebhookSwitch::topic).thenComparing(WebhookSwitch::event))
        .toList();
  }

  private WebhookStatus status(App app) {
    CallbackService.Status status = callbacks.status(app);
    return new WebhookStatus(
        status.waiting(),
        status.oldest(),
        status.suspended(),
        status.failures().stream()
            .map(
                each ->
                    new FailedWebhook(each.at(), each.command(), each.diagnosis(), each.detail()))
            .toList());
  }

  private WebhookDetail change(AdminCall call, WebhookFields in) {
    try {
      return detail(
          callbacks.configure(call.app().appId(), before -> changed(before, in), call.cause()));
    } catch (IllegalArgumentException e) {
      String why = "" + e.getMessage();
      String field =
          why.startsWith("webhook.moderation")
              ? "moderationUrl"
              : why.startsWith("webhook.url") ? "url" : "events";
      throw AdminException.invalid(field, Reason.WEBHOOK_ADDRESS, why);
    }
  }

  private static Webhook changed(Webhook before, WebhookFields in) {
    return new Webhook(
        in.url().orElse(before.url()),
        in.signed().orElse(before.signed()),
        in.events().<Set<String>>map(Set::copyOf).orElse(before.events()),
        in.c2cFailure().orElse(before.c2cFailure()),
        in.groupFailure().orElse(before.groupFailure()),
        in.retried().orElse(before.retried()),
        in.keptHours().orElse(before.keptHours()),
        in.backlog().orElse(before.backlog()),
        in.moderationUrl().orElse(before.moderation()),
        in.moderationFailure().orElse(before.moderationFailure()));
  }

  private Nothing changeSecrets(AdminCall call, WebhookSecrets in) {
    try {
      callbacks.changeSecrets(
          call.app(), in.token(), in.authorities(), in.identity(), call.cause());
      return Nothing.NOTHING;
    } catch (IllegalArgumentException e) {
      String field = in.identity().isPresent() ? "identity" : "authorities";
      throw AdminException.invalid(field, Reason.CERTIFICATE, "" + e.getMessage());
    }
  }

  private TestCall test(AdminCall call, Nothing in) {
    if (call.app().settings().webhook().url().isEmpty()) {
      throw AdminException.invalid("url", Fault.MISSING, Reason.NO_RECEIVER);
    }
    CallbackService.Ping ping = callbacks.ping(call.app());
    return new TestCall(ping.answered(), ping.diagnosis(), ping.millis());
  }

  private Replayed replay(AdminCall call, Span in) {
    if (!in.from().isBefore(in.to()) || in.from().plus(LONGEST_REPLAY).isBefore(in.to())) {
      throw AdminException.invalid("to", Fault.OUT_OF_RANGE, "after from, at most 7 days later");
    }
    return new Replayed(callbacks.replay(call.app(), in.from(), in.to(), call.cause()));
  }
}
