/** Packs: what is handed to an auditor, with the proofs that it stands in the log. */
package im.palisade.compliance.pack;
