package project

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"path/filepath"

	"github.com/tenantvet/tenantvet/analyzer/internal/config"
	"github.com/tenantvet/tenantvet/analyzer/internal/index"
	"github.com/tenantvet/tenantvet/analyzer/internal/schema"
)

// A hermetic build shows an action its declared inputs only. There a committed file
// stands for the schema files: what they said when it was written. Whoever sees both
// holds one against the other.

// CatalogueName is the name of the file where the settings name none.
const CatalogueName = ".tenantvet-catalogue.json"

// committed is the file.
type committed struct {
	Note     string // for who opens it
	Version  int
	Digest   string // of the diagrams
	Diagrams []*schema.Diagram
}

// committedVersion changes when diagrams have another form.
const committedVersion = 1

// cataloguePath is where the file is, beside the settings.
func cataloguePath(s *config.Settings) string {
	return filepath.Join(filepath.Dir(s.File), filepath.FromSlash(s.Catalogue))
}

// readCatalogue reads the schema from the committed file.
func readCatalogue(s *config.Settings) ([]*schema.Diagram, error) {
	wrong := func(what string) error {
		return fmt.Errorf("catalogue: %s %s; run `tenantvet schema --write`", s.Catalogue, what)
	}
	data, err := index.ReadRegular(cataloguePath(s))
	if err != nil {
		return nil, wrong("cannot be read")
	}
	var c committed
	if err := json.Unmarshal(data, &c); err != nil {
		return nil, wrong("is no catalogue")
	}
	if c.Version != committedVersion || c.Digest != diagramsDigest(c.Diagrams) {
		return nil, wrong("was written by another version, or edited")
	}
	return c.Diagrams, nil
}

// diagramsDigest identifies what diagrams say.
func diagramsDigest(diagrams []*schema.Diagram) string {
	h := sha256.New()
	for _, d := range diagrams {
		writeDiagram(h, d)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// encodedCatalogue is the file of the diagrams.
func encodedCatalogue(diagrams []*schema.Diagram) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	err := e.Encode(committed{"written by `tenantvet schema --write` from the schema files; do not edit", committedVersion, diagramsDigest(diagrams), diagrams})
	if err != nil {
		return nil, fmt.Errorf("writing the catalogue: %w", err)
	}
	return b.Bytes(), nil
}
