package im.palisade.server.archive;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.protocol.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A file of an archive.
 *
 * @param size of the uncompressed file in bytes
 * @param md5 of the uncompressed file, hexadecimal
 * @param gzipSize of the file as it is served
 * @param gzipMd5 of the file as it is served
 */
record ArchiveFile(String name, long size, String md5, long gzipSize, String gzipMd5) {

  /** Files as they stand in the index beside them. */
  static String index(List<ArchiveFile> files) {
    ObjectNode json = Json.object();
    ArrayNode list = json.putArray("files");
    for (ArchiveFile each : files) {
      list.addObject()
          .put("name", each.name)
          .put("size", each.size)
          .put("md5", each.md5)
          .put("gzipSize", each.gzipSize)
          .put("gzipMd5", each.gzipMd5);
    }
    return new String(Json.bytes(json), StandardCharsets.UTF_8);
  }

  /** What {@link #index} wrote. */
  static List<ArchiveFile> parse(byte[] index) throws IOException {
    List<ArchiveFile> files = new ArrayList<>();
    ObjectNode json =
        Json.parseObject(index).orElseThrow(() -> new IOException("an archive's index is broken"));
    for (JsonNode each : json.path("files")) {
      files.add(
          new ArchiveFile(
              each.path("name").asText(),
              each.path("size").asLong(),
              each.path("md5").asText(),
              each.path("gzipSize").asLong(),
              each.path("gzipMd5").asText()));
    }
    return files;
  }
}
