package im.palisade.server.push;

/**
 * How far a push has come.
 *
 * @param startedAt UNIX seconds
 * @param finished accounts that were addressed; all of them once it is done
 */
record PushReport(String taskId, boolean done, long startedAt, long finished) {}
