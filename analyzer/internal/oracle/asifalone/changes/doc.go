// Package changes makes up INSERT, UPDATE, DELETE and MERGE over a world, out of what a
// query is made of, and statements of any kind ([Generate]).
package changes
