package im.palisade.server.security;

import java.security.PublicKey;

/** A key that UserSigs of an app may be signed with. */
public sealed interface VerificationKey {

  /** Generation 2.0: the key is the secret's text in UTF-8, not its decoded hex. */
  record Hmac(String secret) implements VerificationKey {
    @Override
    public String toString() {
      return "Hmac[secret=***]";
    }
  }

  /** The legacy generation: an EC public key on P-256. */
  record Ecdsa(PublicKey key) implements VerificationKey {}
}
