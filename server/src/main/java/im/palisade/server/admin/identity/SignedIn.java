package im.palisade.server.admin.identity;

/**
 * Somebody who was found to be signed in, once per request.
 *
 * @param csrf what acts must carry
 */
public record SignedIn(
    Administrator administrator, ConsoleSession session, Rights rights, String csrf) {}
