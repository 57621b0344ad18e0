// Package compare says whether a statement did the same with all tenants as alone, and
// whether what a proof says beside its verdict (outputs, bounds, stored references) is
// so. Results and tables compare as multisets of rows.
package compare
