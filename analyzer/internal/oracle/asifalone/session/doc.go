// Package session runs statements in one database of the test: it makes the schema of a
// world, loads rows, runs each statement in a transaction that is rolled back, and reads
// what the tables hold after it.
//
// Foreign keys, CHECK constraints and triggers are off while rows are loaded; foreign
// keys and CHECK constraints stay off.
package session
