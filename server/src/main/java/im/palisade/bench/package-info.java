/**
 * The benchmark driver: starts the real server as a child, drives it over real sockets from one
 * thread and prints what it measured beside the targets and a bare relay's figures.
 */
package im.palisade.bench;
