package im.palisade.server.store;

/** What the store must know of an app: its id and the region that holds its data. */
public interface Tenant {
  /** SDKAppID. */
  long appId();

  /** Name of the region; "default" unless the installation has more. */
  String region();
}
