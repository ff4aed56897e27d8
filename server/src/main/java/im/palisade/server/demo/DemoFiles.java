package im.palisade.server.demo;

import im.palisade.server.rest.Site.Page;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.GZIPOutputStream;

/** The chat page's files, as the build put them into the jar; read when first asked for. */
final class DemoFiles {
  private static final String FOLDER = "/chat/";
  private static final Map<String, String> TYPES =
      Map.of(
          "index.html", "text/html; charset=utf-8",
          "main.js", "text/javascript; charset=utf-8",
          "main.css", "text/css; charset=utf-8",
          "icon.svg", "image/svg+xml",
          "app.webmanifest", "application/manifest+json");

  private final Map<String, Page> pages = new ConcurrentHashMap<>();

  /** Whether the page was built into this jar. */
  boolean arePresent() {
    return DemoFiles.class.getResource(FOLDER + "main.js") != null;
  }

  Optional<Page> find(String name) {
    return TYPES.containsKey(name)
        ? Optional.of(pages.computeIfAbsent(name, DemoFiles::read))
        : Optional.empty();
  }

  private static Page read(String name) {
    try (InputStream in = DemoFiles.class.getResourceAsStream(FOLDER + name)) {
      if (in == null) {
        throw new IllegalStateException("the jar lacks " + FOLDER + name);
      }
      byte[] bytes = in.readAllBytes();
      return new Page(bytes, compressed(bytes), TYPES.get(name), '"' + digest(bytes) + '"');
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] compressed(byte[] bytes) throws IOException {
    var out = new ByteArrayOutputStream(bytes.length / 2);
    try (var gzip = new GZIPOutputStream(out)) {
      gzip.write(bytes);
    }
    return out.toByteArray();
  }

  private static String digest(byte[] bytes) {
    try {
      byte[] sum = MessageDigest.getInstance("SHA-256").digest(bytes);
      return HexFormat.of().formatHex(sum, 0, 12);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
