package im.palisade.server.app;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.Map;

/**
 * A change of an app's settings.
 *
 * @param actor pseudonym of who made it, as in the audit log
 * @param before what the changed ones were, by key
 * @param after what they became
 */
public record SettingsChange(
    long id, Instant at, String actor, Map<String, JsonNode> before, Map<String, JsonNode> after) {}
