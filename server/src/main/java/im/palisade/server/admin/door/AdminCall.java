package im.palisade.server.admin.door;

import im.palisade.server.admin.identity.Permission;
import im.palisade.server.admin.identity.SignInService;
import im.palisade.server.admin.identity.SignedIn;
import im.palisade.server.admin.identity.Visit;
import im.palisade.server.app.App;
import im.palisade.server.audit.Cause;
import java.util.Optional;

/** One admitted call of the console. */
public final class AdminCall {
  private final Visit visit;
  private final Optional<SignedIn> signedIn;
  private final Optional<App> app;
  private final long id;
  private Optional<String> cookie = Optional.empty();

  AdminCall(Visit visit, Optional<SignedIn> signedIn, Optional<App> app, long id) {
    this.visit = visit;
    this.signedIn = signedIn;
    this.app = app;
    this.id = id;
  }

  /** Where the request comes from. */
  public Visit visit() {
    return visit;
  }

  /** Who is signed in, at calls that are open to all. */
  public Optional<SignedIn> whoever() {
    return signedIn;
  }

  /** Who is signed in. */
  public SignedIn who() {
    return signedIn.orElseThrow();
  }

  /** The app in the path. */
  public App app() {
    return app.orElseThrow();
  }

  /** The number in the path. */
  public long id() {
    return id;
  }

  /** What every event of the call has in common. */
  public Cause cause() {
    Cause cause = signedIn.map(who -> visit.by(who.administrator())).orElseGet(visit::byNobody);
    return app.map(each -> cause.within(each.appId())).orElse(cause);
  }

  /** Whether the administrator may do that for that app. */
  public boolean allows(Permission permission, long appId) {
    return who().rights().allow(permission, appId);
  }

  /** Answers with the cookie of a session that has begun. */
  public void begun(SignInService.Begun session) {
    cookie = Optional.of(session.token());
  }

  /** Answers with the cookie taken away. */
  public void ended() {
    cookie = Optional.of("");
  }

  /** The cookie to set; empty text to take it away. */
  Optional<String> cookie() {
    return cookie;
  }
}
