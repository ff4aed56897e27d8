package im.palisade.compliance.checkpoint;

/** Signs; the key may live in a file, a PKCS#11 token or a key service. */
public interface NoteSigner {
  /** The key others check with. */
  VerifierKey verifierKey();

  /**
   * The 64 bytes of an Ed25519 signature.
   *
   * @throws IllegalStateException when the key cannot be used now
   */
  byte[] sign(byte[] message);

  /** The same private key under another name: a new epoch is a new name. */
  NoteSigner named(String name);
}
