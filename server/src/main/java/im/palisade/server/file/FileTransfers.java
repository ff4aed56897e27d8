package im.palisade.server.file;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.app.App;
import im.palisade.server.app.AppService;
import im.palisade.server.file.FileName.Form;
import im.palisade.server.file.FileService.Announced;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.protocol.Json;
import im.palisade.server.rest.FileRoute;
import im.palisade.server.rest.FileRoute.Link;
import im.palisade.server.rest.FileRoute.Served;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Uploads and downloads over HTTP. */
final class FileTransfers {
  /** What browsers may show; everything else is offered for saving. */
  private static final Map<String, String> SHOWN =
      Map.ofEntries(
          Map.entry("jpg", "image/jpeg"),
          Map.entry("jpeg", "image/jpeg"),
          Map.entry("png", "image/png"),
          Map.entry("gif", "image/gif"),
          Map.entry("bmp", "image/bmp"),
          Map.entry("webp", "image/webp"),
          Map.entry("mp4", "video/mp4"),
          Map.entry("mov", "video/quicktime"),
          Map.entry("webm", "video/webm"),
          Map.entry("mp3", "audio/mpeg"),
          Map.entry("m4a", "audio/mp4"),
          Map.entry("aac", "audio/aac"),
          Map.entry("amr", "audio/amr"),
          Map.entry("ogg", "audio/ogg"),
          Map.entry("wav", "audio/wav"));

  private static final int OTHER_FORMAT = 255;

  private final AppService apps;
  private final FileService files;
  private final FileLinks links;

  FileTransfers(AppService apps, FileService files, FileLinks links) {
    this.apps = apps;
    this.files = files;
    this.links = links;
  }

  FileRoute route() {
    return new FileRoute(
        FileLinks.PREFIX, ErrorCode.FILE_MISSING, this::open, Optional.of(this::take));
  }

  private Optional<Served> open(Link link) {
    Optional<FileName> parsed = FileName.parse(link.name());
    Optional<App> app = parsed.flatMap(name -> apps.find(name.appId())).filter(App::isActive);
    if (app.isEmpty()) {
      return Optional.empty();
    }
    FileName name = parsed.orElseThrow();
    StoredFile file = files.find(app.get(), Set.of(name.uuid())).get(name.uuid());
    if (file == null) {
      return Optional.empty();
    }
    if (file.banned() && !links.isReview(name, link)) {
      throw new ImException(ErrorCode.FILE_NO_ACCESS, "the file is banned");
    }
    FileName kept = new FileName(name.appId(), name.uuid(), Form.ORIGINAL, file.extension());
    Path form = files.path(app.get(), kept.as(name.form()));
    boolean small = name.form() != Form.ORIGINAL && Files.exists(form);
    String type = SHOWN.get(small ? "jpg" : file.extension());
    return Optional.of(
        new Served(
            small ? form : files.path(app.get(), kept),
            type == null ? "application/octet-stream" : type,
            type != null));
  }

  private ObjectNode take(Link link, InputStream body) throws IOException {
    Announced file = links.announced(link);
    App app =
        apps.find(file.name().appId())
            .filter(App::isActive)
            .orElseThrow(() -> new ImException(ErrorCode.FILE_NO_ACCESS));
    Optional<Pictures.Forms> forms = files.take(app, file, body);
    ObjectNode answer =
        Json.object()
            .put("Url", links.url(file.name()))
            .put("UUID", file.name().uuid())
            .put("Size", file.size());
    if (file.kind() == FileKind.IMAGE) {
      answer.put("ImageFormat", forms.map(Pictures.Forms::format).orElse(OTHER_FORMAT));
      ArrayNode array = answer.putArray("ImageInfoArray");
      for (Form form : Form.values()) {
        describe(array.addObject(), file, form, forms);
      }
    }
    return answer;
  }

  private void describe(
      ObjectNode into, Announced file, Form form, Optional<Pictures.Forms> forms) {
    Optional<Pictures.Picture> picture = forms.map(all -> all.pictures().get(form));
    Optional<byte[]> jpeg = picture.flatMap(Pictures.Picture::jpeg);
    into.put("Type", form.type())
        .put("Size", jpeg.map(bytes -> (long) bytes.length).orElse(file.size()))
        .put("Width", picture.map(Pictures.Picture::width).orElse(0))
        .put("Height", picture.map(Pictures.Picture::height).orElse(0))
        .put("URL", links.url(jpeg.isPresent() ? file.name().as(form) : file.name()));
  }
}
