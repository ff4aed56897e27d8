package im.palisade.server.group;

/** Whether somebody is connected now; answers from memory. */
@FunctionalInterface
interface OnlineAccounts {
  boolean is(long accountId);
}
