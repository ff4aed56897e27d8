package im.palisade.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import im.palisade.server.security.UserSigSigner;
import im.palisade.server.security.VerificationKey;
import java.io.IOException;
import java.net.URI;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;

/**
 * The facts a running server leaves in {@code connection.json} of its data directory for scripts.
 *
 * @param pid process id of the server that wrote them
 */
public record ConnectionFile(
    URI restUrl, URI imUrl, long sdkAppId, String secretKey, String administrator, long pid) {
  /** Its name in the data directory. */
  public static final String NAME = "connection.json";

  /**
   * Reads the file.
   *
   * @throws CliException saying what to do when it is missing, unreadable or incomplete
   */
  public static ConnectionFile read(Path dataDirectory) {
    Path file = dataDirectory.resolve(NAME);
    JsonNode facts;
    try {
      facts = new ObjectMapper().readTree(Files.readAllBytes(file));
    } catch (NoSuchFileException e) {
      throw new CliException(
          "No server is running on " + dataDirectory + ": start one with ./palisade run", e);
    } catch (AccessDeniedException e) {
      throw new CliException(
          file + " may be read only by the user who runs the server; run this command as that user",
          e);
    } catch (IOException e) {
      throw new CliException(file + " cannot be read: " + e.getMessage(), e);
    }
    return new ConnectionFile(
        URI.create(text(facts, "restUrl", file)),
        URI.create(text(facts, "imUrl", file)),
        Long.parseLong(text(facts, "sdkAppId", file)),
        text(facts, "secretKey", file),
        text(facts, "administrator", file),
        Long.parseLong(text(facts, "pid", file)));
  }

  /** A UserSig of the app for a user, valid from now on. */
  public String sign(String user, Duration validity) {
    return sign(sdkAppId, secretKey, user, validity);
  }

  static String sign(long sdkAppId, String secretKey, String user, Duration validity) {
    return new UserSigSigner(Clock.systemUTC())
        .sign(sdkAppId, new VerificationKey.Hmac(secretKey), user, validity);
  }

  @Override
  public String toString() {
    return "ConnectionFile[" + imUrl + ", app " + sdkAppId + "]";
  }

  private static String text(JsonNode facts, String name, Path file) {
    String value = facts.path(name).asText();
    if (value.isEmpty()) {
      throw new CliException(file + " has no " + name);
    }
    return value;
  }
}
