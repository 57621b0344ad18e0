package report

import (
	"fmt"
	"io"
	"reflect"

	"github.com/tenantvet/tenantvet/analyzer/internal/finding"
	"github.com/tenantvet/tenantvet/analyzer/internal/report/plain"
)

// JSON writes the canonical document, from which every other format can be made.
// Lists are never null, so that a reader need not ask. HTML characters stay as
// they are: messages hold `<>` of SQL. The error is that of the writer.
func JSON(w io.Writer, run *finding.Run) error {
	whole := *run
	fillLists(reflect.ValueOf(&whole).Elem())
	if err := plain.WriteJSON(w, &whole); err != nil {
		return fmt.Errorf("writing JSON: %w", err)
	}
	return nil
}

// fillLists puts empty lists where there are none; lists are copied, so that the
// run stays as it was. It goes by the type of the document, so that a list that is
// added is filled, too.
func fillLists(v reflect.Value) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			fillLists(v.Field(i))
		}
	case reflect.Slice:
		list := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
		reflect.Copy(list, v)
		for i := range list.Len() {
			fillLists(list.Index(i))
		}
		v.Set(list)
	}
}
