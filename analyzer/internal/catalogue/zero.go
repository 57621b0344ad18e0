package catalogue

import (
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/schema"
)

// NeverZero reports whether the schema says that no row has 0, an empty text or the
// zero UUID in a column: ids that the server counts or draws, and columns that a CHECK
// keeps from it.
func (t *Table) NeverZero(column string) bool {
	c := t.Table.Column(column)
	if c == nil {
		return false
	}
	kept := func(k *schema.Check) bool { return !k.NotValid && slices.Contains(k.NonZero, column) }
	return c.Type == "uuid" || c.Identity || strings.HasPrefix(c.Default, "nextval(") || slices.ContainsFunc(t.Checks, kept)
}
