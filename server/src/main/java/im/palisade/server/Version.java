package im.palisade.server;

import picocli.CommandLine.IVersionProvider;

/** The version this jar was built as. */
final class Version implements IVersionProvider {
  static String ofBuild() {
    String version = Palisade.class.getPackage().getImplementationVersion();
    return version == null ? "(not packaged)" : version;
  }

  @Override
  public String[] getVersion() {
    return new String[] {"palisade " + ofBuild()};
  }

  /** The version's number; 0 when this runs from classes that were never packaged. */
  static String number() {
    String version = Palisade.class.getPackage().getImplementationVersion();
    return version == null ? "0" : version;
  }
}
