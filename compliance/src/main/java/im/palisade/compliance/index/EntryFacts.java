package im.palisade.compliance.index;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/**
 * What an entry is found by.
 *
 * @param micros its time in microseconds since 1970
 * @param actors who did it, and on whose behalf
 * @param caseId the case that allowed it, or empty
 */
record EntryFacts(
    long micros,
    String type,
    String severity,
    String outcome,
    String app,
    String channel,
    List<String> actors,
    List<Target> targets,
    String request,
    String caseId) {
  private static final JsonFactory JSON = new JsonFactory();

  private static final Instant EARLIEST = Instant.parse("0000-01-01T00:00:00Z");
  private static final Instant LATEST = Instant.parse("9999-12-31T00:00:00Z");

  record Target(String kind, String id) {}

  /** Reads an entry; an entry that is no event is found by nothing but its position. */
  static EntryFacts of(byte[] entry) {
    Reader reader = new Reader();
    try (JsonParser json = JSON.createParser(entry)) {
      reader.read(json);
    } catch (IOException | DateTimeException e) {
      // The log's writer checks entries; what a damaged file holds is the verifier's to tell.
      return new Reader().facts();
    }
    return reader.facts();
  }

  /** Bounded, since anybody may ask for any time. */
  static long micros(Instant time) {
    if (time.isBefore(EARLIEST)) {
      return micros(EARLIEST);
    }
    if (time.isAfter(LATEST)) {
      return micros(LATEST);
    }
    return ChronoUnit.MICROS.between(Instant.EPOCH, time);
  }

  private static final class Reader {
    private long micros;
    private String type = "";
    private String severity = "";
    private String outcome = "";
    private String app = "";
    private String channel = "";
    private String request = "";
    private String caseId = "";
    private final List<String> actors = new ArrayList<>(2);
    private final List<Target> targets = new ArrayList<>(2);

    EntryFacts facts() {
      return new EntryFacts(
          micros, type, severity, outcome, app, channel, actors, targets, request, caseId);
    }

    void read(JsonParser json) throws IOException {
      json.nextToken();
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String name = json.currentName();
        JsonToken value = json.nextToken();
        switch (name) {
          case "time" -> micros = micros(Instant.parse(json.getText()));
          case "type" -> type = json.getText();
          case "severity" -> severity = json.getText();
          case "app" -> app = json.getText();
          case "target" -> targets(json, value);
          case "actor", "context", "outcome", "source" -> members(name, json, value);
          default -> json.skipChildren();
        }
      }
    }

    private void members(String of, JsonParser json, JsonToken start) throws IOException {
      if (start != JsonToken.START_OBJECT) {
        json.skipChildren();
        return;
      }
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String path = of + "." + json.currentName();
        json.nextToken();
        switch (path) {
          case "actor.ref", "actor.on_behalf_of" -> actors.add(json.getText());
          case "context.request" -> request = json.getText();
          case "context.case" -> caseId = json.getText();
          case "outcome.result" -> outcome = json.getText();
          case "source.channel" -> channel = json.getText();
          default -> json.skipChildren();
        }
      }
    }

    private void targets(JsonParser json, JsonToken start) throws IOException {
      if (start != JsonToken.START_ARRAY) {
        json.skipChildren();
        return;
      }
      while (json.nextToken() == JsonToken.START_OBJECT) {
        String kind = "";
        String id = "";
        while (json.nextToken() == JsonToken.FIELD_NAME) {
          String name = json.currentName();
          json.nextToken();
          switch (name) {
            case "kind" -> kind = json.getText();
            case "id", "ref" -> id = json.getText();
            default -> json.skipChildren();
          }
        }
        targets.add(new Target(kind, id));
      }
    }
  }
}
