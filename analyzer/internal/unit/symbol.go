package unit

import (
	"strings"
)

// Short is a symbol without the path of its package: auth.OrgFromContext.
func Short(symbol string) string {
	return symbol[strings.LastIndexByte(symbol, '/')+1:]
}

// PackageOf is the import path in a symbol; a symbol without a dot is one itself.
func PackageOf(symbol string) string {
	slash := strings.LastIndex(symbol, "/") + 1
	if dot := strings.Index(symbol[slash:], "."); dot >= 0 {
		return symbol[:slash+dot]
	}
	return symbol
}
