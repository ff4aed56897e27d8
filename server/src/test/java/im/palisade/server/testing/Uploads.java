package im.palisade.server.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.client.ImClient;
import im.palisade.client.ImListener;
import im.palisade.client.ImLogin;
import im.palisade.server.protocol.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;

/** Uploads media files as a client does: a ticket over its connection, then HTTP PUT. */
public final class Uploads {
  private Uploads() {}

  /** Announces and uploads; what the server said of the file. */
  public static JsonNode upload(
      HttpClient http, ImClient client, String kind, String name, byte[] bytes) {
    JsonNode ticket = TestUser.await(client.request("file.ticket", announced(kind, name, bytes)));
    HttpResponse<byte[]> response = put(http, ticket.path("uploadUrl").asText(), bytes);
    JsonNode answer = Json.parseObject(response.body()).orElseThrow();
    if (response.statusCode() != 200) {
      throw new AssertionError(response.statusCode() + " " + answer);
    }
    return answer;
  }

  /** The URL of a file that a user has uploaded over a connection of its own. */
  public static String uploadedBy(HttpClient http, String imUrl, TestApp app, String userId) {
    try (ImClient user =
        ImClient.connect(http, URI.create(imUrl), new ImListener() {}, Duration.ofSeconds(20))) {
      TestUser.await(
          user.login(new ImLogin(app.appId(), userId, app.sig(userId), "web", "d-" + userId)));
      return upload(http, user, "sound", "a.amr", new byte[] {1, 2, 3}).path("Url").asText();
    } catch (IOException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /** The data of a {@code file.ticket}. */
  public static ObjectNode announced(String kind, String name, byte[] bytes) {
    return Json.object()
        .put("kind", kind)
        .put("name", name)
        .put("size", bytes.length)
        .put("md5", md5(bytes));
  }

  /** Uploads to a link. */
  public static HttpResponse<byte[]> put(HttpClient http, String url, byte[] bytes) {
    return send(
        http, HttpRequest.newBuilder(URI.create(url)).PUT(BodyPublishers.ofByteArray(bytes)));
  }

  /** Fetches a link. */
  public static HttpResponse<byte[]> get(HttpClient http, String url) {
    return send(http, HttpRequest.newBuilder(URI.create(url)).GET());
  }

  /** Sends a request. */
  public static HttpResponse<byte[]> send(HttpClient http, HttpRequest.Builder request) {
    try {
      return http.send(request.build(), BodyHandlers.ofByteArray());
    } catch (IOException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  private static String md5(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
