package im.palisade.server.testing;

import com.fasterxml.jackson.databind.JsonNode;
import im.palisade.server.PalisadeServer;
import im.palisade.server.app.App;
import im.palisade.server.protocol.Json;
import im.palisade.server.security.UserSigSigner;
import im.palisade.server.security.VerificationKey;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;

/** One app of a running server, seen as its back end and its users see it. */
public final class TestApp {
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final Duration SIG_VALIDITY = Duration.ofDays(1);

  private final PalisadeServer server;
  private final long appId;
  private final String administrator;
  private final long firstLeaf;

  private TestApp(PalisadeServer server, long appId, String administrator, long firstLeaf) {
    this.firstLeaf = firstLeaf;
    this.server = server;
    this.appId = appId;
    this.administrator = administrator;
  }

  /** An app that is there already. */
  public static TestApp of(PalisadeServer server, long appId, String administrator) {
    return new TestApp(server, appId, administrator, 0);
  }

  static TestApp fresh(PalisadeServer server, long appId, String administrator, long firstLeaf) {
    return new TestApp(server, appId, administrator, firstLeaf);
  }

  /** No event of the app stands before that leaf of the audit log. */
  long firstLeaf() {
    return firstLeaf;
  }

  public App app() {
    return server.apps().find(appId).orElseThrow();
  }

  public long appId() {
    return appId;
  }

  public String administrator() {
    return administrator;
  }

  public PalisadeServer server() {
    return server;
  }

  /** A fresh UserSig of that user. */
  public String sig(String userId) {
    VerificationKey.Hmac key = (VerificationKey.Hmac) app().keys().getFirst().key();
    return new UserSigSigner(Clock.systemUTC()).sign(appId, key, userId, SIG_VALIDITY);
  }

  /** Calls REST as the administrator; {@code path} is service/command. */
  public JsonNode rest(String path, String body) {
    return restAs(administrator, path, body);
  }

  /** Calls REST as somebody. */
  public JsonNode restAs(String userId, String path, String body) {
    return call(query(userId, sig(userId)), path, body);
  }

  /** Calls REST with a query of the test's own. */
  public JsonNode call(String query, String path, String body) {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(server.facts().restUrl() + "/v4/" + path + "?" + query))
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body))
            .build();
    try {
      HttpResponse<byte[]> response = HTTP.send(request, BodyHandlers.ofByteArray());
      if (response.statusCode() != 200) {
        throw new AssertionError(
            "HTTP "
                + response.statusCode()
                + ": "
                + new String(response.body(), StandardCharsets.UTF_8));
      }
      return Json.mapper().readTree(response.body());
    } catch (IOException e) {
      throw new AssertionError(path, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(path, e);
    }
  }

  /** The query every call has. */
  public String query(String userId, String sig) {
    return "sdkappid="
        + appId
        + "&identifier="
        + URLEncoder.encode(userId, StandardCharsets.UTF_8)
        + "&usersig="
        + sig
        + "&random=7&contenttype=json";
  }

  /** Imports accounts. */
  public TestApp withUsers(String... userIds) {
    var body = Json.object();
    var accounts = body.putArray("Accounts");
    for (String userId : userIds) {
      accounts.add(userId);
    }
    JsonNode reply = rest("im_open_login_svc/multiaccount_import", body.toString());
    if (reply.path("ErrorCode").asInt() != 0 || !reply.path("FailAccounts").isEmpty()) {
      throw new AssertionError(reply.toString());
    }
    return this;
  }

  /** A connected and logged-in web client of that user. */
  public TestUser login(String userId) {
    return login(userId, "web", "d-" + userId);
  }

  /** A connected and logged-in client. */
  public TestUser login(String userId, String platform, String deviceId) {
    TestUser user = TestUser.connect(server.facts().imUrl());
    user.login(this, userId, platform, deviceId);
    return user;
  }
}
