package catalogue

import "github.com/tenantvet/tenantvet/analyzer/internal/trust"

// graph is what names and foreign keys of a schema say before anything is decided:
// the nouns of its tables, its edges and its people, and what the settings name.
type graph struct {
	cat      *Catalogue
	settings Settings
	words    *trust.Words
	size     int // tables without partitions
	nouns    map[string][]*Table
	prefixed map[string][]*Table
	product  map[string]bool     // words that so many tables begin with that they name the product
	columns  map[*Table][]string // what the columns of a table begin with
	missing  []absent            // settings that this schema cannot follow
}

// absent is a table that a setting names and a schema lacks.
type absent struct{ key, name string }
