package im.palisade.server.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import im.palisade.client.ImClient;
import im.palisade.client.ImListener;
import im.palisade.client.ImLogin;
import im.palisade.server.audit.Cause;
import im.palisade.server.security.PublicKeys;
import im.palisade.server.security.UserSigSigner;
import im.palisade.server.security.VerificationKey;
import im.palisade.server.testing.TestApp;
import im.palisade.server.testing.TestServer;
import im.palisade.server.testing.TestUser;
import java.io.IOException;
import java.net.URI;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Keys, status, settings and administrators of apps, as callers feel them. */
class AppLifeTest {
  private static final String PROBE = "im_open_login_svc/account_check";
  private static final String BODY = "{\"CheckItem\":[{\"UserID\":\"administrator\"}]}";

  private final TestApp app = TestServer.shared().newApp();
  private final AppService apps = app.server().apps();
  private final Cause cause = Cause.system(Instant.now());

  @Test
  void everyActiveKeyCountsUntilItIsRetired() {
    AppKey first = app.app().keys().getFirst();
    String oldSig = app.sig("administrator");
    AppKey second =
        apps.addKey(app.appId(), new VerificationKey.Hmac("another-secret-text"), cause);
    assertEquals(0, code(oldSig));
    assertEquals(0, code(app.sig("administrator")), "signed with the newest key");
    assertTrue(apps.retireKey(app.appId(), first.id(), cause));
    assertFalse(apps.retireKey(app.appId(), first.id(), cause));
    assertEquals(70009, code(oldSig));
    assertEquals(0, code(app.sig("administrator")));
    assertTrue(apps.retireKey(app.appId(), second.id(), cause));
    assertEquals(70016, code(oldSig));
  }

  @Test
  void anAppMayBringItsLegacyPublicKey() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(256);
    KeyPair pair = generator.generateKeyPair();
    apps.addKey(
        app.appId(),
        new VerificationKey.Ecdsa(PublicKeys.ec(pair.getPublic().getEncoded())),
        cause);
    String sig =
        new UserSigSigner(Clock.systemUTC())
            .signLegacy(app.appId(), pair.getPrivate(), "administrator", Duration.ofHours(1));
    assertEquals(0, code(sig));
  }

  @Test
  void aDisabledAppServesNobody() {
    apps.setStatus(app.appId(), App.Status.DISABLED, cause);
    assertEquals(60016, code(app.sig("administrator")));
    assertEquals(60016, loginCode("mia"));
    apps.setStatus(app.appId(), App.Status.ACTIVE, cause);
    assertEquals(0, code(app.sig("administrator")));
  }

  @Test
  void settingsAreInForceForTheNextRequest() {
    apps.changeSettings(
        app.appId(),
        settings ->
            AppSettings.parse(
                "{\"disabledCommands\":[\"" + PROBE + "\"],\"createAccountAtLogin\":false}"),
        cause);
    assertEquals(60017, code(app.sig("administrator")));
    assertEquals(70107, loginCode("stranger"));
  }

  @Test
  void onlyAdministratorsMayCall() {
    app.withUsers("mia");
    assertEquals(60010, app.restAs("mia", PROBE, BODY).path("ErrorCode").asInt());
    apps.addAdministrator(app.appId(), "mia", cause);
    assertEquals(0, app.restAs("mia", PROBE, BODY).path("ErrorCode").asInt());
  }

  @Test
  void thereAreTenAdministratorsAtMost() {
    for (int i = app.app().administrators().size(); i < AppService.MAX_ADMINISTRATORS; i++) {
      apps.addAdministrator(app.appId(), "a" + i, cause);
    }
    assertThrows(
        IllegalArgumentException.class,
        () -> apps.addAdministrator(app.appId(), "one-too-many", cause));
  }

  @Test
  void keysLieSealedInTheDatabase() {
    String secret = ((VerificationKey.Hmac) app.app().keys().getFirst().key()).secret();
    boolean plain =
        app.server()
            .regions()
            .home()
            .read(
                connection -> {
                  try (Statement select = connection.createStatement();
                      ResultSet rows =
                          select.executeQuery(
                              "SELECT COUNT(*) FROM app_key WHERE INSTR(material, '"
                                  + secret
                                  + "') > 0")) {
                    rows.next();
                    return rows.getInt(1) > 0;
                  }
                });
    assertFalse(plain);
  }

  @Test
  void anUnknownSettingIsIgnoredAndAWrongOneRefused() {
    assertEquals(AppSettings.DEFAULT, AppSettings.parse("{\"ofAnotherVersion\":1}"));
    assertNotEquals(AppSettings.DEFAULT, AppSettings.parse("{\"accountCap\":1}"));
    assertThrows(IllegalArgumentException.class, () -> AppSettings.parse("{\"accountCap\":\"x\"}"));
    assertThrows(
        IllegalArgumentException.class,
        () -> AppSettings.parse("{\"multiLogin\":{\"policy\":\"MULTI\",\"webInstances\":11}}"));
    assertEquals(Set.of(), AppSettings.DEFAULT.disabledCommands());
  }

  private int code(String sig) {
    return app.call(app.query("administrator", sig), PROBE, BODY).path("ErrorCode").asInt();
  }

  private int loginCode(String userId) {
    try (ImClient client =
        ImClient.connect(
            URI.create(app.server().facts().imUrl()),
            new ImListener() {},
            Duration.ofSeconds(10))) {
      return TestUser.code(
          client.login(new ImLogin(app.appId(), userId, app.sig(userId), "web", "d")));
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
