// Package pgserver gives a test a PostgreSQL of its own: a private cluster in a temporary
// folder without durability, or the server that the environment names.
//
// Its databases give the same for what differs from run to run: the clock, chance and
// random UUIDs. It is no library for programs: nothing that is shipped imports it.
package pgserver
