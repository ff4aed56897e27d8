package im.palisade.server;

import com.fasterxml.jackson.core.JsonProcessingException;
import im.palisade.server.app.App;
import im.palisade.server.app.AppKey;
import im.palisade.server.config.DurableFiles;
import im.palisade.server.config.StartException;
import im.palisade.server.protocol.Json;
import im.palisade.server.security.VerificationKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * {@code connection.json}: where a running server is to be reached and the first app's key, for
 * scripts on the same machine. Mode 0600; gone when the server has stopped.
 */
final class ConnectionFile {
  private final Path file;

  ConnectionFile(Path dataDirectory) {
    this.file = dataDirectory.resolve("connection.json");
  }

  Path path() {
    return file;
  }

  void write(String restUrl, String imUrl, App app, String administrator) {
    var json = Json.object();
    json.put("restUrl", restUrl);
    json.put("imUrl", imUrl);
    json.put("sdkAppId", app.appId());
    json.put("secretKey", secretKey(app));
    json.put("administrator", administrator);
    json.put("pid", ProcessHandle.current().pid());
    try {
      String text = Json.mapper().writerWithDefaultPrettyPrinter().writeValueAsString(json);
      DurableFiles.write(file, text + "\n", "rw-------");
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree can always be written", e);
    } catch (IOException e) {
      throw new StartException(file + " cannot be written: " + e.getMessage(), e);
    }
  }

  void delete() {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new StartException(file + " cannot be deleted: " + e.getMessage(), e);
    }
  }

  private static String secretKey(App app) {
    for (AppKey key : app.keys()) {
      if (key.key() instanceof VerificationKey.Hmac hmac) {
        return hmac.secret();
      }
    }
    return "";
  }
}
