package im.palisade.server.backup;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.List;

/**
 * What a backup holds; its last entry.
 *
 * @param format of the backup; {@value #FORMAT}
 * @param version of the Palisade that made it
 * @param time when the database's state is of, RFC 3339
 * @param host where it was made
 * @param schema fingerprint of the tables
 * @param entries everything before the manifest
 */
record Manifest(
    int format, String version, String time, String host, String schema, List<Entry> entries) {
  static final int FORMAT = 1;
  static final String NAME = "manifest.json";

  private static final ObjectMapper JSON = new ObjectMapper();

  /** One file of the backup. */
  record Entry(String path, long size, String sha256) {}

  byte[] json() {
    try {
      return JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(this);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a record of texts and numbers can be written", e);
    }
  }

  /**
   * Reads a manifest.
   *
   * @throws BackupException when this Palisade does not know its format
   */
  static Manifest read(byte[] json) {
    Manifest manifest;
    try {
      manifest = JSON.readValue(json, Manifest.class);
    } catch (IOException e) {
      throw new BackupException("the backup's manifest cannot be read", e);
    }
    if (manifest.format != FORMAT) {
      throw new BackupException(
          "the backup has format %d, this Palisade reads format %d"
              .formatted(manifest.format, FORMAT));
    }
    return manifest;
  }
}
