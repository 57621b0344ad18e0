// Package domain holds the values of the database test, as texts: a few of each type,
// of which the first ones are the tenants, and how SQL writes them and the names of
// tables and columns.
//
// Few values make rows meet: most tables hold no more than a dozen rows.
package domain
