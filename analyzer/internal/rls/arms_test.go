package rls

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/schema"
)

// TestArms: what the arms of an expression say, in their order: bound, free, escape or
// always; an escape that is open where nobody has set the variable has a question mark.
func TestArms(t *testing.T) {
	d := schema.Replay("db", []schema.Text{{File: "a.sql", Text: `CREATE TABLE organizations (id uuid PRIMARY KEY);
CREATE TABLE users (id uuid PRIMARY KEY, organization_id uuid NOT NULL REFERENCES organizations (id));
CREATE TABLE boxes (id uuid PRIMARY KEY, organization_id uuid NOT NULL REFERENCES organizations (id), status text, owner_id uuid REFERENCES users (id));
CREATE FUNCTION tenant() RETURNS uuid LANGUAGE sql AS $$ SELECT current_setting('app.tenant')::uuid $$;
CREATE FUNCTION may_see(b uuid) RETURNS boolean LANGUAGE sql AS $$ SELECT true $$;
CREATE FUNCTION may_write(b uuid) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN LOOP RETURN true; END LOOP; END $$;
CREATE FUNCTION lenient(b uuid) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN IF current_setting('app.tenant', true) IS NULL THEN RETURN true; END IF; RETURN b = tenant(); END $$;
CREATE FUNCTION is_jobs(b uuid) RETURNS boolean LANGUAGE sql AS $$ SELECT current_user = 'jobs' $$;
CREATE FUNCTION owner_is_jobs(b uuid) RETURNS boolean LANGUAGE sql SECURITY DEFINER AS $$ SELECT current_user = 'jobs' $$;
CREATE FUNCTION same(b uuid) RETURNS boolean LANGUAGE sql AS $$ SELECT b = tenant() $$;`}})
	c := catalogue.Decide([]*schema.Diagram{d}, catalogue.Settings{})[0]
	k := &checker{cat: c, readers: readers(d)}
	boxes := c.Lookup("", "boxes")
	require.NotNil(t, boxes)
	for expression, want := range map[string]string{
		"organization_id = current_setting('a.t')::uuid":                  "bound",
		"boxes.organization_id = tenant()":                                "bound",
		"organization_id = tenant() AND status <> 'void'":                 "bound",
		"organization_id = tenant() OR status = 'x'":                      "bound free",
		"(organization_id = tenant() OR status = 'x') AND id IS NOT NULL": "bound", // an OR inside is not cut: nobody is accused of it
		"true":  "always",
		"1 = 0": "bound",
		"1 = 1": "always",
		"organization_id IS NULL OR organization_id = tenant()": "bound bound",
		"status IS NULL OR organization_id = tenant()":          "free bound",
		"status = 'x'":                "free",
		"organization_id IS NOT NULL": "free",
		"current_setting('a.t', true) IS NULL OR organization_id = tenant()":            "escape? bound",
		"COALESCE(current_setting('a.t', true), '') = '' OR organization_id = tenant()": "escape? bound",
		"current_setting('a.role') = 'service'":                                         "escape",
		"current_setting('a.role') IS NOT NULL":                                         "escape",
		"current_user = 'jobs'":                                                         "escape",
		"may_see(id)":                                                                   "always",
		"is_jobs(id)":                                                                   "escape",
		"owner_is_jobs(id)":                                                             "bound", // who owns the function no session says
		"may_write(id)":                                                                 "bound",
		"lenient(organization_id)":                                                      "escape? bound",
		"same(organization_id) OR status = 'x'":                                         "bound free",
		"CASE WHEN status = 'x' THEN false ELSE true END":                               "free",
		"CASE WHEN status = 'x' THEN true ELSE same(organization_id) END":               "free bound",
		"auth.uid() = owner_id":                                                         "bound",
		"organization_id IN (SELECT organization_id FROM users WHERE id = tenant())":    "bound",
		"EXISTS (SELECT 1 FROM users u WHERE u.id = owner_id)":                          "bound",
		"status = 'x' AND current_setting('a.role') = 'staff'":                          "escape",
		"lower(status) = 'x'":                                                           "free",
		"owner_id = NULLIF(current_setting('a.user', true), '')::uuid OR false":         "bound bound",
		"this is no expression":                                                         "",
	} {
		var got []string
		for _, a := range k.arms(expression, boxes) {
			word := []string{"bound", "free", "escape", "always"}[a.says]
			if a.unset {
				word += "?"
			}
			got = append(got, word)
		}
		assert.Equal(t, want, strings.Join(got, " "), expression)
	}
}
