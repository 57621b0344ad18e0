package discover

import (
	"errors"
	"fmt"
	"path"
	"path/filepath"
	"regexp"
	"strconv"

	"go.yaml.in/yaml/v3"

	"github.com/tenantvet/tenantvet/analyzer/internal/schema"
)

// paths is a string or a list of strings.
type paths []string

// UnmarshalYAML reads either form.
func (p *paths) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode {
		*p = paths{n.Value}
		return nil
	}
	return n.Decode((*[]string)(p))
}

// sqlcFile is the part of sqlc.yaml, versions 1 and 2, that says where
// schemas, queries and generated code are.
type sqlcFile struct {
	Version  string      `yaml:"version"`
	Packages []yaml.Node `yaml:"packages"` // version 1
	SQL      []yaml.Node `yaml:"sql"`      // version 2
}

// sqlcBlock is an entry of either version; fields that only one of them has are
// empty in the other.
type sqlcBlock struct {
	Path    string `yaml:"path"` // version 1
	Engine  string `yaml:"engine"`
	Schema  paths  `yaml:"schema"`
	Queries paths  `yaml:"queries"`
	Gen     struct {
		Go struct {
			Out string `yaml:"out"`
		} `yaml:"go"`
	} `yaml:"gen"`
	Codegen []struct {
		Out string `yaml:"out"`
	} `yaml:"codegen"`
}

// readSQLC reads one configuration; file is relative to root. The error carries
// file and line where the YAML library tells one. Keys that do not matter here are
// passed over: sqlc reports what is wrong with them.
func readSQLC(d disk, file string) ([]sqlcEntry, error) {
	text, err := d.ReadText(file)
	if err != nil {
		return nil, fmt.Errorf("reading the sqlc configuration: %w", err)
	}
	var config sqlcFile
	if err := yaml.Unmarshal(text, &config); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	var out []sqlcEntry
	for _, n := range append(config.Packages, config.SQL...) {
		var b sqlcBlock
		if err := n.Decode(&b); err != nil {
			return nil, fmt.Errorf("%s:%d: %w", file, n.Line, err)
		}
		out = append(out, b.entry(file, n.Line))
	}
	return out, nil
}

// entry makes paths relative to the module's root; in the configuration they are
// relative to its folder.
func (b sqlcBlock) entry(file string, line int) sqlcEntry {
	dir := path.Dir(file)
	e := sqlcEntry{config: file, line: line, engine: b.Engine}
	for _, s := range b.Schema {
		e.schema = append(e.schema, path.Join(dir, filepath.ToSlash(s)))
	}
	for _, q := range b.Queries {
		e.queries = append(e.queries, path.Join(dir, filepath.ToSlash(q)))
	}
	out := b.Path
	if b.Gen.Go.Out != "" {
		out = b.Gen.Go.Out
	}
	if out == "" && len(b.Codegen) > 0 {
		out = b.Codegen[0].Out
	}
	if out != "" {
		e.pkg = path.Join(dir, filepath.ToSlash(out))
	}
	return e
}

// yamlProblem is an unreadable configuration as a problem with its line, which the
// library gives in its text only.
func yamlProblem(file string, err error) schema.Problem {
	p := schema.Problem{Position: schema.Position{File: file, Line: 1}, Message: err.Error()}
	var typed *yaml.TypeError
	text := err.Error()
	if errors.As(err, &typed) && len(typed.Errors) > 0 {
		text = typed.Errors[0]
	}
	if m := regexp.MustCompile(`line (\d+)`).FindStringSubmatch(text); m != nil {
		p.Line, _ = strconv.Atoi(m[1])
	}
	return p
}
