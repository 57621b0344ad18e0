// Package ent is what the generator makes of the schema in the folder below: tests compare
// what it sends to a database with what is said of it. It was made with the features
// sql/upsert, sql/modifier, sql/lock, sql/execquery and intercept.
package ent
