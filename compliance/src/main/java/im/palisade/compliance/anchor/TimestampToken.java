package im.palisade.compliance.anchor;

import im.palisade.compliance.merkle.MerkleHash;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cms.CMSException;
import org.bouncycastle.cms.CMSSignedData;
import org.bouncycastle.cms.jcajce.JcaSimpleSignerInfoVerifierBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.tsp.TSPException;
import org.bouncycastle.tsp.TimeStampToken;

/** A token that was checked. */
public record TimestampToken(Instant time, String authority) {
  /**
   * Checks a token: that it is of these bytes, that its certificate signed it, and that one of the
   * given authorities is or issued that certificate.
   *
   * @throws GeneralSecurityException when any of it is not so
   */
  public static TimestampToken check(
      byte[] token, byte[] stamped, List<X509Certificate> authorities)
      throws GeneralSecurityException {
    try {
      TimeStampToken parsed = new TimeStampToken(new CMSSignedData(token));
      byte[] imprint = parsed.getTimeStampInfo().getMessageImprintDigest();
      if (!MessageDigest.isEqual(imprint, MerkleHash.sha256(stamped))) {
        throw new GeneralSecurityException("it stamps something else");
      }
      @SuppressWarnings("unchecked") // SignerId is a selector of certificates, declared raw.
      Collection<X509CertificateHolder> found =
          parsed.getCertificates().getMatches(parsed.getSID());
      if (found.isEmpty()) {
        throw new GeneralSecurityException("its certificate is not in it");
      }
      X509Certificate signer =
          new JcaX509CertificateConverter().getCertificate(found.iterator().next());
      parsed.validate(new JcaSimpleSignerInfoVerifierBuilder().build(signer));
      if (authorities.stream().noneMatch(each -> vouches(each, signer))) {
        throw new GeneralSecurityException(
            "no given authority issued " + signer.getSubjectX500Principal());
      }
      return new TimestampToken(
          parsed.getTimeStampInfo().getGenTime().toInstant(),
          signer.getSubjectX500Principal().getName());
    } catch (TSPException
        | CMSException
        | OperatorCreationException
        | java.io.IOException
        | RuntimeException e) {
      throw new GeneralSecurityException("not a time stamp that holds: " + e.getMessage(), e);
    }
  }

  private static boolean vouches(X509Certificate authority, X509Certificate signer) {
    if (authority.equals(signer)) {
      return true;
    }
    try {
      signer.verify(authority.getPublicKey());
      return signer.getIssuerX500Principal().equals(authority.getSubjectX500Principal())
          && authority.getBasicConstraints() >= 0;
    } catch (GeneralSecurityException e) {
      return false;
    }
  }
}
