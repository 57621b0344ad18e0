package vettool

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
)

// writeFixes hands the go command the files of the unit as they are with their fixes: it
// writes them, once all units have been looked at. A patch (-diff) is not made.
func (v *vetUnit) writeFixes(args []string, stderr io.Writer) int {
	if v.failure != nil {
		fmt.Fprintln(stderr, "tenantvet:", v.failure)
		return 2
	}
	if v.mender == nil || v.FixArchive == "" || asked(args, "diff") {
		return 0
	}
	data, err := archive(v.mender.Texts())
	if err == nil {
		err = os.WriteFile(v.FixArchive, data, 0o666)
	}
	if err != nil {
		fmt.Fprintln(stderr, "tenantvet: writing fixes:", err)
		return 2
	}
	return 0
}

// archive is files in the form in which the go command takes them.
func archive(texts map[string][]byte) ([]byte, error) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range slices.Sorted(maps.Keys(texts)) {
		w, err := z.Create(name)
		if err != nil {
			return nil, err
		}
		if _, err := w.Write(texts[name]); err != nil {
			return nil, err
		}
	}
	err := z.Close()
	return b.Bytes(), err
}
