package project

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/config"
	"github.com/tenantvet/tenantvet/analyzer/internal/schema"
)

// Decision is what settings and schema files say about the project's tables.
type Decision struct {
	Settings   *config.Settings
	Diagrams   []*schema.Diagram
	Catalogues []*catalogue.Catalogue
}

// Decide reads the settings and the schema and decides whose the tables are.
// An error is one of the settings; a schema that cannot be read is a problem of
// its diagram.
func (p *Project) Decide() (*Decision, error) {
	settings, err := config.Find(p.Root)
	if err != nil {
		return nil, err
	}
	return &Decision{Settings: settings}, nil
}

// Digest identifies the decision. It is made of what the files say, not of the
// files: a comment in a migration changes nothing.
func (d *Decision) Digest() string {
	h := sha256.New()
	io.WriteString(h, d.Settings.Digest())
	for _, x := range d.Diagrams {
		fmt.Fprintf(h, "\ndiagram %s", x.Name)
	}
	return hex.EncodeToString(h.Sum(nil))
}
