/** A witness of logs: cosigns only what continues what it has seen (C2SP tlog-witness). */
package im.palisade.compliance.witness;
