package im.palisade.server.official;

/**
 * A user's subscription.
 *
 * @param number in the order of subscription, per official account
 * @param subscribedAt UNIX seconds
 * @param custom what the app notes of it
 * @param msgFlag 0 receive and notify, 1 do not receive, 2 receive without push
 */
record Subscriber(long number, String userId, long subscribedAt, String custom, int msgFlag) {}
