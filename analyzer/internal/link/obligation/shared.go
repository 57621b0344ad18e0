package obligation

import (
	"strconv"

	"github.com/tenantvet/tenantvet/analyzer/internal/link/callgraph"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// SharedSource is what one change repairs where the client chose the tenant: that nothing
// checks a parameter of the request, whoever reads it; everywhere tells one that reads the
// same wherever it is read. It is "" if nothing is known of where it is read.
func SharedSource(c Cause, everywhere bool) string {
	switch {
	case c.Origin == nil:
		return ""
	case everywhere:
		return "request " + c.Origin.Group + " " + c.Origin.Name
	case c.Source != nil && c.Into != nil:
		return "read in " + c.Source.Symbol + " for " + c.Into.Symbol + " " + c.Origin.String()
	case c.Source != nil:
		return "read in " + c.Source.Symbol + " " + c.Origin.String()
	}
	return ""
}

// SharedStatement is what one change repairs where a statement is not tied, or stores a
// reference, whoever comes to it.
func SharedStatement(f *callgraph.Function, run *unit.Run, stored *proof.Written) string {
	column := ""
	if stored != nil {
		column = stored.Column
	}
	return "statement " + f.Symbol + " " + strconv.Itoa(run.N) + " " + column
}
