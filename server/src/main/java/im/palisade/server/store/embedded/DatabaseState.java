package im.palisade.server.store.embedded;

/** What the embedded database is doing. */
public enum DatabaseState {
  /** The first start, initialisation included. */
  STARTING,
  /** It answers. */
  RUNNING,
  /** It died and is being started again. */
  RESTARTING,
  /** It died many times in a row; it is still started again, every few seconds. */
  FAILED,
  /** It was closed. */
  STOPPED
}
