package im.palisade.server.security;

import im.palisade.server.config.SettingException;
import java.util.Optional;

/** Decides for every listener of the server whether and how it is encrypted. */
public final class TransportSecurity implements AutoCloseable {
  private final TlsSettings settings;
  private final Optional<TlsMaterial> material;

  private TransportSecurity(TlsSettings settings, Optional<TlsMaterial> material) {
    this.settings = settings;
    this.material = material;
  }

  /**
   * Loads the certificate, if there is one, and keeps it up to date until this is closed.
   *
   * @throws SettingException when a file is missing or wrong, naming the setting
   */
  public static TransportSecurity load(TlsSettings settings) {
    return new TransportSecurity(
        settings, settings.certificate().map(_ -> TlsMaterial.load(settings)));
  }

  /**
   * What a listener on that host must use; empty for a plain one.
   *
   * @param hostKey the setting that names the host
   * @throws SettingException when it would be plain and must not be
   */
  public Optional<TlsMaterial> forListener(String hostKey, String host) {
    if (material.isEmpty()) {
      settings.checkPlain(hostKey, host);
    }
    return material;
  }

  @Override
  public void close() {
    material.ifPresent(TlsMaterial::close);
  }
}
