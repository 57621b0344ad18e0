package worlds

import (
	"fmt"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/schema"
)

// Decide makes the catalogue of a schema, as a program with this schema and
// these settings would get it.
func Decide(ddl string, settings catalogue.Settings) (*catalogue.Catalogue, error) {
	diagram := schema.Replay("world", []schema.Text{{File: "schema.sql", Text: ddl}})
	if len(diagram.Problems) > 0 {
		return nil, fmt.Errorf("schema.sql:%d: %s", diagram.Problems[0].Line, diagram.Problems[0].Message)
	}
	cats := catalogue.Decide([]*schema.Diagram{diagram}, settings)
	if cats[0].Column == "" {
		return nil, fmt.Errorf("no tenant column: %s", cats[0].Why)
	}
	return cats[0], nil
}
