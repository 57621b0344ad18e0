package project

import (
	"fmt"
	"io"
	"reflect"

	"github.com/tenantvet/tenantvet/analyzer/internal/schema"
)

// writeDiagram writes all that a diagram says, without what an edit that says
// the same may change: positions, but for those of notes and problems, which are
// printed, and the list of files.
func writeDiagram(w io.Writer, d *schema.Diagram) {
	plain := *d
	plain.Files, plain.Statements, plain.Notes, plain.Problems = nil, 0, nil, nil
	writeValue(w, reflect.ValueOf(plain))
	writeNotes(w, d.Notes)
	for _, p := range d.Problems {
		fmt.Fprintf(w, "%s:%d %q %v\n", p.File, p.Line, p.Message, p.Hides)
	}
}

// writeNotes writes notes with their positions, which are printed.
func writeNotes(w io.Writer, notes []schema.Note) {
	for _, n := range notes {
		fmt.Fprintf(w, "%s:%d %q\n", n.File, n.Line, n.Message)
	}
}

// writeValue writes plain data, field by field; a new field counts by itself.
func writeValue(w io.Writer, v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			writeValue(w, v.Elem())
		}
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[schema.Position]() {
			return
		}
		for i := range v.NumField() {
			fmt.Fprintf(w, "%s{", v.Type().Field(i).Name)
			writeValue(w, v.Field(i))
			io.WriteString(w, "}")
		}
	case reflect.Slice:
		fmt.Fprintf(w, "%d[", v.Len())
		for i := range v.Len() {
			writeValue(w, v.Index(i))
		}
		io.WriteString(w, "]")
	default:
		fmt.Fprintf(w, "%#v ", v)
	}
}
