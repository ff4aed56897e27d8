package im.palisade.server.auditlog.forward;

import im.palisade.server.security.Certificates;
import im.palisade.server.security.OutgoingTls;
import im.palisade.server.security.OutgoingTls.Verification;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/** Both ends of the TLS that receivers are reached by. */
final class ReceiverTls {
  private ReceiverTls() {}

  /** A receiver's end; it may ask for certificates of an authority. */
  static SSLContext server(Certificates.Identity own, Optional<Certificates.Identity> trusted)
      throws IOException {
    Optional<String> authorities =
        trusted.isPresent() ? Optional.of(pem(trusted.get())[0]) : Optional.empty();
    return OutgoingTls.context(
        authorities, Optional.of(String.join("", pem(own))), Verification.ON);
  }

  /** A forwarder's end, as the settings make it. */
  static SSLContext client(Certificates.Identity trusted, Optional<Certificates.Identity> own)
      throws IOException {
    Optional<String> identity =
        own.isPresent() ? Optional.of(String.join("", pem(own.get()))) : Optional.empty();
    return OutgoingTls.context(Optional.of(pem(trusted)[0]), identity, Verification.GIVEN_ONLY);
  }

  /** Certificate and key. */
  private static String[] pem(Certificates.Identity identity) throws IOException {
    Path certificate = Files.createTempFile("certificate", ".pem");
    Path key = Files.createTempFile("key", ".pem");
    try {
      identity.write(certificate, key);
      return new String[] {Files.readString(certificate), Files.readString(key)};
    } finally {
      Files.delete(certificate);
      Files.delete(key);
    }
  }
}
