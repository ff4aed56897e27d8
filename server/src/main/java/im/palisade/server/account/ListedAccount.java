package im.palisade.server.account;

import java.time.Instant;

/** An account in a list. */
public record ListedAccount(Account account, Instant createdAt) {}
