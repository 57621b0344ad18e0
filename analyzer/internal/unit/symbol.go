package unit

import (
	"strings"
)

// Short is a symbol without the path of its package: auth.OrgFromContext.
func Short(symbol string) string {
	return symbol[strings.LastIndexByte(symbol, '/')+1:]
}
