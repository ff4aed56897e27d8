package im.palisade.server.callback;

import im.palisade.server.app.App;
import im.palisade.server.app.Webhook;
import im.palisade.server.audit.Cause;
import im.palisade.server.config.Setting;
import im.palisade.server.config.Settings;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The webhook of the first app as the settings have it, for trying it out without the console.
 *
 * @param url of the receiver; empty leaves the app as it is
 * @param events commands that are switched on; empty for all
 * @param token requests are signed with
 */
public record TrialWebhook(String url, List<String> events, Optional<String> token) {
  private static final Setting<String> URL =
      new Setting<>(
          "trial.webhook.url",
          "an http:// or https:// address",
          "",
          "Receiver of the first app's webhooks, set at every start; empty leaves it as it is.",
          text -> Webhook.NONE.to(text, Set.of()).url());
  private static final Setting<List<String>> EVENTS =
      new Setting<>(
          "trial.webhook.events",
          "webhook commands, separated by commas",
          "",
          "Webhooks of the first app that go to trial.webhook.url; all when empty.",
          TrialWebhook::events);
  private static final Setting<Optional<String>> TOKEN =
      Setting.optionalText(
          "trial.webhook.token", "Token that signs the webhooks sent to trial.webhook.url.");

  /** Every setting of the trial. */
  public static final List<Setting<?>> SETTINGS = List.of(URL, EVENTS, TOKEN);

  public TrialWebhook {
    events = List.copyOf(events);
  }

  /** Takes the values an operator gave. */
  public static TrialWebhook from(Settings settings) {
    return new TrialWebhook(settings.get(URL), settings.get(EVENTS), settings.get(TOKEN));
  }

  /** Sets the app's webhook if a receiver is named and it is another one so far. */
  public void apply(CallbackService service, App app, Cause cause) {
    if (url.isEmpty()) {
      return;
    }
    Set<String> wanted = events.isEmpty() ? CallbackCommand.switches() : Set.copyOf(events);
    Webhook now = app.settings().webhook();
    if (!now.url().equals(url)
        || !now.events().equals(wanted)
        || now.signed() != token.isPresent()) {
      service.configure(
          app.appId(), webhook -> webhook.to(url, wanted).signed(token.isPresent()), cause);
    }
    service.setToken(app, token, cause);
  }

  private static List<String> events(String text) {
    List<String> named = text.isBlank() ? List.of() : List.of(text.strip().split("\\s*,\\s*", -1));
    Set<String> unknown = new TreeSet<>(named);
    unknown.removeAll(CallbackCommand.switches());
    if (!unknown.isEmpty()) {
      throw new IllegalArgumentException("no such webhook: " + String.join(", ", unknown));
    }
    return named;
  }

  @Override
  public String toString() {
    return "TrialWebhook[" + url + "]";
  }
}
