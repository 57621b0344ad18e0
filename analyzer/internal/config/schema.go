package config

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// Schema is the JSON schema of the settings file, for editors, made from the table that
// also reads it.
func Schema() ([]byte, error) {
	properties := map[string]any{}
	for _, f := range fields {
		p := f.schema()
		p["description"] = f.help
		properties[f.key] = p
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(map[string]any{
		"$schema": "https://json-schema.org/draft/2020-12/schema",
		"$id":     "https://github.com/tenantvet/tenantvet/docs/settings.schema.json",
		"title":   "settings of tenantvet, " + Name,
		"type":    []any{"object", "null"}, "properties": properties, "additionalProperties": false,
	})
	if err != nil {
		return nil, fmt.Errorf("making the schema of the settings: %w", err)
	}
	return b.Bytes(), nil
}

// schema is what the key may be.
func (f *field) schema() map[string]any {
	// YAML has numbers and truth values where a name is written without quotes.
	name := map[string]any{"type": []any{"string", "number", "boolean"}, "minLength": 1}
	switch f.of(&Settings{}).(type) {
	case *bool:
		return map[string]any{"type": "boolean"}
	case *[]string:
		return map[string]any{"anyOf": []any{name, map[string]any{"type": "array", "items": name}}}
	case *[]Exclusion:
		return map[string]any{"type": "array", "items": map[string]any{
			"type": "object", "additionalProperties": false, "required": []any{"reason"},
			"anyOf":      []any{map[string]any{"required": []any{"path"}}, map[string]any{"required": []any{"rule"}}},
			"properties": map[string]any{"path": name, "rule": name, "reason": name},
		}}
	case *map[string]Weight:
		return map[string]any{"type": "object", "additionalProperties": map[string]any{"anyOf": []any{
			map[string]any{"enum": []any{AsError, AsWarning}},
			map[string]any{
				"type": "object", "additionalProperties": false, "required": []any{"to", "reason"},
				"properties": map[string]any{"to": map[string]any{"enum": []any{AsError, AsWarning, Off}}, "reason": name},
			},
		}}}
	}
	if f.only != nil {
		words := make([]any, len(f.only))
		for i, w := range f.only {
			words[i] = w
		}
		return map[string]any{"enum": words}
	}
	return name
}
