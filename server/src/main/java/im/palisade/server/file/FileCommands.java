package im.palisade.server.file;

import im.palisade.server.audit.AuditDeclaration;
import im.palisade.server.file.FileService.Announced;
import im.palisade.server.gateway.Command;
import im.palisade.server.gateway.CommandCall;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.protocol.Json;
import java.util.List;
import java.util.Locale;

/** How clients come to upload a file (message-formats §1.3). */
final class FileCommands {
  private final FileLinks links;

  FileCommands(FileLinks links) {
    this.links = links;
  }

  List<Command> commands() {
    return List.of(
        new Command(
            "file.ticket",
            AuditDeclaration.none("users upload what they send; nothing is kept yet"),
            this::ticket));
  }

  private void ticket(CommandCall call) {
    FileKind kind =
        FileKind.ofWireName(call.text("kind", ErrorCode.FILE_INVALID_PARAMETER))
            .orElseThrow(
                () -> new ImException(ErrorCode.FILE_INVALID_PARAMETER, "no such kind of file"));
    long size = call.u32("size", ErrorCode.FILE_INVALID_PARAMETER);
    String md5 = call.text("md5", ErrorCode.FILE_INVALID_PARAMETER).toLowerCase(Locale.ROOT);
    if (size == 0 || !md5.matches("[0-9a-f]{32}")) {
      throw new ImException(ErrorCode.FILE_INVALID_PARAMETER, "size or md5 is none");
    }
    if (size > kind.maxBytes()) {
      throw new ImException(
          ErrorCode.FILE_TOO_LARGE,
          "at most " + kind.maxBytes() + " bytes may be in a file of that kind");
    }
    String sendersName = call.optionalText("name", ErrorCode.FILE_INVALID_PARAMETER).orElse("");
    FileName name = FileName.draw(call.principal().app().appId(), sendersName);
    FileLinks.Upload upload =
        links.upload(new Announced(name, call.principal().accountId(), kind, size, md5));
    call.reply(
        Json.object()
            .put("uploadUrl", upload.url())
            .put("expires", upload.expiry().getEpochSecond()));
  }
}
