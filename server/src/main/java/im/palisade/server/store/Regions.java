package im.palisade.server.store;

import java.util.Collection;
import java.util.Map;

/** The installation's regions: the only way to a store. */
public final class Regions {
  /** Name of the region every installation has. */
  public static final String HOME = "default";

  private final Map<String, Region> byName;

  public Regions(Map<String, Region> byName) {
    if (!byName.containsKey(HOME)) {
      throw new IllegalArgumentException("region " + HOME + " is missing");
    }
    this.byName = Map.copyOf(byName);
  }

  /**
   * Holds installation data (apps, keys, administrators), and no end users' data of other regions.
   */
  public Region home() {
    return of(HOME);
  }

  /** The region that holds this app's data. */
  public Region of(Tenant app) {
    return of(app.region());
  }

  /** Every region of the installation. */
  public Collection<Region> all() {
    return byName.values();
  }

  private Region of(String name) {
    Region region = byName.get(name);
    if (region == null) {
      throw new IllegalArgumentException("unknown region: " + name);
    }
    return region;
  }
}
