/** Measures the log; the commands are those of {@code palisade-verify bench}. */
package im.palisade.compliance.bench;
