package im.palisade.server.message;

import java.util.Optional;

/**
 * What a group or topic is called outside: in webhooks.
 *
 * @param type on the wire; empty for a group that does not exist
 * @param topicId only of a topic, then {@code groupId} is its community's
 */
public record GroupRef(String groupId, String type, Optional<String> topicId) {}
