package im.palisade.server.file;

import im.palisade.server.audit.AuditDeclaration;
import im.palisade.server.file.FileService.Announced;
import im.palisade.server.gateway.Command;
import im.palisade.server.gateway.CommandCall;
import im.palisade.server.gateway.Param;
import im.palisade.server.gateway.ReplyField;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.protocol.Json;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** How clients come to upload a file (message-formats §1.3). */
final class FileCommands {
  private static final Param<String> KIND =
      Param.word(
              "kind",
              Stream.of(FileKind.values()).map(FileKind::wireName).toList(),
              "`image` and `sound` up to 28 MiB, `video` and `file` up to 100 MiB")
          .required();
  private static final Param<Long> SIZE =
      Param.number("size", 1, Param.U32_MAX, "in bytes").required();
  private static final Param<String> MD5 =
      Param.text("md5", 32, "of the bytes, hexadecimal").required();
  private static final Param<String> NAME =
      Param.text("name", Param.ANY_LENGTH, "as the sender calls it").defaultsTo("");

  private final FileLinks links;

  FileCommands(FileLinks links) {
    this.links = links;
  }

  List<Command> commands() {
    return List.of(
        Command.of("file.ticket", ErrorCode.FILE_INVALID_PARAMETER)
            .meaning("Where a file may be uploaded.")
            .params(KIND, SIZE, MD5, NAME)
            .reply(
                ReplyField.of("uploadUrl", "address for one HTTP PUT of exactly these bytes"),
                ReplyField.of("expires", "UNIX seconds until which it works"))
            .codes(ErrorCode.FILE_TOO_LARGE)
            .handledBy(
                AuditDeclaration.none("users upload what they send; nothing is kept yet"),
                this::ticket));
  }

  private void ticket(CommandCall call) {
    FileKind kind = FileKind.ofWireName(call.get(KIND)).orElseThrow();
    long size = call.get(SIZE);
    String md5 = call.get(MD5).toLowerCase(Locale.ROOT);
    if (!md5.matches("[0-9a-f]{32}")) {
      throw new ImException(ErrorCode.FILE_INVALID_PARAMETER, "md5 is none");
    }
    if (size > kind.maxBytes()) {
      throw new ImException(
          ErrorCode.FILE_TOO_LARGE,
          "at most " + kind.maxBytes() + " bytes may be in a file of that kind");
    }
    String sendersName = call.get(NAME);
    FileName name = FileName.draw(call.principal().app().appId(), sendersName);
    FileLinks.Upload upload =
        links.upload(new Announced(name, call.principal().accountId(), kind, size, md5));
    call.reply(
        Json.object()
            .put("uploadUrl", upload.url())
            .put("expires", upload.expiry().getEpochSecond()));
  }
}
