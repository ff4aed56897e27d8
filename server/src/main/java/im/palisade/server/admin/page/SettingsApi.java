package im.palisade.server.admin.page;

import com.fasterxml.jackson.databind.JsonNode;
import im.palisade.server.admin.door.AdminCall;
import im.palisade.server.admin.door.AdminEndpoint;
import im.palisade.server.admin.door.AdminException;
import im.palisade.server.admin.door.FieldFault;
import im.palisade.server.admin.door.FieldFault.Fault;
import im.palisade.server.admin.door.Meaning;
import im.palisade.server.admin.door.Nothing;
import im.palisade.server.admin.door.Reason;
import im.palisade.server.admin.door.Refusal;
import im.palisade.server.admin.door.Within;
import im.palisade.server.admin.identity.Permission;
import im.palisade.server.app.AppService;
import im.palisade.server.app.AppSetting;
import im.palisade.server.app.AppSettings;
import im.palisade.server.app.SettingCatalogue;
import im.palisade.server.app.SettingsChange;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** An app's settings, their history, and taking a change back. */
public final class SettingsApi {
  private static final String TAG = "settings";

  private final AppService apps;

  SettingsApi(AppService apps) {
    this.apps = apps;
  }

  List<AdminEndpoint<?, ?>> endpoints() {
    return List.of(
        AdminEndpoint.get(
                "/apps/{app}/settings", TAG, "Every setting with meaning, range, value and effect")
            .needs(Permission.SETTINGS_READ)
            .recordsNone("settings are no user's data")
            .handledBy(
                Nothing.class,
                SettingList.class,
                (call, in) -> SettingList.of(call.app().settings())),
        AdminEndpoint.post("/apps/{app}/settings", TAG, "Changes settings, all of them or none")
            .needs(Permission.SETTINGS_WRITE)
            .records("config.change")
            .handledBy(SettingValues.class, SettingValues.class, this::change),
        AdminEndpoint.get("/apps/{app}/settings/history", TAG, "Changes, newest first")
            .needs(Permission.SETTINGS_READ)
            .recordsNone("settings are no user's data")
            .handledBy(HistoryPage.class, SettingHistory.class, this::history),
        AdminEndpoint.post(
                "/apps/{app}/settings/undo", TAG, "Gives what a change touched its value before")
            .needs(Permission.SETTINGS_WRITE)
            .records("config.rollback")
            .handledBy(Undo.class, SettingValues.class, this::undo));
  }

  /** Settings. */
  @Meaning("Every setting of an app.")
  public record SettingList(@Meaning("by section") List<ShownSetting> settings) {
    static SettingList of(AppSettings settings) {
      return new SettingList(
          SettingCatalogue.ALL.stream().map(each -> ShownSetting.of(each, settings)).toList());
    }
  }

  /** A setting. */
  @Meaning("A setting with what is declared of it.")
  public record ShownSetting(
      @Meaning("key") String key,
      @Meaning("part of the page") String section,
      @Meaning("what a value is") AppSetting.Form form,
      @Meaning("least whole number") Optional<Integer> min,
      @Meaning("greatest whole number") Optional<Integer> max,
      @Meaning("words a value is made of") List<String> words,
      @Meaning("what it does, in English") String meaning,
      @Meaning("when a change shows") AppSetting.Effect effect,
      @Meaning("value when nobody changed it") JsonNode standard,
      @Meaning("value now") JsonNode value) {

    static ShownSetting of(AppSetting setting, AppSettings settings) {
      boolean whole = setting.form() == AppSetting.Form.WHOLE;
      return new ShownSetting(
          setting.key(),
          setting.section(),
          setting.form(),
          whole ? Optional.of(setting.min()) : Optional.empty(),
          whole ? Optional.of(setting.max()) : Optional.empty(),
          setting.words(),
          setting.meaning(),
          setting.effect(),
          SettingCatalogue.value(AppSettings.DEFAULT, setting),
          SettingCatalogue.value(settings, setting));
    }
  }

  /** Values by key. */
  @Meaning("Values by key; in a request null stands for the standard.")
  public record SettingValues(
      @Meaning("values by key") @Within(min = 1, max = 100) Map<String, JsonNode> values) {}

  /** Which page. */
  public record HistoryPage(
      @Meaning("number of the last change of the page before")
          @Within(min = 1, max = Long.MAX_VALUE)
          Optional<Long> before,
      @Meaning("how many; 20 unless given") @Within(min = 1, max = 100) Optional<Integer> limit) {}

  /** Changes. */
  @Meaning("Changes of settings, newest first.")
  public record SettingHistory(@Meaning("changes") List<ShownChange> changes) {}

  /** A change. */
  @Meaning("A change of settings.")
  public record ShownChange(
      @Meaning("number") long id,
      @Meaning("when") Instant at,
      @Meaning("pseudonym of who made it, as in the audit log") String actor,
      @Meaning("values before, by key") Map<String, JsonNode> before,
      @Meaning("values after, by key") Map<String, JsonNode> after) {

    static ShownChange of(SettingsChange change) {
      return new ShownChange(
          change.id(), change.at(), change.actor(), change.before(), change.after());
    }
  }

  /** Which change. */
  public record Undo(
      @Meaning("number of the change") @Within(min = 1, max = Long.MAX_VALUE) long id) {}

  private SettingValues change(AdminCall call, SettingValues in) {
    List<FieldFault> faults =
        SettingCatalogue.wrong(in.values()).stream()
            .map(
                each ->
                    new FieldFault(
                        "values." + each.key(),
                        Fault.NOT_ALLOWED,
                        each.why(),
                        Optional.of(Reason.SETTING)))
            .toList();
    if (!faults.isEmpty()) {
      throw AdminException.invalid(faults);
    }
    return apply(call, in.values(), "config.change");
  }

  private SettingHistory history(AdminCall call, HistoryPage in) {
    return new SettingHistory(
        apps
            .settingsHistory(
                call.app().appId(), in.before().orElse(Long.MAX_VALUE), in.limit().orElse(20))
            .stream()
            .map(ShownChange::of)
            .toList());
  }

  private SettingValues undo(AdminCall call, Undo in) {
    SettingsChange change =
        apps.settingsHistory(call.app().appId(), in.id() + 1, 1).stream()
            .filter(each -> each.id() == in.id())
            .findFirst()
            .orElseThrow(() -> AdminException.of(Refusal.NOT_FOUND));
    return apply(call, change.before(), "config.rollback");
  }

  private SettingValues apply(AdminCall call, Map<String, JsonNode> values, String event) {
    try {
      return new SettingValues(
          apps.changeSettings(call.app().appId(), values, event, call.cause()));
    } catch (IllegalArgumentException e) {
      throw AdminException.invalid("values", Reason.SETTING, "" + e.getMessage());
    }
  }
}
