package im.palisade.server.relation;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A friend to add or import; what is absent is not touched when there is such a friend already.
 *
 * @param lists names of the owner's lists it goes into
 * @param addTime UNIX seconds
 * @param custom values by full tag
 */
public record NewFriend(
    String userId,
    Optional<String> remark,
    Optional<List<String>> lists,
    Optional<String> source,
    Optional<String> wording,
    Optional<Long> addTime,
    Map<String, JsonNode> custom) {}
