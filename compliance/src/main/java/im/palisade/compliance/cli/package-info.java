/**
 * The programs {@code palisade-verify} and {@code palisade-witness}, and commands of {@code
 * palisade audit}.
 */
package im.palisade.compliance.cli;
