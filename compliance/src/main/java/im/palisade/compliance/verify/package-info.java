/**
 * Checks logs, packs and proofs that somebody handed over, without a server and without network.
 */
package im.palisade.compliance.verify;
