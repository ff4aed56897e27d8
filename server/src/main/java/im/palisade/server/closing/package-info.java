/** What closing an app ends in: the destruction of everything it had. */
package im.palisade.server.closing;
