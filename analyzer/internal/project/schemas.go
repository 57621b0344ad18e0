package project

import (
	"bytes"
	"encoding/gob"
	"fmt"
	"path"
	"path/filepath"
	"reflect"
	"slices"
	"time"

	"github.com/tenantvet/tenantvet/analyzer/internal/config"
	"github.com/tenantvet/tenantvet/analyzer/internal/index"
	"github.com/tenantvet/tenantvet/analyzer/internal/schema"
	"github.com/tenantvet/tenantvet/analyzer/internal/schema/discover"
)

// diagrams are the schemas of the project, from the index where nothing that they
// were made from has changed.
func (p *Project) diagrams(s *config.Settings) ([]*schema.Diagram, error) {
	if s.Catalogue != "" {
		return readCatalogue(s)
	}
	name := fmt.Sprintf("diagrams %q %q %q", p.Root, p.Modules, p.globs(s))
	var out []*schema.Diagram
	// The name holds all that the search depends on beside the files: where it
	// begins, in which modules, and the globs.
	if kept, ok := p.Index.Get(name); ok && gob.NewDecoder(bytes.NewReader(kept)).Decode(&out) == nil {
		return out, nil
	}
	disk, since := index.NewDisk(p.Root), time.Now()
	out, err := p.replayed(disk, s)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := gob.NewEncoder(&b).Encode(out); err != nil {
		return nil, fmt.Errorf("keeping the schema: %w", err)
	}
	p.Index.Put(name, b.Bytes(), disk, since)
	return out, nil
}

// replayed reads the schemas of the root and of each module; the search of one
// module does not descend into another.
func (p *Project) replayed(disk *index.Disk, s *config.Settings) ([]*schema.Diagram, error) {
	if len(s.Schema) > 0 {
		return discover.LoadFrom(disk, p.globs(s))
	}
	dirs := []string{p.Root}
	for _, m := range p.Modules {
		if !slices.Contains(dirs, m.Dir) {
			dirs = append(dirs, m.Dir)
		}
	}
	var out []*schema.Diagram
	for _, dir := range dirs {
		found, err := discover.LoadFrom(disk.Below(dir), nil)
		if err != nil {
			return nil, err
		}
		for _, d := range found {
			rebase(d, p.Rel(dir))
		}
		out = append(out, found...)
	}
	return out, nil
}

// rebase makes the names of files in d, which are relative to a folder, relative
// to the root, from which the folder is base. A module of a workspace is read as
// if it were alone; its files must not be named so.
func rebase(d *schema.Diagram, base string) {
	if base == "." {
		return
	}
	d.Name = path.Join(base, d.Name)
	for _, list := range [][]string{d.Files, d.Packages} {
		for i := range list {
			list[i] = path.Join(base, list[i])
		}
	}
	rebasePositions(reflect.ValueOf(d).Elem(), base)
}

// rebasePositions visits every position in v. It goes by type and not by a list of
// fields, so that an object that a diagram gets later is not forgotten.
func rebasePositions(v reflect.Value, base string) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			rebasePositions(v.Elem(), base)
		}
	case reflect.Slice:
		for i := range v.Len() {
			rebasePositions(v.Index(i), base)
		}
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[schema.Position]() {
			file := v.FieldByName("File")
			file.SetString(path.Join(base, file.String()))
			return
		}
		for i := range v.NumField() {
			rebasePositions(v.Field(i), base)
		}
	}
}

// globs are the patterns of the settings, relative to the root: in the file
// they are relative to its own folder.
func (p *Project) globs(s *config.Settings) []string {
	var out []string
	for _, g := range s.Schema {
		out = append(out, p.Rel(filepath.Join(filepath.Dir(s.File), filepath.FromSlash(g))))
	}
	return out
}
