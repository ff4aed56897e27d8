package im.palisade.compliance.event;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;

/**
 * What the log itself needs to know of an entry. Times are in the one form that the schema allows,
 * so that they compare as texts.
 */
public record EntryStamp(String id, String node, long counter, String time, String type) {
  private static final JsonFactory JSON = new JsonFactory();

  /**
   * Reads an entry.
   *
   * @throws IllegalArgumentException when it is not an event
   */
  public static EntryStamp of(byte[] entry) {
    String id = "";
    String node = "";
    String time = "";
    String type = "";
    long n = 0;
    try (JsonParser json = JSON.createParser(entry)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        throw new IllegalArgumentException("an entry is not an event");
      }
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String name = json.currentName();
        JsonToken value = json.nextToken();
        if (name.equals("id")) {
          id = json.getText();
        } else if (name.equals("time")) {
          time = json.getText();
        } else if (name.equals("type")) {
          type = json.getText();
        } else if (name.equals("node") && value == JsonToken.START_OBJECT) {
          while (json.nextToken() == JsonToken.FIELD_NAME) {
            boolean counter = json.currentName().equals("n");
            json.nextToken();
            if (counter) {
              n = json.getLongValue();
            } else {
              node = json.getText();
            }
          }
        } else if (value.isStructStart()) {
          json.skipChildren();
        }
      }
      if (json.nextToken() != null) {
        throw new IllegalArgumentException("an entry goes on behind its event");
      }
    } catch (IOException e) {
      throw new IllegalArgumentException("an entry is not an event", e);
    }
    if (id.isEmpty() || node.isEmpty() || time.isEmpty() || type.isEmpty() || n < 1) {
      throw new IllegalArgumentException("an entry is not an event");
    }
    return new EntryStamp(id, node, n, time, type);
  }
}
