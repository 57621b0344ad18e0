package library

import "go.yaml.in/yaml/v3"

// ORM is how a library reads struct types as tables.
type ORM struct {
	Tag    string // the key of the tags of its fields
	Naming string // by what it names tables and columns
}

// namings are the ways to name tables and columns after types and fields.
var namings = []string{"gorm", "bun"}

// Namings are the ways to name tables and columns after types and fields.
func Namings() []string { return namings }

// orm reads how a library reads struct types: {tag: gorm, naming: gorm}.
func (r *reader) orm(n *yaml.Node) error {
	r.pkg.ORM = &ORM{}
	return r.file.Pairs(n, func(key string, k, v *yaml.Node) error {
		switch key {
		case "tag":
			r.pkg.ORM.Tag = v.Value
			r.set.tags[v.Value] = true
		case "naming":
			r.pkg.ORM.Naming = v.Value
			return r.oneOf(namings, v)
		default:
			return r.file.Errorf(k, "unknown key %s", key)
		}
		return nil
	})
}

// ModelTags are the keys of the tags by which libraries read struct types as tables,
// sorted.
func (s *Set) ModelTags() []string { return sortedKeys(s.tags) }
