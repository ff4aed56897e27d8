package im.palisade.server.callback;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.account.Account;
import im.palisade.server.app.App;
import im.palisade.server.audit.Cause;
import im.palisade.server.profile.ProfileField;
import im.palisade.server.profile.ProfileHook;
import im.palisade.server.store.UnitOfWork;
import java.sql.SQLException;
import java.util.Map;

/** {@code Profile.CallbackPortraitSet} (callbacks §4.2). */
final class ProfileCallbacks implements ProfileHook {
  private static final CallbackCommand COMMAND = CallbackCommand.PROFILE_SET;

  private final Announcer announcer;

  ProfileCallbacks(Announcer announcer) {
    this.announcer = announcer;
  }

  @Override
  public void changed(
      UnitOfWork unit, App app, Account account, Map<ProfileField, String> changed, Cause cause)
      throws SQLException {
    if (!announcer.fires(app, COMMAND, cause.origin())) {
      return;
    }
    ObjectNode body =
        MessageBodies.head(COMMAND)
            .put("Operator_Account", cause.origin().userId())
            .put("From_Account", account.userId())
            .put("EventTime", announcer.now());
    ArrayNode items = body.putArray("ProfileItem");
    changed.forEach(
        (field, value) ->
            items.addObject().put("Tag", field.tag()).set("Value", field.json(value)));
    announcer.keep(unit, app, account.id(), COMMAND, cause.origin(), body);
  }
}
