// Package gorun drives generated programs in one process against PostgreSQL as an attacker
// would, and tells which of their requests leak.
//
// In go programs as http.Handlers with the routes that they serve; out come [Observation]s: which SQL
// texts ran on a request, and whether it leaked. There are two tenants, A (1) and B (2),
// with a marker in every text of B; the caller is a user of A. A request leaks if a marker of
// B comes back, if a row of B differs afterwards, or if a row of A points to one of B.
//
// Requests are independent: the driver opens a transaction before the first write, and the
// run rolls it back. A second mode runs two requests in a row, a third lets B ask first.
//
// It cannot see that a row exists (403 against 404), nor what two requests at once would do.
package gorun
