package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tenantvet/tenantvet/analyzer/internal/finding"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/golden"
)

// The schema of the JSON document and its page are made from the types that are written,
// and from their comments, so that they cannot say anything else.

// described are the comments of the fields of package finding, by "Type.Field", and of
// its types, by name.
func described(t *testing.T) map[string]string {
	files, err := filepath.Glob(filepath.Join("..", "finding", "*.go"))
	require.NoError(t, err)
	out := map[string]string{}
	for _, name := range files {
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments)
		require.NoError(t, err)
		for _, d := range f.Decls {
			g, ok := d.(*ast.GenDecl)
			if !ok {
				continue
			}
			for _, s := range g.Specs {
				typ, ok := s.(*ast.TypeSpec)
				if !ok {
					continue
				}
				out[typ.Name.Name] = oneLine(g.Doc.Text())
				str, ok := typ.Type.(*ast.StructType)
				if !ok {
					continue
				}
				for _, field := range str.Fields.List {
					for _, n := range field.Names {
						out[typ.Name.Name+"."+n.Name] = oneLine(field.Doc.Text() + field.Comment.Text())
					}
				}
			}
		}
	}
	return out
}

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// documented makes the schema and the page of a type and of those in it.
type documented struct {
	comments map[string]string
	defs     map[string]any
	page     strings.Builder
	order    []reflect.Type
}

// schema is the JSON schema of a value of the type.
func (d *documented) schema(t reflect.Type) map[string]any {
	switch t.Kind() {
	case reflect.Pointer:
		s := d.schema(t.Elem())
		return map[string]any{"type": []any{s["type"], "null"}}
	case reflect.Slice:
		return map[string]any{"type": "array", "items": d.schema(t.Elem())}
	case reflect.Struct:
		d.object(t)
		return map[string]any{"$ref": "#/$defs/" + t.Name()}
	case reflect.String:
		return map[string]any{"type": "string"}
	case reflect.Bool:
		return map[string]any{"type": "boolean"}
	case reflect.Int:
		return map[string]any{"type": "integer"}
	case reflect.Float64:
		return map[string]any{"type": "number"}
	}
	panic(t.String())
}

// object notes the schema of a struct. Fields may be added in a version, so others are
// allowed.
func (d *documented) object(t reflect.Type) {
	if d.defs[t.Name()] != nil {
		return
	}
	properties := map[string]any{}
	required := []any{}
	d.defs[t.Name()] = properties
	d.order = append(d.order, t)
	d.fields(t, func(owner reflect.Type, f reflect.StructField, name string, optional bool) {
		s := d.schema(f.Type)
		if text := d.comments[owner.Name()+"."+f.Name]; text != "" {
			s["description"] = text
		}
		properties[name] = s
		if !optional {
			required = append(required, name)
		}
	})
	d.defs[t.Name()] = map[string]any{"type": "object", "description": d.comments[t.Name()], "properties": properties, "required": required}
}

// fields visits the fields that are written, embedded ones in their place.
func (d *documented) fields(t reflect.Type, visit func(owner reflect.Type, f reflect.StructField, name string, optional bool)) {
	for i := range t.NumField() {
		f := t.Field(i)
		name, rest, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case f.Anonymous:
			d.fields(f.Type, visit)
		case name != "-":
			visit(t, f, name, rest == "omitempty")
		}
	}
}

// write writes the page, a table for each type.
func (d *documented) write() string {
	d.page.WriteString(`# The JSON document

Made from the types that are written; ` + "`run.schema.json`" + ` beside this page is its JSON schema. ` + "`schema`" + ` of the document
is ` + "`" + finding.Schema + "`" + `.

**The promise.** Within one number, fields are added and never renamed, removed or given another type or meaning; else the number
changes. Readers pass over fields that they do not know. Lists are never null. All lists are
sorted, nothing holds a time or a path of the machine: two runs over the same module with the same version have the same bytes. Texts of
messages are for people and may change with any version; ` + "`rule`, `verdict`, `tier`, `fingerprint`" + ` and the places are for programs.
`)
	for _, t := range d.order {
		fmt.Fprintf(&d.page, "\n## %s\n\n%s\n\n| field | type | |\n|---|---|---|\n", t.Name(), d.comments[t.Name()])
		d.fields(t, func(owner reflect.Type, f reflect.StructField, name string, optional bool) {
			kind := strings.NewReplacer("finding.", "", "*", "").Replace(f.Type.String())
			if optional {
				kind += ", may be absent"
			}
			if f.Type.Kind() == reflect.Pointer {
				kind += " or null"
			}
			fmt.Fprintf(&d.page, "| `%s` | %s | %s |\n", name, kind, strings.ReplaceAll(d.comments[owner.Name()+"."+f.Name], "|", "\\|"))
		})
	}
	return d.page.String()
}

func document(t *testing.T) (schema, page string) {
	d := &documented{comments: described(t), defs: map[string]any{}}
	root := d.schema(reflect.TypeFor[finding.Run]())
	root["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	root["$id"] = "https://github.com/tenantvet/tenantvet/docs/run.schema.json"
	root["title"] = "the document of a run of tenantvet, " + finding.Schema
	root["$defs"] = d.defs
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	require.NoError(t, e.Encode(root))
	return b.String(), d.write()
}

// TestDocumentPage holds the schema and the page against the types.
func TestDocumentPage(t *testing.T) {
	schema, page := document(t)
	golden.File(t, filepath.Join("..", "..", "..", "docs", "run.schema.json"), schema)
	golden.File(t, filepath.Join("..", "..", "..", "docs", "json.md"), page)
}

// TestDocumentIsValid holds written documents against the schema.
func TestDocumentIsValid(t *testing.T) {
	schema, _ := document(t)
	c := jsonschema.NewCompiler()
	parsed, err := jsonschema.UnmarshalJSON(strings.NewReader(schema))
	require.NoError(t, err)
	require.NoError(t, c.AddResource("run.json", parsed))
	compiled, err := c.Compile("run.json")
	require.NoError(t, err)
	for name, run := range runs() {
		var out bytes.Buffer
		require.NoError(t, JSON(&out, run))
		doc, err := jsonschema.UnmarshalJSON(&out)
		require.NoError(t, err)
		assert.NoError(t, compiled.Validate(doc), name)
	}
	wrong, err := jsonschema.UnmarshalJSON(strings.NewReader(`{"schema": 1}`))
	require.NoError(t, err)
	assert.Error(t, compiled.Validate(wrong))
}
