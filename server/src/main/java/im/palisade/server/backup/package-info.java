/**
 * Backups: everything an installation is, in one encrypted file, and the way back.
 *
 * <p>The file is an OpenPGP message (RFC 9580: AES-256 under a passphrase, integrity protected)
 * around a gzipped tar, so that it can be opened without Palisade: {@code gpg --decrypt
 * --passphrase-file backup.key FILE | tar -tz}.
 */
package im.palisade.server.backup;
