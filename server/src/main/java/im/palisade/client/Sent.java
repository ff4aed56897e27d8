package im.palisade.client;

/**
 * A message the server made durable.
 *
 * @param seq its number in the conversation; 0 when it is not stored
 * @param time UNIX seconds
 */
public record Sent(long seq, long time, String msgKey) {}
