package rls_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/golden"
	"github.com/tenantvet/tenantvet/analyzer/internal/rls"
)

// TestHold compares what is held of the tables of a schema, and by which variable.
func TestHold(t *testing.T) {
	golden.Cases(t, "testdata/held/*.txtar", func(t *testing.T, in *txtar.Archive) string {
		c := decide(section(in, "migration.sql"))
		rls.Hold(c)
		var b strings.Builder
		for _, x := range c.Tables {
			if x.Held == nil {
				fmt.Fprintf(&b, "%s: not held\n", x.FullName())
				continue
			}
			fmt.Fprintf(&b, "%s: held by %s, owner %t, past %v", x.FullName(), x.Held.Setting, x.Held.Owner, x.Held.Past)
			for _, e := range x.Held.Rests {
				fmt.Fprintf(&b, ", rests on %s%v", e.From.FullName(), e.Columns)
			}
			if len(x.Held.Refers) > 0 {
				fmt.Fprintf(&b, ", refers %v", x.Held.Refers)
			}
			b.WriteByte('\n')
		}
		return b.String()
	})
}
