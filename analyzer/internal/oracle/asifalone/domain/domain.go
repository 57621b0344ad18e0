package domain

import (
	"fmt"
	"strconv"
	"strings"
)

// Value is a value in text form; nil is NULL.
type Value = *string

// ValueOf gives the n-th value of a type. All domains are small and numbered
// alike, so that ids of different tables collide.
func ValueOf(typ string, n int) Value {
	text := textOf(BaseType(typ), n)
	if strings.HasSuffix(typ, "[]") {
		text = "{" + text + "}"
	}
	return &text
}

// textOf writes the n-th value as the server reads it; an unknown type gets the
// number, which the server may refuse.
func textOf(typ string, n int) string {
	switch typ {
	case "smallint", "integer", "int", "int2", "int4", "int8", "bigint", "serial", "bigserial", "numeric", "decimal",
		"real", "double precision", "float4", "float8", "oid":
		return strconv.Itoa(n)
	case "boolean", "bool":
		return strconv.FormatBool(n%2 == 1)
	case "uuid":
		return fmt.Sprintf("%08d-0000-4000-8000-%012d", n, n)
	case "date":
		return fmt.Sprintf("2026-01-%02d", n%28+1)
	case "timestamp", "timestamptz", "timestamp with time zone", "timestamp without time zone":
		return fmt.Sprintf("2026-01-%02d 00:00:00+00", n%28+1)
	case "time", "interval":
		return fmt.Sprintf("%02d:00:00", n%24)
	case "json", "jsonb":
		return fmt.Sprintf(`{"k": %d}`, n)
	case "bytea":
		return fmt.Sprintf(`\x%02x`, n)
	case "inet":
		return fmt.Sprintf("10.0.0.%d", n)
	}
	return strconv.Itoa(n)
}

// ZeroOf is the value that programs pass for "nothing".
func ZeroOf(typ string) string {
	switch base := BaseType(typ); {
	case strings.HasSuffix(typ, "[]"):
		return "{}"
	case base == "uuid":
		return "00000000-0000-0000-0000-000000000000"
	case base == "text" || base == "varchar" || base == "character varying" || base == "char" || base == "citext":
		return ""
	default:
		return textOf(base, 0)
	}
}

// BaseType is a type without length, array brackets and capitals.
func BaseType(typ string) string {
	typ = strings.ToLower(strings.TrimSpace(strings.TrimSuffix(typ, "[]")))
	if i := strings.IndexByte(typ, '('); i >= 0 {
		rest := ""
		if j := strings.IndexByte(typ, ')'); j > i {
			rest = typ[j+1:]
		}
		typ = strings.TrimSpace(typ[:i] + rest)
	}
	return typ
}

// TypeOfOID names the parameter types that a server reports, "" if unknown.
func TypeOfOID(oid uint32) string {
	switch oid {
	case 16:
		return "boolean"
	case 17:
		return "bytea"
	case 20:
		return "bigint"
	case 21:
		return "smallint"
	case 23:
		return "integer"
	case 25:
		return "text"
	case 114:
		return "json"
	case 700:
		return "real"
	case 701:
		return "double precision"
	case 869:
		return "inet"
	case 1042:
		return "char"
	case 1043:
		return "varchar"
	case 1082:
		return "date"
	case 1083:
		return "time"
	case 1114:
		return "timestamp"
	case 1184:
		return "timestamptz"
	case 1186:
		return "interval"
	case 1700:
		return "numeric"
	case 2950:
		return "uuid"
	case 3802:
		return "jsonb"
	case 1000:
		return "boolean[]"
	case 1005:
		return "smallint[]"
	case 1007:
		return "integer[]"
	case 1016:
		return "bigint[]"
	case 1009:
		return "text[]"
	case 1015:
		return "varchar[]"
	case 1115:
		return "timestamp[]"
	case 1185:
		return "timestamptz[]"
	case 1231:
		return "numeric[]"
	case 2951:
		return "uuid[]"
	case 3807:
		return "jsonb[]"
	case 1182:
		return "date[]"
	}
	return ""
}

// ArrayOf writes an array in text form.
func ArrayOf(elements []Value) string {
	parts := make([]string, len(elements))
	for i, e := range elements {
		if e == nil {
			parts[i] = "NULL"
			continue
		}
		parts[i] = `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(*e) + `"`
	}
	return "{" + strings.Join(parts, ",") + "}"
}

// Quote writes a value as a literal of unknown type.
func Quote(v Value) string {
	if v == nil {
		return "NULL"
	}
	return "'" + strings.ReplaceAll(*v, "'", "''") + "'"
}

// Text makes a value that is not NULL.
func Text(s string) Value { return &s }

// Equal compares as SQL does: NULL equals nothing.
func Equal(a, b Value) bool { return a != nil && b != nil && *a == *b }
