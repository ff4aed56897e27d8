package im.palisade.server.demo;

import im.palisade.server.app.App;
import im.palisade.server.rest.Site;
import im.palisade.server.security.UserSigSigner;
import java.time.Clock;
import java.util.Optional;
import java.util.function.Supplier;

/** The chat page at {@code /chat}: what the JavaScript SDK can do, to be tried at once. */
public final class DemoFeature {
  private static final String PREFIX = "/chat";

  private final Optional<Site> site;

  /**
   * Decides whether there is a page.
   *
   * @param embedded the database is the embedded one
   * @param loopback both listeners are on loopback
   * @param app the first app
   * @param imPort the gateway's port
   * @param encrypted whether the gateway speaks TLS
   * @param uploads the origin that files are uploaded to
   */
  public DemoFeature(
      DemoSettings settings,
      boolean embedded,
      boolean loopback,
      Supplier<Optional<App>> app,
      int imPort,
      boolean encrypted,
      Supplier<String> uploads,
      Clock clock) {
    DemoFiles files = new DemoFiles();
    if (!settings.isOn(embedded, loopback) || !files.arePresent()) {
      site = Optional.empty();
      return;
    }
    DemoSignIn signIn = new DemoSignIn(app, new UserSigSigner(clock), loopback, imPort, encrypted);
    site =
        Optional.of(
            new Site(
                PREFIX, files::find, signIn, host -> signIn.gateway(host) + " " + uploads.get()));
  }

  /** What the REST listener serves of it. */
  public Optional<Site> site() {
    return site;
  }

  /** The page's address below the listener's. */
  public Optional<String> path() {
    return site.map(each -> each.prefix() + "/");
  }
}
