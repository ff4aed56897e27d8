package im.palisade.server.admin.identity;

import im.palisade.server.admin.door.AdminException;
import im.palisade.server.admin.door.FieldFault.Fault;
import im.palisade.server.admin.door.Reason;
import java.util.regex.Pattern;

/** What administrators may be called: nothing that looks like another name. */
final class AdministratorNames {
  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9._@-]{1,63}");

  private AdministratorNames() {}

  /**
   * The name as it is kept.
   *
   * @throws AdminException INVALID
   */
  static String checked(String name) {
    String canonical = SignInService.canonical(name);
    if (!NAME.matcher(canonical).matches()) {
      throw AdminException.invalid("name", Fault.NOT_ALLOWED, Reason.BAD_NAME);
    }
    return canonical;
  }
}
