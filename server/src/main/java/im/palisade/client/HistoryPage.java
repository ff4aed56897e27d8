package im.palisade.client;

import java.util.List;

/**
 * Part of a conversation.
 *
 * @param messages oldest first
 * @param complete whether nothing is left in the direction of paging
 */
public record HistoryPage(List<ImMessage> messages, boolean complete) {}
