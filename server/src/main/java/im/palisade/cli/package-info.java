/** Commands for people at a terminal, which speak only the public protocol. */
package im.palisade.cli;
