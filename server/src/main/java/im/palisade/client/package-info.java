/**
 * A small client of the open client protocol (docs/client-protocol.md): one connection, requests
 * and their replies, events to a listener. It knows nothing of the server's own classes.
 */
package im.palisade.client;
