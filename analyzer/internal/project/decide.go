package project

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/baseline"
	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/config"
	"github.com/tenantvet/tenantvet/analyzer/internal/index"
	"github.com/tenantvet/tenantvet/analyzer/internal/rls"
	"github.com/tenantvet/tenantvet/analyzer/internal/schema"
)

// Decision is what settings and schema files say about the project's tables. It is
// the same for all programs of the project and in all drivers, whatever was asked
// for: statements of a program have no part in it.
type Decision struct {
	Settings   *config.Settings
	Diagrams   []*schema.Diagram
	Catalogues []*catalogue.Catalogue
	Baseline   *baseline.Baseline // nil if there is none
}

// Decide reads the settings and the schema and decides whose the tables are.
// An error is one of the settings; what cannot be read of the schema is a
// problem of its diagram.
func (p *Project) Decide() (*Decision, error) {
	settings, err := config.Find(p.Root)
	if err != nil {
		return nil, err
	}
	return p.decide(settings)
}

// decide reads the schema by settings that were read already.
func (p *Project) decide(settings *config.Settings) (*Decision, error) {
	var err error
	d := &Decision{Settings: settings}
	if err := unknownRules(settings); err != nil {
		return nil, err
	}
	if d.Baseline, err = p.readBaseline(); err != nil {
		return nil, err
	}
	if d.Diagrams, err = p.diagrams(settings); err != nil {
		return nil, settingsError(settings, err)
	}
	d.Catalogues = decided(d.Diagrams, p.relative(settings))
	return d, d.unfollowed()
}

// DecideOn decides by settings whose the tables of a diagram are that was not read from the
// project's files.
func (p *Project) DecideOn(s *config.Settings, d *schema.Diagram) *catalogue.Catalogue {
	return decided([]*schema.Diagram{d}, p.relative(s))[0]
}

// relative are the settings with their file as reasons name it, which no machine's path
// is part of.
func (p *Project) relative(s *config.Settings) config.Settings {
	named := *s
	if named.File != "" {
		named.File = p.Rel(named.File)
	}
	return named
}

// unfollowed is the error of settings that name what no schema has: whoever wrote
// them believes that they hold. Where some of the schema could not be read, it may
// stand there, and the notes say so.
func (d *Decision) unfollowed() error {
	for _, x := range d.Diagrams {
		if slices.ContainsFunc(x.Problems, func(p schema.Problem) bool { return p.Any }) {
			return nil
		}
	}
	var all []error
	line := func(m catalogue.Missing) int { return d.Settings.Line(m.Key, m.Name) }
	for _, c := range d.Catalogues {
		inOrder := slices.SortedStableFunc(slices.Values(c.Missing), func(a, b catalogue.Missing) int { return line(a) - line(b) })
		for _, m := range inOrder {
			text := fmt.Sprintf("%s: %s is in no schema that was found", m.Key, m.Name)
			if m.Meant != "" {
				text += fmt.Sprintf(", did you mean %q?", m.Meant)
			}
			all = append(all, &config.Error{File: d.Settings.File, Line: line(m), Message: text})
		}
	}
	return errors.Join(all...)
}

// settingsError gives an error about the schema globs the line that they are in.
// Without settings the error is one of the project's folder.
func settingsError(s *config.Settings, err error) error {
	key := "schema"
	if s.Catalogue != "" {
		key = "catalogue"
	}
	if s.File == "" || len(s.Schema) == 0 && s.Catalogue == "" {
		return fmt.Errorf("reading the schema: %w", err)
	}
	return &config.Error{File: s.File, Line: s.Line(key, ""), Message: err.Error()}
}

// Digest identifies the decision. It is made of what the files say, not of the
// files: a comment in a migration changes nothing.
func (d *Decision) Digest() string {
	h := sha256.New()
	fmt.Fprintln(h, d.Settings.Digest())
	for _, x := range d.Diagrams {
		writeDiagram(h, x)
	}
	for _, c := range d.Catalogues {
		writeNotes(h, c.Notes)
	}
	if d.Baseline != nil {
		io.WriteString(h, d.Baseline.Text())
	}
	return hex.EncodeToString(h.Sum(nil))
}

// Catalogue is the committed file anew, from the schema files, and where it belongs.
func (p *Project) Catalogue() (file string, data []byte, err error) {
	s, err := config.Find(p.Root)
	if err != nil {
		return "", nil, err
	}
	file = filepath.Join(p.Root, CatalogueName)
	if s.Catalogue != "" {
		file = cataloguePath(s)
	}
	diagrams, err := p.replayed(index.NewDisk(p.Root), s)
	if err != nil {
		return "", nil, settingsError(s, err)
	}
	data, err = encodedCatalogue(diagrams)
	return file, data, err
}

// Fresh is the error of a committed catalogue that does not say what the schema files
// say. Where there are none, as in a hermetic build, nothing can be said.
func (p *Project) Fresh(d *Decision) error {
	s := d.Settings
	if s.Catalogue == "" {
		return nil
	}
	diagrams, err := p.replayed(index.NewDisk(p.Root), s)
	if err != nil {
		return settingsError(s, err)
	}
	if len(diagrams) == 0 || diagramsDigest(diagrams) == diagramsDigest(d.Diagrams) {
		return nil
	}
	return &config.Error{File: s.File, Line: s.Line("catalogue", ""), Message: "catalogue: " + s.Catalogue + " is stale: the schema files say something else; run `tenantvet schema --write`"}
}

// decided are the catalogues of diagrams, with what policies hold of their tables.
func decided(diagrams []*schema.Diagram, settings catalogue.Settings) []*catalogue.Catalogue {
	out := catalogue.Decide(diagrams, settings)
	for _, c := range out {
		rls.Hold(c)
	}
	return out
}

// Placeholder is how the first value of a statement is written: as in the first database of
// another dialect than PostgreSQL's, if there is one.
func (d *Decision) Placeholder() string {
	for _, c := range d.Catalogues {
		if first := c.Diagram.Placeholder(); first != "$1" {
			return first
		}
	}
	return "$1"
}
